// Tables of tasks and incidents, the same wherever they stand.

import { h } from '../dom.js'
import { list, sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import { incidentLink, siteLink, taskLink } from '../route.js'
import { engineerName, state } from '../state.js'
import * as time from '../time.js'
import { mark } from './marks.js'
import { loanerWords, planned, waitsFor } from './plan.js'

const showTime = at => time.when(at, clock.now)

const head = (kind, names) => h('thead', {},
  h('tr', {}, names.map(name => h('th', { scope: 'col' }, t(`page.${kind}.${name}`)))))

/** A row that j, k and Enter move over. */
const rowOf = (id, href, sig, first, extra = {}) => ({
  'data-key': id, 'data-row': id, 'data-href': href, 'data-sig': sig,
  tabindex: id === state.selected || first ? 0 : -1, 'aria-current': id === state.selected ? 'true' : null, ...extra,
})

export function taskTable(tasks) {
  return h('table.rows.tasks', {}, head('task', ['id', 'state', 'site', 'work', 'who', 'condition']),
    h('tbody', { 'data-live': true }, tasks.map((task, index) =>
      h('tr', rowOf(task.id, taskLink(task.id), `${task.state} ${task.engineer} ${task.plan?.engineer}`, index === 0,
        { 'data-site': task.site, 'data-name': task.siteName }),
        h('th', { scope: 'row' }, h('a', { href: taskLink(task.id), tabindex: -1 }, task.id)),
        h('td', {}, mark('taskState', task.state)),
        h('td', {}, h('a', { href: siteLink(task.site), tabindex: -1 }, task.siteName ?? task.site)),
        h('td', {}, word('taskKind', task.kind), rungOf(task) && ` ${rungOf(task)}`,
          task.durationMinutes ? h('div.sub', {}, t('time.minutes', { n: task.durationMinutes })) : null),
        h('td', {}, who(task), plan(task)),
        h('td', {}, condition(task))))))
}

/** The rung that the work belongs to, else its site's; provisional while nobody has told of damage. */
const rungOf = ({ rung, recovery }) =>
  rung ?? (recovery?.provisional ? t('page.row.provisional', recovery) : recovery?.rung)

export function who(task) {
  const name = task.engineerName ?? engineerName(task.engineer)
  if (name) return h('b', {}, name)
  if (task.offer) {
    return t('page.task.asked', { name: engineerName(task.offer.engineer), time: showTime(task.offer.until) })
  }
  return task.plan ? t('page.plan.row', { plan: planned(task.plan) }) : h('span.todo', {}, t('page.task.noEngineer'))
}

/** The plan beside who has the task or is asked, where it says more. */
function plan({ plan: told, engineer, offer, eta }) {
  const isNamed = engineer ?? offer?.engineer
  return told && isNamed && !(isNamed === told.engineer && eta)
    && h('div.sub', {}, t('page.plan.row', { plan: planned(told) }))
}

/** The collector's own words for what the row's plan and `after` say in more detail. */
const saidByPlan = ({ plan, reason }) =>
  plan && ['task.reason.planned', 'task.reason.waitsForTask'].includes(reason?.key)

export function condition(task) {
  const words = []
  if (task.eta) words.push(t('page.task.eta', { time: showTime(task.eta) }))
  if (task.plan?.loaner) words.push(loanerWords(task.plan))
  if (waitsFor(task)) words.push(waitsFor(task))
  if (task.reason && !saidByPlan(task)) {
    words.push(typeof task.reason === 'object' ? sentence(task.reason, showTime) : task.reason)
  }
  if (task.retryAt) words.push(t('page.task.retry', { time: showTime(task.retryAt) }))
  return words.join(' ') || '—'
}

export function incidentTable(incidents) {
  return h('table.rows.incidents', {}, head('incident', ['id', 'kind', 'state', 'members', 'opened']),
    h('tbody', { 'data-live': true }, incidents.map((incident, index) =>
      h('tr', rowOf(incident.id, incidentLink(incident.id), `${incident.state} ${incident.sites?.length}`, index === 0),
        h('th', { scope: 'row' }, h('a', { href: incidentLink(incident.id), tabindex: -1 }, incident.id)),
        h('td', {}, incident.drill && h('b', {}, t('page.drill'), ' '), word('incidentKind', incident.kind)),
        h('td', {}, mark('incidentState', incident.state),
          incident.mergedInto && h('div.sub', {}, t('incident.mergedInto', { incident: incident.mergedInto }))),
        h('td', {}, t('page.incident.sites', { n: incident.sites?.length ?? 0 }),
          about(incident) && h('div.sub', {}, about(incident))),
        h('td', {}, showTime(incident.openedAt))))))
}

const areasAtMost = 3

/** What an incident is about beside its sites: its municipalities, its carrier without the prefecture, or a release. */
export function about({ kind, areas, cause }, most = areasAtMost) {
  const names = areas.slice(0, most).map(area => area.name ?? area.municipality)
  if (areas.length > most) names.push('…')
  if (cause) names.push(kind === 'carrier' ? cause.slice(3) : cause)
  return list(names)
}
