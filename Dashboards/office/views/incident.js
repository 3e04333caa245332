// One incident: its sites, the work, and what happened when.

import { on } from '../actions.js'
import { command, get } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { incidentLink, sheetLink, siteLink, sitrepLink } from '../route.js'
import { mayCoordinate } from '../state.js'
import * as time from '../time.js'
import { changeList } from '../components/changes.js'
import { mark } from '../components/marks.js'
import { siteTable } from '../components/siteRow.js'
import { about, taskTable } from '../components/tables.js'
import { toast } from '../components/toast.js'

let refresh = () => {}

export function configure(next) { refresh = next }

export const load = ({ id }) => get(`/v1/incidents/${encodeURIComponent(id)}`)

const showTime = at => time.when(at, clock.now)

export function render(incident) {
  const names = Object.fromEntries(incident.siteRows.map(row => [row.id, row.name]))
  return h('article.detail', {},
    h('header', { 'data-sig': incident.state },
      h('h1', {}, incident.drill && h('b', {}, t('page.drill'), ' '), incident.id, ' ',
        incident.title ?? word('incidentKind', incident.kind), ' ',
        t('page.incident.sites', { n: incident.sites.length })),
      h('p.verdict', {}, h('b', {}, mark('incidentState', incident.state)), ' ',
        t('page.incident.since', { time: showTime(incident.openedAt) }),
        incident.stableAt && ` ${t('page.incident.stable', { time: showTime(incident.stableAt) })}`,
        incident.sitrepDue && ` ${t('sitrep.nextDue', { time: showTime(incident.sitrepDue) })}`,
        incident.closedAt && ` ${t('page.incident.closed', { time: showTime(incident.closedAt) })}`),
      about(incident) && h('p', {}, about(incident, incident.areas.length)),
      incident.state === 'candidate' && h('p.warn', {}, t('incident.candidate')),
      incident.mergedInto && h('p', {}, h('a', { href: incidentLink(incident.mergedInto) },
        t('incident.mergedInto', { incident: incident.mergedInto }))),
      incident.commander && h('p', {}, t('page.incident.commander', { name: incident.commander }))),
    h('nav.actions', {},
      ['damage', 'timeline', 'resources', 'claims'].map(name =>
        h('a', { href: sheetLink(name, { incident: incident.id }) }, t(`sheet.${name}`), ' '))),
    leading(incident),
    closing(incident),
    incident.unconfirmed.length > 0 && h('section.panel', {}, h('h2', {}, t('page.incident.ring', { n: incident.unconfirmed.length })),
      h('ul', {}, incident.unconfirmed.map(({ name, phone }) => h('li', {}, name, ' ',
        phone && h('a', { href: `tel:${phone}` }, phone))))),
    h('section.panel', {}, h('h2', {}, t('page.sitrep.title')),
      incident.sitreps.length ? h('ul', {}, incident.sitreps.map(({ number, at, by }) => h('li', {},
        h('a', { href: sitrepLink(incident.id, number) }, t('page.sitrep.number', { n: number })), ` ${showTime(at)} ${by}`)))
        : h('p.empty', {}, t('cli.sitrep.none'))),
    h('section.panel', {}, h('h2', {}, t('page.incident.offices')),
      h('ul', {}, incident.offices.map(({ name, phone, sites }) => h('li', {}, name, ' ', phone ?? '', ' ',
        sites.map(own => h('a', { href: siteLink(own.id) }, mark('assessment', own.assessment), ' ', mark('contact', own.contact))))))),
    h('section', {}, h('h2', {}, t('page.incident.members')),
      incident.siteRows.length ? siteTable(incident.siteRows, { caption: `${incident.id} ${word('incidentKind', incident.kind)}` })
        : h('p.empty', {}, t('page.sites.none'))),
    h('section', {}, h('h2', {}, t('page.tasks.title')),
      incident.tasks.length ? taskTable(incident.tasks) : h('p.empty', {}, t('page.tasks.none'))),
    h('section', {}, h('h2', {}, t('page.site.timeline')),
      changeList(incident.timeline, { none: t('page.timeline.none'), here: [incident.id], names })))
}

/** Who leads it, and the next situation report. */
function leading({ id, state, version, commander }) {
  if (!mayCoordinate() || ['closed', 'merged'].includes(state)) return null
  return [
    h('form.actions', { 'data-do': 'set-commander', 'data-id': id, 'data-version': version },
      h('label.wide', {}, t('word.commander'), ' ',
        h('input', { name: 'commander', required: true, maxlength: 100, value: commander ?? '', autocomplete: 'off', 'data-keep': true })),
      h('button', {}, t('page.incident.setCommander'))),
    h('form.actions', { 'data-do': 'write-sitrep', 'data-id': id },
      h('label.wide', {}, t('page.sitrep.text'), ' ',
        h('textarea', { name: 'text', maxlength: 4000, rows: 2, 'data-keep': true })),
      h('label', {}, t('page.sitrep.next'), ' ', h('input', { name: 'next', type: 'time', 'data-keep': true })),
      h('button', {}, t('page.sitrep.write')))]
}

/** Sends a change, says what came of it and reads the page again. */
async function change(form, path, body, said, options) {
  try {
    await command(`/v1/incidents/${encodeURIComponent(form.dataset.id)}${path}`, body, options)
    form.reset()
    toast(said)
  } catch (error) {
    toast(error.status === 409 || error.status === 412 ? t('page.actions.conflict', { reason: error.message })
      : error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable'), 'error')
  }
  refresh()
}

on('set-commander', form => change(form, '', { commander: form.elements.commander.value },
  t('cli.incident.set', { incident: form.dataset.id }), { version: form.dataset.version }))

on('write-sitrep', form => {
  const next = form.elements.next.value
  const nextDue = next ? time.wire(time.nextClock(next, clock.now)) : null
  return change(form, '/sitreps', { text: form.elements.text.value || null, nextDue }, t('page.sitrep.written'))
})

function closing({ id, state, version }) {
  if (!mayCoordinate() || !['active', 'stable', 'candidate'].includes(state)) return null
  return h('form.actions', { 'data-do': 'close-incident', 'data-id': id, 'data-version': version },
    h('label.wide', {}, t('page.actions.reason'), ' ',
      h('input', { name: 'reason', required: true, maxlength: 500, autocomplete: 'off', 'data-keep': true })),
    h('button', {}, t('page.incident.close')))
}

on('close-incident', form => change(form, '/transitions', { to: 'closed', reason: form.elements.reason.value },
  t('page.actions.done', { id: form.dataset.id, state: word('incidentState', 'closed') }), { version: form.dataset.version }))
