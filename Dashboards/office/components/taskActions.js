// What may be done with a task now, also on behalf of an engineer who phones in.

import { on } from '../actions.js'
import { command } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { mayCoordinate, mayWrite } from '../state.js'
import * as time from '../time.js'
import { shape } from './marks.js'
import { toast } from './toast.js'

/** CONTRACTS §4, in the order of what is wanted most often; `declined` ends an offer. */
const successors = {
  draft: ['offered', 'cancelled'],
  offered: ['accepted', 'declined', 'draft', 'cancelled'],
  accepted: ['travelling', 'onSite', 'blocked', 'draft', 'cancelled'],
  travelling: ['onSite', 'blocked', 'draft', 'cancelled'],
  onSite: ['done', 'failed', 'blocked'],
  blocked: ['accepted', 'travelling', 'onSite', 'draft', 'cancelled'],
  done: [], failed: [], cancelled: [],
}
/** How far around a place a road counts as closed, as the command line has it. */
const roadKilometers = 0.3
const needReason = new Set(['blocked', 'failed', 'cancelled', 'draft', 'declined'])

let refresh = () => {}
let conflict = null

export function configureTaskActions(next) { refresh = next }

export function taskActions(task, engineers) {
  const targets = successors[task.state] ?? []
  if (!targets.length || !mayWrite()) return null
  const asked = task.engineer ?? task.offer?.engineer
  return h('form.actions', { 'data-do': 'task', 'data-id': task.id, 'data-version': task.version,
    'aria-label': t('page.actions.label') },
    conflict?.id === task.id && h('p.error', { role: 'alert' }, conflict.text),
    h('div.fields', {},
      mayCoordinate() && h('label', {}, t('page.actions.engineer'), ' ',
        h('select', { name: 'engineer', 'data-keep': asked ? null : true },
          h('option', { value: '' }, t('page.actions.nobody')),
          engineers.map(engineer => h('option', { value: engineer.id, selected: engineer.id === asked },
            [shape('availability', engineer.availability), engineer.name,
              word('availability', engineer.availability)].join(' '))))),
      h('label', {}, t('page.actions.eta'), ' ',
        h('input.time', { name: 'eta', inputmode: 'numeric', placeholder: '14:00', autocomplete: 'off',
          'data-keep': true })),
      h('label', {}, t('page.actions.retry'), ' ',
        h('input.time', { name: 'retryAt', inputmode: 'numeric', placeholder: '13:00', autocomplete: 'off',
          'data-keep': true })),
      targets.includes('blocked') && h('label', {}, t('page.actions.road'), ' ',
        h('input', { name: 'road', inputmode: 'text', placeholder: '35.05,138.52', autocomplete: 'off', size: 16,
          'data-keep': true })),
      h('label.wide', {}, t('page.actions.reason'), ' ',
        h('input', { name: 'reason', maxlength: 500, autocomplete: 'off', 'data-keep': true }))),
    h('div.buttons', {}, targets.map((to, index) =>
      h(`button${index ? '' : '.main'}`, { 'data-do': 'transition', 'data-to': to },
      h('span.shape', { 'aria-hidden': 'true' }, shape('taskState', to)), ' ', t(`page.to.${to}`)))))
}

on('transition', async button => {
  const form = button.form
  const { engineer, eta, retryAt, reason, road } = Object.fromEntries(new FormData(form))
  const to = button.dataset.to
  conflict = null
  const wrong = missing(form, to, { engineer, eta, retryAt, reason, road })
  if (wrong) return
  const buttons = [...form.querySelectorAll('button')]
  for (const one of buttons) one.disabled = true
  try {
    const task = await command(`/v1/tasks/${encodeURIComponent(form.dataset.id)}/transitions`, {
      to, onBehalfOf: engineer || undefined, reason: reason || undefined,
      eta: eta ? time.wire(time.nextClock(eta, clock.now)) : undefined,
      retryAt: retryAt ? time.wire(time.nextClock(retryAt, clock.now)) : undefined,
      road: to === 'blocked' && road ? { place: placeOf(road), radiusKilometers: roadKilometers } : undefined,
    }, { version: form.dataset.version })
    const done = t('page.actions.done', { id: form.dataset.id, state: word('taskState', task?.state ?? to) })
    toast(task?.finding ? `${done} ${t('page.actions.roadAdded', { finding: task.finding.id })}` : done)
    form.reset()
  } catch (error) {
    conflict = { id: form.dataset.id, text: refusal(error) }
  }
  for (const one of buttons) one.disabled = false
  await refresh()
})

/** Nothing is changed behind anyone's back: who was faster is named, and what is true now is read again. */
function refusal(error) {
  if (error.status === 409 || error.status === 412) return t('page.actions.conflict', { reason: error.message })
  if (error.status === 403) return t('page.actions.forbidden', { reason: error.message })
  return error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable')
}

/** `35.05,138.52`, as maps copy it; null where it is none. */
function placeOf(text) {
  const [latitude, longitude, ...more] = text.split(',').map(part => part.trim() ? Number(part) : NaN)
  const isPlace = !more.length && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isPlace ? { latitude, longitude } : null
}

function missing(form, to, { engineer, eta, retryAt, reason, road }) {
  const asks = [
    [needReason.has(to) && !reason.trim(), 'reason', 'page.actions.needReason'],
    [mayCoordinate() && ['offered', 'accepted'].includes(to) && !engineer, 'engineer', 'page.actions.needEngineer'],
    [eta && time.nextClock(eta, clock.now) === null, 'eta', 'page.actions.badTime'],
    [retryAt && time.nextClock(retryAt, clock.now) === null, 'retryAt', 'page.actions.badTime'],
    [to === 'blocked' && road && !placeOf(road), 'road', 'page.actions.badPlace'],
  ]
  for (const [wrong, name, key] of asks) {
    if (!wrong) continue
    const field = form.elements[name]
    field.setCustomValidity(t(key))
    field.reportValidity()
    field.addEventListener('input', () => field.setCustomValidity(''), { once: true })
    return true
  }
  return false
}

on('task', () => {
  // Enter in a field takes the first, most wanted step.
  document.querySelector('form.actions button.main')?.click()
})

