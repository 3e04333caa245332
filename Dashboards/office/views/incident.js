// One incident: its sites, the work, and what happened when.

import { on } from '../actions.js'
import { command, get } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { incidentLink } from '../route.js'
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
        word('incidentKind', incident.kind), ' ',
        t('page.incident.sites', { n: incident.sites.length })),
      h('p.verdict', {}, h('b', {}, mark('incidentState', incident.state)), ' ',
        t('page.incident.since', { time: showTime(incident.openedAt) }),
        incident.stableAt && ` ${t('page.incident.stable', { time: showTime(incident.stableAt) })}`,
        incident.closedAt && ` ${t('page.incident.closed', { time: showTime(incident.closedAt) })}`),
      about(incident) && h('p', {}, about(incident, incident.areas.length)),
      incident.state === 'candidate' && h('p.warn', {}, t('incident.candidate')),
      incident.mergedInto && h('p', {}, h('a', { href: incidentLink(incident.mergedInto) },
        t('incident.mergedInto', { incident: incident.mergedInto }))),
      incident.commander && h('p', {}, t('page.incident.commander', { name: incident.commander }))),
    closing(incident),
    h('section', {}, h('h2', {}, t('page.incident.members')),
      incident.siteRows.length ? siteTable(incident.siteRows, { caption: `${incident.id} ${word('incidentKind', incident.kind)}` })
        : h('p.empty', {}, t('page.sites.none'))),
    h('section', {}, h('h2', {}, t('page.tasks.title')),
      incident.tasks.length ? taskTable(incident.tasks) : h('p.empty', {}, t('page.tasks.none'))),
    h('section', {}, h('h2', {}, t('page.site.timeline')),
      changeList(incident.timeline, { none: t('page.timeline.none'), here: [incident.id], names })))
}

function closing({ id, state, version }) {
  if (!mayCoordinate() || !['active', 'stable', 'candidate'].includes(state)) return null
  return h('form.actions', { 'data-do': 'close-incident', 'data-id': id, 'data-version': version },
    h('label.wide', {}, t('page.actions.reason'), ' ',
      h('input', { name: 'reason', required: true, maxlength: 500, autocomplete: 'off', 'data-keep': true })),
    h('button', {}, t('page.incident.close')))
}

on('close-incident', async form => {
  try {
    await command(`/v1/incidents/${encodeURIComponent(form.dataset.id)}/transitions`,
      { to: 'closed', reason: form.elements.reason.value }, { version: form.dataset.version })
    toast(t('page.actions.done', { id: form.dataset.id, state: word('incidentState', 'closed') }))
  } catch (error) {
    toast(error.status === 409 || error.status === 412 ? t('page.actions.conflict', { reason: error.message })
      : error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable'), 'error')
  }
  refresh()
})
