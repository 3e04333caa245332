// What somebody on the telephone saw: at most five questions with one key each, then what else they can tell.

import { on } from '../actions.js'
import { command, get, uniqueKey } from '../api.js'
import { fill, h } from '../dom.js'
import { meant } from '../keys.js'
import { t } from '../labels.js'
import { clock } from '../live.js'
import { mayWrite } from '../state.js'
import * as time from '../time.js'
import { rungWords } from './recovery.js'
import { toast } from './toast.js'

const component = ['works', 'wet', 'lost', 'unknown']
  .map(value => ({ label: `page.damage.component.${value}`, value }))
const about = name => ({ name, answers: component.map(({ label, value }) => ({ label, says: { [name]: value } })) })
const lines = (power, network) => ({ power, network })

/** In the order in which they decide the rung; a question about a copy that the site does not have is not asked. */
const questions = [
  about('server'), about('mirror'), about('external'),
  { name: 'lines', answers: [
    { label: 'page.damage.lines.both', says: lines(true, true) },
    { label: 'page.damage.lines.power', says: lines(true, false) },
    { label: 'page.damage.lines.network', says: lines(false, true) },
    { label: 'page.damage.lines.neither', says: lines(false, false) },
  ] },
  { name: 'building', answers: ['sound', 'damaged', 'noEntry', 'unknown'].map(value =>
    ({ label: `page.damage.building.${value}`, says: { building: value } })) },
]

const inBuilding = ['mirror', 'external']

let refresh = () => {}

export function configureDamage(next) { refresh = next }

export const damageButton = () => mayWrite()
  && h('p', {}, h('button', { 'data-do': 'damage' }, t('page.damage.button'), h('kbd', {}, 'd')))

/** Asks what is known of the damage at {id, name}; which copies there are is looked up first. */
export async function askDamage(subject) {
  const opener = document.activeElement
  let known = null
  // Without an answer all five are asked: one too many is better than a call that was for nothing.
  try { known = await get(`/v1/sites/${encodeURIComponent(subject.id)}/recovery`) } catch { /* as said */ }
  if (document.querySelector('dialog[open]')) return
  const has = name => !inBuilding.includes(name) || !known || known.card.copies.some(copy => copy.tier === name)
  const asked = questions.filter(({ name }) => has(name))
  const dialog = h('dialog.damage', { 'aria-labelledby': 'damage-title' },
    h('h2', { id: 'damage-title' }, t('page.damage.title', { name: subject.name })),
    h('p.sub', {}, t('page.damage.how')),
    h('form', { 'data-do': 'damage-send', 'data-site': subject.id, 'data-name': subject.name, 'data-op': uniqueKey() },
      asked.map(question), details(),
      h('div.buttons', {},
        h('button.main', {}, t('page.damage.send')),
        h('button', { type: 'button', 'data-do': 'damage-close' }, t('page.cancel'), h('kbd', {}, 'Esc'))),
      h('p.error', { role: 'alert', hidden: true })))
  dialog.addEventListener('keydown', event => answer(dialog, event))
  dialog.addEventListener('close', () => {
    dialog.remove()
    if (opener?.isConnected) opener.focus({ preventScroll: true })
  })
  fill(document.getElementById('dialogs'))
  document.getElementById('dialogs').append(dialog)
  dialog.showModal()
  step(dialog.querySelector('fieldset'))
}

function question({ name, answers }, index) {
  return h('fieldset', {},
    h('legend', {}, t('page.damage.question', { n: index + 1, what: t(`page.damage.${name}`) })),
    answers.map(({ label, says }, place) => h('label', {},
      h('input', { type: 'radio', name, value: JSON.stringify(says) }), ' ', h('kbd', {}, place + 1), ' ', t(label))))
}

const yesNo = name => h('label', {}, t(`page.damage.${name}`), ' ', h('select', { name },
  h('option', { value: '' }, '—'),
  ['yes', 'no'].map(value => h('option', { value: value === 'yes' }, t(`page.damage.${name}.${value}`)))))

const typed = (name, attributes = {}) => h('label', {}, t(`page.damage.${name}`), ' ',
  h('input', { name, autocomplete: 'off', maxlength: 60, ...attributes }))

const details = () => h('fieldset.details', {},
  h('legend', {}, t('page.damage.details')),
  typed('depthMeters', { inputmode: 'decimal', placeholder: '0.4', class: 'time' }),
  h('label', {}, t('page.damage.peripherals'), ' ', h('select', { name: 'peripherals' },
    h('option', { value: '' }, '—'),
    component.map(({ label, value }) => h('option', { value }, t(label))))),
  yesNo('roadOpen'), typed('keyHolder'), typed('by'),
  typed('at', { inputmode: 'numeric', placeholder: time.clock(clock.now), class: 'time' }))

/** One key answers the question that has the focus and goes on to the next; Enter leaves it open. */
function answer(dialog, event) {
  const here = event.target.closest('fieldset')
  const isQuestion = here && !here.matches('.details')
  if (!isQuestion || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Enter') {
    event.preventDefault()
    return step(here.nextElementSibling)
  }
  const choice = here.querySelectorAll('input')[Number(meant(event)) - 1]
  if (!choice) return
  event.preventDefault()
  choice.click()
  step(here.nextElementSibling)
}

/** Goes to a question: to its answer, else to the first. */
function step(fieldset) {
  const field = fieldset.querySelector('input:checked') ?? fieldset.querySelector('input')
  field.focus()
  fieldset.scrollIntoView({ block: 'nearest' })
}

/** What is to be sent; null where a field cannot be read, which then says so. */
function reportFrom(form) {
  const report = {}
  for (const { value } of form.querySelectorAll('input[type=radio]:checked')) Object.assign(report, JSON.parse(value))
  const { depthMeters, peripherals, roadOpen, keyHolder, by, at } = form.elements
  if (depthMeters.value.trim()) {
    report.depthMeters = Number(depthMeters.value.normalize('NFKC'))
    if (!(report.depthMeters >= 0 && report.depthMeters <= 100)) return wrong(depthMeters, 'page.damage.badDepth')
  }
  if (peripherals.value) report.peripherals = peripherals.value
  if (roadOpen.value) report.roadOpen = roadOpen.value === 'true'
  if (keyHolder.value.trim()) report.keyHolder = keyHolder.value.trim()
  if (!Object.keys(report).length) return wrong(form.querySelector('input'), 'page.damage.nothing')
  if (by.value.trim()) report.by = by.value.trim()
  if (at.value.trim()) {
    const seen = time.lastClock(at.value, clock.now)
    if (seen === null) return wrong(at, 'page.actions.badTime')
    report.at = time.wire(seen)
  }
  return report
}

function wrong(field, key) {
  field.setCustomValidity(t(key))
  field.reportValidity()
  field.form.addEventListener('input', () => field.setCustomValidity(''), { once: true })
  return null
}

async function send(form) {
  const report = reportFrom(form)
  if (!report) return
  const { site, name, op } = form.dataset
  const buttons = [...form.querySelectorAll('button')]
  for (const one of buttons) one.disabled = true
  try {
    const recovery = await command(`/v1/sites/${encodeURIComponent(site)}/damage`, report, { key: op })
    form.closest('dialog').close()
    toast(t('page.damage.saved', { name, rung: recovery.choice ? rungWords(recovery.choice.rung) : '—' }))
  } catch (error) {
    // What was asked on the telephone stays on the screen until it is stored. A refused report is another one when it
    // is sent again with what was wrong put right.
    form.dataset.op = error.status ? uniqueKey() : op
    const said = form.querySelector('.error')
    said.textContent = error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable')
    said.hidden = false
  }
  for (const one of buttons) one.disabled = false
  await refresh()
}

on('damage', element => {
  const { site, name } = element.closest('[data-site]').dataset
  askDamage({ id: site, name })
})
on('damage-send', send)
on('damage-close', button => button.closest('dialog').close())
