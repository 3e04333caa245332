// A list as the office passes it on: claims, readiness, and the sheets of an incident. Prints on A4.

import { get, placed, withQuery } from '../api.js'
import { h } from '../dom.js'
import { language, t } from '../labels.js'
import { clock } from '../live.js'
import { incidentLink } from '../route.js'
import * as time from '../time.js'

const filters = ['incident', 'office', 'municipality']

const parameters = query => ({ ...Object.fromEntries(filters.map(name => [name, query[name]])), lang: language() })

const address = ({ id, query }, suffix = '') => withQuery(`/v1/sheets/${encodeURIComponent(id)}${suffix}`, parameters(query))

export const load = async route =>
  ({ sheet: await get(address(route)), csv: placed(address(route, '.csv')), incident: route.query.incident ?? null })

export function render({ sheet, csv, incident }) {
  return h('section.sheet', { 'aria-labelledby': 'sheet-title' },
    h('h1', { id: 'sheet-title' }, sheet.title),
    h('nav.actions', {},
      incident && h('a', { href: incidentLink(incident) }, incident), ' ',
      h('a', { href: csv, download: `${sheet.name}.csv` }, t('page.sheet.csv'))),
    sheet.rows.length ? table(sheet) : h('p.empty', {}, t('page.sheet.none')))
}

function table({ name, title, columns, rows }) {
  return h(`table.rows.sheet-${name}`, {},
    h('thead', {},
      h('tr.paper', {}, h('th', { colspan: columns.length }, `${title}  ${time.when(new Date(clock.now).toISOString(), clock.now)}`)),
      h('tr', {}, columns.map(column => h('th', { scope: 'col' }, column)))),
    h('tbody', {}, rows.map(row => h('tr', {}, row.map((cell, place) =>
      place === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell))))))
}
