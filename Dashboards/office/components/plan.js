// Who is planned for a task, when, with which machine and why; a coordinator may name somebody else.

import { on } from '../actions.js'
import { command, get } from '../api.js'
import { h } from '../dom.js'
import { language, list, t, word } from '../labels.js'
import { clock } from '../live.js'
import { taskLink } from '../route.js'
import { engineerName, mayCoordinate } from '../state.js'
import * as time from '../time.js'
import { shape } from './marks.js'
import { rungWords } from './recovery.js'
import { toast } from './toast.js'

const showTime = at => time.when(at, clock.now)
const minutes = n => (n < 60 ? t('time.minutes', { n }) : time.span(n * 60_000))
const isFinal = state => ['done', 'failed', 'cancelled'].includes(state)

let refresh = () => {}

export function configurePlan(next) { refresh = next }

// --- why, worked out by the collector when it is asked

/** An explanation is asked for again when the task or its plan is another one, and else after so long. */
const explanationHoldsMilliseconds = 60_000
let last = { key: null, at: 0, why: null }

/** The explanation of a task's plan; null for finished work and where none can be had: the task shows without it. */
export async function loadWhy(task) {
  if (isFinal(task.state)) return null
  const key = JSON.stringify([task.id, task.version, task.plan])
  if (key !== last.key || Date.now() - last.at > explanationHoldsMilliseconds) {
    let why = null
    try { why = await get(`/v1/tasks/${encodeURIComponent(task.id)}/why`) } catch { /* as said */ }
    last = { key, at: Date.now(), why }
  }
  return last.why
}

export const whyCard = why => [
  outcome(why),
  why.reachableFrom && h('p', {}, t('page.why.reachableFrom', { time: showTime(why.reachableFrom) })),
]

function outcome(why) {
  const name = why.engineerName
  switch (why.outcome) {
    case 'begun': return h('p', {}, t('page.why.begun', { name }))
    case 'assigned': return [
      h('p', {}, t('page.why.assigned', { name, time: why.plan ? showTime(why.plan.startsAt) : '—' })),
      h('p', {}, why.runnerUp ? runnerUp(why.runnerUp) : t('page.why.noRunnerUp')),
    ]
    case 'unassigned': return [
      h('p', {}, h('strong.warn', {}, t('page.why.unassigned'))),
      h('ul.reasons', {}, byObstacle(why.obstacles).map(([obstacle, names]) =>
        h('li', {}, h('b', {}, list(names)), ' ', obstacle))),
      why.relaxations.length > 0 && [h('h3', {}, t('page.why.relaxations')),
        h('ul.reasons', {}, why.relaxations.map(relaxation => h('li', {}, relaxationWords(relaxation))))],
    ]
    default: return h('p.empty', {}, t('page.why.notPlanned'))
  }
}

/** 次点 鈴木: 終わりが 55分 遅れ…; who would be sooner is not chosen because others pay for it. */
function runnerUp({ engineerName: name, laterMinutes, costMinutes }) {
  const form = laterMinutes < 0 ? 'page.why.runnerUp.sooner' : laterMinutes > 0 ? 'page.why.runnerUp' : 'page.why.runnerUp.same'
  return t(form, { name, later: minutes(Math.abs(laterMinutes)), cost: minutes(costMinutes) })
}

/** Engineers whom the same keeps away stand in one line, in the order in which the collector names them. */
function byObstacle(obstacles) {
  const lines = new Map()
  for (const one of obstacles) {
    const text = obstacleWords(one)
    lines.set(text, [...(lines.get(text) ?? []), one.engineerName])
  }
  return [...lines]
}

function obstacleWords(one) {
  return t(`page.why.${one.obstacle}`, {
    skills: list((one.skills ?? []).map(skill => word('skill', skill))),
    name: engineerName(one.to) ?? '', task: one.task ?? '', time: one.until ? showTime(one.until) : '',
    span: minutes(one.minutes ?? 0),
    stock: list((one.stock ?? []).map(({ depot, machines }) => `${depot} ${machines}`)),
  })
}

const relaxationWords = ({ change, depotName, engineerName: name, minutes: more }) =>
  t(`page.why.relax.${change}`, { depot: depotName, name, span: minutes(more ?? 0) })

// --- the plan

/** 田中 11:30〜14:00 */
export const planned = ({ engineerName: name, startsAt, endsAt }) =>
  t('page.plan.span', { name, from: showTime(startsAt), until: showTime(endsAt) })

/** 代替機 L-07（静岡保管庫） */
export const loanerWords = ({ loaner, depotName }) =>
  t(depotName ? 'page.plan.loanerAt' : 'page.plan.loaner', { loaner, depot: depotName })

/** T-410、T-411 の後 */
export const waitsFor = ({ after }) => after?.length > 0 && t('page.plan.after', { tasks: list(after) })

/** The plan of a task; `recovery` is its site's, where the task belongs to a rung. */
export function planFacts(task, recovery) {
  const { rung, plan, pin, place, after } = task
  const facts = [
    ['rung', rung && rungWords(rung)],
    ['planned', plan ? planned(plan) : !isFinal(task.state) && h('span.todo', {}, t('page.plan.none'))],
    ['machine', machine(task, recovery)],
    ['waitsFor', after?.length > 0 && after.map(id => [h('a', { href: taskLink(id) }, id), ' '])],
    ['place', place && word('taskPlace', place)],
    ['pin', pin && t('page.plan.pinned', {
      name: engineerName(pin.engineer), by: pin.by, time: showTime(pin.at), reason: pin.reason ?? '' }).trim()],
  ]
  return h('dl.facts', {}, facts.filter(([, value]) => value).map(([name, value]) =>
    [h('dt', {}, t(`page.plan.${name}`)), h('dd', {}, value)]))
}

/** The machine that the task takes: its own plan's, else the one that another task of the rung fetches. */
function machine({ id, plan }, recovery) {
  const fetched = recovery?.tasks.find(other => other.plan?.loaner)
  const held = plan?.loaner ? plan : fetched?.plan
  if (!held) return recovery?.loaner && h('b', {}, t('page.plan.loaner', { loaner: recovery.loaner }))
  return [h('b', {}, loanerWords(held)), ' ', held !== plan && fetched.id !== id
    && h('a', { href: taskLink(fetched.id) }, fetched.id)]
}

/** What is done at the place, as a list to tick on paper. */
export const stepList = steps => h('ol.steps', {}, steps.map(step => h('li', {}, step[language()])))

export function pinForm(task, engineers) {
  if (!mayCoordinate() || isFinal(task.state)) return null
  const fit = engineers.filter(({ skills }) => task.skills.every(skill => skills.includes(skill)))
  const chosen = task.pin?.engineer
  return h('form.pin', { 'data-do': 'pin', 'data-id': task.id, 'data-version': task.version,
    'aria-label': t('page.pin.label') },
    h('div.fields', {},
      h('label', {}, t('page.actions.engineer'), ' ', h('select', { name: 'engineer', required: true, 'data-keep': true },
        h('option', { value: '' }, t('page.actions.nobody')),
        fit.map(({ id, name, availability }) => h('option', { value: id, selected: id === chosen },
          [shape('availability', availability), name].join(' '))))),
      h('label.wide', {}, t('page.actions.reason'), ' ',
        h('input', { name: 'reason', maxlength: 500, autocomplete: 'off', 'data-keep': true })),
      h('button', {}, t('page.pin.set')),
      task.pin && h('button', { type: 'button', 'data-do': 'unpin' }, t('page.pin.release'))))
}

async function pin(form, engineer) {
  const { id, version } = form.dataset
  const buttons = [...form.querySelectorAll('button')]
  for (const one of buttons) one.disabled = true
  try {
    const reason = form.elements.reason.value.trim()
    await command(`/v1/tasks/${encodeURIComponent(id)}/pin`,
      { engineer: engineer || undefined, reason: reason || undefined }, { version })
    toast(engineer ? t('page.pin.saved', { id, name: engineerName(engineer) }) : t('page.pin.released', { id }))
    form.reset()
  } catch (error) {
    toast(error.status === 409 || error.status === 412 ? t('page.actions.conflict', { reason: error.message })
      : error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable'), 'error')
  }
  for (const one of buttons) one.disabled = false
  await refresh()
}

on('pin', form => pin(form, form.elements.engineer.value))
on('unpin', button => pin(button.form, null))
