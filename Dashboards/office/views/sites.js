// The whole fleet, searched and filtered, a page at a time.

import { on } from '../actions.js'
import { get, getAll, withQuery } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { sitesLink } from '../route.js'
import { state } from '../state.js'
import { assessments, contacts } from '../components/marks.js'
import { siteTable } from '../components/siteRow.js'

const pageSize = 100
const filters = ({ contact, assessment, office, q }) => ({ contact, assessment, office, q })

/** Cursors of the pages before this one, for the way back; the address holds only the current one. */
let trail = []

export async function load({ query }) {
  const page = await get(withQuery('/v1/sites', { ...filters(query), limit: pageSize, cursor: query.cursor }))
  return { query, items: page.items, next: page.next }
}

export async function loadAll({ query }, data) {
  return { ...data, items: await getAll('/v1/sites', filters(query)), next: null }
}

export function render({ query, items, next }) {
  if (!query.cursor) trail = []
  return h('section.sites', { 'aria-labelledby': 'sites-title' },
    h('h1', { id: 'sites-title' }, t('page.sites.title')),
    h('form.filters', { 'data-do': 'search' },
      choice('assessment', assessments, query.assessment),
      choice('contact', contacts, query.contact),
      h('label', {}, t('page.search'), ' ',
        h('input', { type: 'search', name: 'q', value: query.q ?? '', 'data-keep': true })),
      query.office && h('input', { type: 'hidden', name: 'office', value: query.office }),
      h('button.main', {}, t('page.search.go')),
      h('a', { href: '#/sites' }, t('page.search.clear'))),
    siteTable(items, { caption: caption(query) }),
    h('nav.pages', { 'aria-label': t('page.pages') },
      query.cursor && h('button', { 'data-do': 'page-back' }, t('page.pages.back')),
      next && h('button', { 'data-do': 'page-next', 'data-cursor': next }, t('page.pages.next'))))
}

function caption(query) {
  const words = [
    query.assessment && word('assessment', query.assessment), query.contact && word('contact', query.contact), query.q,
  ]
  return [t('page.sites.title'), ...words.filter(Boolean)].join(' ')
}

function choice(family, values, chosen) {
  return h('label', {}, t(`page.filter.${family}`), ' ',
    h('select', { name: family, 'data-do': 'filter' },
      h('option', { value: '', selected: !chosen }, t('page.filter.all')),
      values.map(value => h('option', { value, selected: value === chosen }, word(family, value)))))
}

const fields = form => Object.fromEntries(new FormData(form))

on('search', form => {
  location.hash = sitesLink({ office: state.office, ...fields(form) })
  document.activeElement?.blur()
})
on('filter', select => { location.hash = sitesLink(fields(select.form)) })
on('page-next', button => {
  trail.push(state.route.query.cursor ?? '')
  location.hash = sitesLink({ ...state.route.query, cursor: button.dataset.cursor })
})
on('page-back', () => {
  if (trail.length) location.hash = sitesLink({ ...state.route.query, cursor: trail.pop() })
  else history.back()
})
