// The first screen: what a tired coordinator must know at 06:00.

import { getAll } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { sitesLink, taskLink } from '../route.js'
import { state } from '../state.js'
import { parse } from '../time.js'
import { changeList } from '../components/changes.js'
import { headline } from '../components/headline.js'
import { mark, phoneLink } from '../components/marks.js'
import { about } from '../components/tables.js'
import { hazardStrip, heardShares, rollCall } from '../components/situation.js'
import { siteTable } from '../components/siteRow.js'

const rowsOnScreen = 200
const areasOnScreen = 20

/** The overview answer itself is loaded for every screen's header. */
export const load = async () => ({ rest: [] })

/** Everything that needs someone, for paper. */
export async function loadAll() {
  const { attention, attentionTotal } = state.overview
  if (attentionTotal <= attention.length) return { rest: [] }
  const here = new Set(attention.map(row => row.id))
  const rest = []
  for (const assessment of ['confirmedHit', 'likelyHit', 'suspect', 'unknown']) {
    for (const row of await getAll('/v1/sites', { assessment, office: state.office })) {
      if (!here.has(row.id) && needsSomeone(row)) rest.push(row)
    }
  }
  return { rest }
}

/** What brings a site into the overview's list, as far as a row tells. */
const needsSomeone = row =>
  row.incident || row.task || row.contact === 'silent'
  || ['confirmedHit', 'likelyHit', 'suspect'].includes(row.assessment)

/** Longest without a call first, those never phoned before all others; equal ones stay in order of importance. */
const byCall = (one, other) => (parse(one.lastCall?.at) ?? 0) - (parse(other.lastCall?.at) ?? 0)

export function render({ rest }) {
  const overview = state.overview
  const rows = state.printing ? [...overview.attention, ...rest] : overview.attention.slice(0, rowsOnScreen)
  if (state.phoneOrder) rows.sort(byCall)
  const total = Math.max(overview.attentionTotal, rows.length)
  return [
    headline(overview),
    h('div.situation', {}, hazardStrip(overview), rollCall(overview)),
    h('div.columns', {},
      h('section.attention', { 'aria-labelledby': 'attention-title' },
        h('h2', { id: 'attention-title' }, t('page.attention.title', { n: total }),
          total > rows.length && h('small', {}, ' ', t('page.attention.cut', { n: rows.length }), ' ',
            h('a', { href: sitesLink({ assessment: 'unknown', office: state.office }) }, t('page.attention.all'))),
          rows.length > 1 && [' ', h('button.small',
            { 'data-do': 'phone-order', 'aria-pressed': String(state.phoneOrder) }, t('page.attention.phoneOrder'))]),
        rows.length ? siteTable(rows, { caption: t('page.attention.caption'), total })
          : h('p.calm', {}, t('page.attention.none'))),
      h('aside.beside', {}, people(overview), changes(overview), incidents(overview), areas(overview),
        availability(overview))),
  ]
}

function people(overview) {
  const { engineers, engineersList } = overview
  return h('section.people', { 'aria-labelledby': 'people-title' },
    h('h2', { id: 'people-title' }, h('a', { href: '#/engineers' }, t('page.people.title'))),
    ['available', 'unconfirmed', 'unavailable'].map(name => [
      h('p.tally', { 'data-key': name }, mark('availability', name), ' ', h('b', {}, engineers[name] ?? 0)),
      name !== 'unavailable' && names(name, engineersList.filter(engineer => engineer.availability === name)),
    ]))
}

const namesAtMost = 10

function names(availability, engineers) {
  return h('ul.names', { 'data-key': `${availability} names`, 'data-live': true },
    engineers.slice(0, namesAtMost).map(engineer =>
    h('li', { 'data-key': engineer.id, 'data-sig': `${engineer.task}` },
      h('b', {}, engineer.name), ' ', phoneLink(engineer.phone), ' ',
      engineer.task ? h('a', { href: taskLink(engineer.task) }, engineer.task)
        : availability === 'available' && h('span.sub', {}, t('page.people.free')))))
}

function changes(overview) {
  return h('section.changes', { 'aria-labelledby': 'changes-title' },
    h('h2', { id: 'changes-title' }, t('page.changes.title')),
    changeList(overview.lastHour, { none: t('page.changes.none') }))
}

function incidents(overview) {
  if (!overview.incidents.length) return null
  const shown = 8
  return h('section.incidents', { 'aria-labelledby': 'incidents-title' },
    h('h2', { id: 'incidents-title' }, h('a', { href: '#/incidents' },
      t('page.incidents.open', { n: overview.incidents.length }))),
    h('ul.names', {}, overview.incidents.slice(0, shown).map(incident => h('li', { 'data-key': incident.id },
      h('a', { href: `#/incidents/${incident.id}` }, incident.id), ' ',
        incident.drill && h('b', {}, t('page.drill'), ' '),
      word('incidentKind', incident.kind), ' ', mark('incidentState', incident.state), ' ',
      t('page.incident.sites', { n: incident.sites.length }),
      about(incident) && h('div.sub', {}, about(incident))))))
}

/** Nobody sums it up in a drill, nor has in the first minute after a start. */
function availability({ availability: sums }) {
  if (!sums) return null
  return h('section.availability', { 'aria-labelledby': 'availability-title' },
    h('h2', { id: 'availability-title' }, t('availability.title')),
    heardShares(sums.figures).map(line => h('p', {}, line)))
}

function areas(overview) {
  const shown = [...overview.areas].sort((one, other) => other.silent - one.silent || other.sites - one.sites)
  return h('section.areas', { 'aria-labelledby': 'areas-title' },
    h('h2', { id: 'areas-title' }, t('page.areas.title')),
    h('table.areas', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('page.areas.area')),
        ['silent', 'late', 'reporting'].map(name => h('th.n', { scope: 'col' }, word('contact', name))),
        h('th.n', { scope: 'col' }, t('page.areas.sites')))),
      h('tbody', {}, shown.slice(0, state.printing ? shown.length : areasOnScreen).map(area =>
        h('tr', { 'data-key': area.municipality },
          h('th', { scope: 'row' }, area.name ?? area.municipality),
          ['silent', 'late', 'reporting'].map(name => h(`td.n${area[name] ? '' : '.none'}`, {}, area[name])),
          h('td.n', {}, area.sites))))))
}

