// One site that needs someone: what, where, why, since when, its newest copy, whom to ring, who goes.

import { drill } from '../api.js'
import { h } from '../dom.js'
import { sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import { siteLink, taskLink } from '../route.js'
import { engineerName, mayWrite, state } from '../state.js'
import * as time from '../time.js'
import { copyWords, isDoubted, mark, percent, phoneLink } from './marks.js'

export const phonesOf = row => [
  row.contactPhone && { who: row.contactName || t('page.call.contact'), number: row.contactPhone },
  row.phone && { who: t('page.call.site'), number: row.phone },
].filter(Boolean)

/** The table of such rows. Its head repeats on every sheet of paper and carries the time it was true. */
export function siteTable(rows, { caption, total = rows.length }) {
  if (!rows.length) return h('p.empty', {}, t('page.sites.none'))
  const chosen = rows.some(row => row.id === state.selected) ? state.selected : rows[0].id
  return h('table.rows.sites', { role: 'table' },
    h('thead', { role: 'rowgroup' },
      h('tr.paper', {}, h('th', { colspan: 6 }, paperHead(caption, rows.length, total))),
      h('tr', { role: 'row' }, ['state', 'site', 'why', 'copy', 'phone', 'task'].map(name =>
        h(`th.${name}`, { role: 'columnheader', scope: 'col' }, t(`page.column.${name}`))))),
    h('tbody', { role: 'rowgroup', 'data-live': true }, rows.map(row => siteRow(row, chosen))))
}

function paperHead(caption, n, total) {
  return (drill ? t('page.drill') : '') + t('page.paper.head', {
    office: state.overview?.office?.name ?? t('page.allOffices'), caption, n, total,
    time: `${time.date(clock.now)} ${time.clockSeconds(clock.now)}`,
  })
}

export function siteRow(row, chosen) {
  const current = row.id === state.selected
  return h(`tr.site.assessment-${row.assessment}`, {
    role: 'row', tabindex: row.id === chosen ? 0 : -1, 'aria-current': current ? 'true' : null,
    'data-key': row.id, 'data-row': row.id, 'data-site': row.id, 'data-href': siteLink(row.id), 'data-name': row.name,
    'data-phones': JSON.stringify(phonesOf(row)),
    'data-sig': [
      row.assessment, row.contact, row.recovery?.rung, shownTask(row)?.state, shownTask(row)?.engineer, row.lastCall?.at,
      row.newestCopy?.state,
    ].join(),
  },
    h('td.state', { role: 'cell' },
      mark('assessment', row.assessment),
      isDoubted(row) && h('span.probability', {}, ` ${percent(row.probability, false)}`),
      row.retired && h('div.sub', {}, t('page.retired'))),
    h('td.site', { role: 'cell' },
      h('a.name', { href: siteLink(row.id), tabindex: -1 }, row.name),
      h('div.sub', {}, h('span.place', {}, row.municipalityName ?? row.municipality), ' ', h('span.id', {}, row.id))),
    h('td.why', { role: 'cell' },
      h('div.since', {}, mark('contact', row.contact), ' ', h('b', {}, since(row))),
      sentence(row.reason, at => time.when(at, clock.now)),
      row.attribution && [' ', h('span.sub.guess', {},
        t('page.why.attribution', { word: word('attribution', row.attribution) }))]),
    h('td.copy', { role: 'cell' }, copyCell(row.newestCopy)),
    h('td.phone', { role: 'cell' }, phoneCell(row)),
    h('td.task', { role: 'cell' }, taskCell(row)))
}

/** 02:41から 3時間21分. */
function since(row) {
  const from = time.parse(row.contactSince)
  if (from === null) return ''
  return t('page.since', { time: time.when(row.contactSince, clock.now), span: time.span(clock.now - from) })
}

function copyCell(copy) {
  if (!copy) return h('span.warn', {}, t('page.copy.none'))
  return [
    h('span.tier', {}, word('tier', copy.tier)), ' ', copyWords(copy),
    h('div.sub', {}, copy.goodAt ? time.when(copy.goodAt, clock.now) : t('page.copy.never')),
  ]
}

function phoneCell(row) {
  return [
    phonesOf(row).slice(0, 1).map(phone => [h('span.who', {}, phone.who), ' ', phoneLink(phone.number)]),
    !phonesOf(row).length && h('span.warn', {}, t('page.phone.unknown')),
    h('div.sub', {}, callState(row.id, row.lastCall), ' ',
      mayWrite() && h('button.small.call', { 'data-do': 'call', tabindex: -1,
        'aria-label': t('page.call.aria', { name: row.name }) },
        t('page.call.button'), h('kbd', {}, 'c'))),
  ]
}

/** The last attempt; before it the one that is on its way or was refused. */
export function callState(id, lastCall) {
  const pending = state.calls.get(id)
  if (pending?.status === 'saving') {
    return h('span.saving', {}, t('page.call.saving', { result: word('callResult', pending.result) }))
  }
  if (pending?.status === 'refused') {
    return [
      h('strong.refused', { role: 'alert' }, t('page.call.refused',
        { result: word('callResult', pending.result), reason: pending.error })),
      ' ', h('button.small', { 'data-do': 'call-again', 'data-site': id, tabindex: -1 }, t('page.retry')),
      h('button.small', { 'data-do': 'call-drop', 'data-site': id, tabindex: -1 }, t('page.call.drop')),
    ]
  }
  const call = newest(pending, lastCall)
  if (!call) return h('span.todo', {}, t('page.call.never'))
  return h('span.called', {}, t('page.call.last', {
    result: word('callResult', call.result), time: time.when(call.at, clock.now), author: call.author ?? '',
  }).trim())
}

/** What was just stored shows until the collector's own answer has come past it. */
function newest(pending, told) {
  if (pending?.status !== 'saved') return told
  return told && time.parse(told.at) >= time.parse(pending.at) ? told : pending
}

/** The work of whoever stands there next; else what was drafted last. */
const shownTask = ({ visit, task }) => (visit ? { ...visit, id: visit.task } : task)

/** R3 · 松田 10:40 着, and below it the task that brings them there. */
function taskCell(row) {
  const task = shownTask(row)
  return [
    (row.recovery || row.visit) && h('div.goes', {}, parted([rung(row.recovery), visit(row.visit)])),
    task ? h('div', {}, h('a', { href: taskLink(task.id), tabindex: -1 }, task.id), ' ', mark('taskState', task.state))
      : h('span.todo', {}, t('page.task.none')),
    task && h('div.sub', {}, word('taskKind', task.kind), ' ',
      !row.visit && (task.engineer ? h('b', {}, engineerName(task.engineer))
        : h('span.todo', {}, t('page.task.noEngineer')))),
  ]
}

const parted = parts => parts.filter(Boolean).flatMap((part, place) => (place ? [' · ', part] : [part]))

/** Provisional while nobody has told of damage: 仮. */
const rung = told => told && h('b.rung', { title: word('rung', told.rung) },
  told.provisional ? t('page.row.provisional', { rung: told.rung }) : told.rung)

function visit(told) {
  if (!told) return null
  const at = told.state === 'onSite' ? word('taskState', 'onSite')
    : told.arrivesAt && t('page.row.arrives', { time: time.when(told.arrivesAt, clock.now) })
  return [h('b', {}, told.engineerName), ' ', at && h('span.arrives', {}, at)]
}
