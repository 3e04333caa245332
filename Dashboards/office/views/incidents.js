// Incidents: those that are open, or all of a state.

import { get, getAll, withQuery } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { incidentTable } from '../components/tables.js'

const states = ['active', 'candidate', 'stable', 'closed', 'merged']

export async function load({ query }) {
  const state = query.state ?? 'active'
  const page = await get(withQuery('/v1/incidents', { state, limit: 100, cursor: query.cursor }))
  return { state, items: page.items, next: page.next }
}

export const loadAll = async (route, data) =>
  ({ ...data, items: await getAll('/v1/incidents', { state: data.state }), next: null })

export function render({ state, items, next }) {
  return h('section.incidents', { 'aria-labelledby': 'incidents-title' },
    h('h1', { id: 'incidents-title' }, t('page.nav.incidents')),
    h('nav.states', { 'aria-label': t('page.incident.state') }, states.map(name =>
      h('a', { href: `#/incidents?state=${name}`, 'aria-current': name === state ? 'page' : null },
        word('incidentState', name)))),
    items.length ? incidentTable(items) : h('p.empty', {}, t('page.incidents.none')),
    next && h('nav.pages', { 'aria-label': t('page.pages') },
      h('a', { href: `#/incidents?${new URLSearchParams({ state, cursor: next })}` }, t('page.pages.next'))))
}
