// Incidents: those that are open, candidates among them, or all of a state.

import { get, getAll, withQuery } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { parse } from '../time.js'
import { sheetLink } from '../route.js'
import { incidentTable } from '../components/tables.js'

const open = ['active', 'candidate', 'stable']
const states = ['open', ...open, 'closed', 'merged']

export async function load({ query }) {
  const state = query.state ?? 'open'
  if (state === 'open') return { state, items: await allOpen(), next: null }
  const page = await get(withQuery('/v1/incidents', { state, limit: 100, cursor: query.cursor }))
  return { state, items: page.items, next: page.next }
}

async function allOpen() {
  const lists = await Promise.all(open.map(state => getAll('/v1/incidents', { state })))
  return lists.flat().sort((one, other) => parse(other.openedAt) - parse(one.openedAt))
}

export const loadAll = async (route, data) =>
  ({ ...data, items: data.state === 'open' ? data.items : await getAll('/v1/incidents', { state: data.state }), next: null })

export function render({ state, items, next }) {
  return h('section.incidents', { 'aria-labelledby': 'incidents-title' },
    h('h1', { id: 'incidents-title' }, t('page.nav.incidents')),
    h('nav.states', { 'aria-label': t('page.incident.state') }, states.map(name =>
      h('a', { href: `#/incidents?state=${name}`, 'aria-current': name === state ? 'page' : null },
        name === 'open' ? t('page.incident.open') : word('incidentState', name)))),
    h('nav.actions', {}, ['claims', 'readiness'].map(name => h('a', { href: sheetLink(name) }, t(`sheet.${name}`), ' '))),
    items.length ? incidentTable(items) : h('p.empty', {}, t('page.incidents.none')),
    next && h('nav.pages', { 'aria-label': t('page.pages') },
      h('a', { href: `#/incidents?${new URLSearchParams({ state, cursor: next })}` }, t('page.pages.next'))))
}
