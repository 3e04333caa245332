// The work there is: what is open first, what is over on demand.

import { get, getAll, withQuery } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { shape } from '../components/marks.js'
import { taskTable } from '../components/tables.js'

const pageSize = 100
const states = ['draft', 'offered', 'accepted', 'travelling', 'onSite', 'blocked', 'done', 'failed', 'cancelled']

const listOf = query => (query.state ? ['/v1/tasks', { state: query.state }] : ['/v1/queue', {}])

export async function load({ query }) {
  const [path, values] = listOf(query)
  const page = await get(withQuery(path, { ...values, limit: pageSize, cursor: query.cursor }))
  return { query, items: page.items, next: page.next }
}

export async function loadAll({ query }, data) {
  return { ...data, items: await getAll(...listOf(query)), next: null }
}

export function render({ query, items, next }) {
  return h('section.tasks', { 'aria-labelledby': 'tasks-title' },
    h('h1', { id: 'tasks-title' }, t('page.tasks.title')),
    h('nav.states', { 'aria-label': t('page.filter.taskState') },
      h('a', { href: '#/tasks', 'aria-current': query.state ? null : 'page' }, t('page.tasks.open')),
      states.map(state => h('a', {
        href: `#/tasks?state=${state}`, 'aria-current': query.state === state ? 'page' : null,
      },
        h('span.shape', { 'aria-hidden': 'true' }, shape('taskState', state)), ' ', word('taskState', state)))),
    items.length ? taskTable(items) : h('p.empty', {}, t('page.tasks.none')),
    next && h('nav.pages', { 'aria-label': t('page.pages') },
      h('a', { href: `#/tasks?${new URLSearchParams({ ...query, cursor: next })}` }, t('page.pages.next'))))
}
