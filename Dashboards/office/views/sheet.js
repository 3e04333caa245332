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
  // Wider than the window it scrolls, also by the arrow keys.
  return h('section.sheet', { 'aria-labelledby': 'sheet-title', tabindex: 0 },
    h('h1', { id: 'sheet-title' }, sheet.title),
    h('nav.actions', {},
      incident && h('a', { href: incidentLink(incident) }, incident), ' ',
      h('a', { href: csv, download: `${sheet.name}.csv` }, t('page.sheet.csv'))),
    sheet.rows.length ? table(sheet) : h('p.empty', {}, t('page.sheet.none')))
}

/** Its head repeats on every sheet of paper and carries the time it was true; on a telephone each cell says its column. */
function table({ name, title, columns, rows }) {
  const asOf = t('page.asOf', { time: `${time.date(clock.now)} ${time.clock(clock.now)}` })
  return h(`table.rows.sheet-${name}`, {},
    h('thead', {},
      h('tr.paper', {}, h('th', { colspan: columns.length }, `${title}  ${asOf}`)),
      h('tr', {}, columns.map(column => h('th', { scope: 'col' }, unbroken(column))))),
    h('tbody', {}, rows.map(row => h('tr', {}, row.map((cell, place) =>
      h(place === 0 ? 'th' : cells(cell) > longCells ? 'td.long' : 'td',
        { scope: place === 0 ? 'row' : null, 'data-column': cell ? columns[place] : null },
        cell ? cell.split('; ').map(part => h('div', {}, unbroken(part))) : null))))))
}

/** Wide letters count twice. A word of up to so many is never broken, however narrow its column. */
const unbrokenCells = 16
/** What is longer is a sentence: its column is not squeezed. */
const longCells = 48
const cells = word => [...word].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0)

/** Short words in one piece: Japanese has no spaces to break at, and a date breaks at its hyphens. */
const unbroken = text => text.split(' ').flatMap((word, place) =>
  [place > 0 && ' ', cells(word) > unbrokenCells ? word : h('span.unbroken', {}, word)])
