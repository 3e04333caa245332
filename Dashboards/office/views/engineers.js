// Who of ours can move: asked one by one after a disaster, for their own homes flood too.

import { on } from '../actions.js'
import { command, getAll } from '../api.js'
import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { taskLink } from '../route.js'
import { mayCoordinate } from '../state.js'
import * as time from '../time.js'
import { mark, phoneLink } from '../components/marks.js'
import { toast } from '../components/toast.js'

let refresh = () => {}

export function configure(next) { refresh = next }

const order = ['available', 'unconfirmed', 'unavailable']

export async function load() {
  const engineers = await getAll('/v1/engineers', {})
  return engineers.sort((one, other) => order.indexOf(one.availability) - order.indexOf(other.availability))
}

export function render(engineers) {
  return h('section.engineers', { 'aria-labelledby': 'engineers-title' },
    h('h1', { id: 'engineers-title' }, t('page.nav.engineers')),
    h('table.rows.engineers', {},
      h('thead', {}, h('tr', {}, ['name', 'availability', 'phone', 'duty', 'task', 'set'].map(name =>
        h('th', { scope: 'col' }, t(`page.engineer.${name}`))))),
      h('tbody', { 'data-live': true }, engineers.map((engineer, index) => h('tr', {
        'data-key': engineer.id, 'data-row': engineer.id, 'data-sig': engineer.availability,
        tabindex: index === 0 ? 0 : -1,
      },
        h('th', { scope: 'row' }, engineer.name, h('div.sub', {},
          [engineer.base, ...(engineer.skills ?? []).map(skill => word('skill', skill))].filter(Boolean).join(' '))),
        h('td', {}, mark('availability', engineer.availability), h('div.sub', {}, [engineer.reason,
          engineer.until && t('page.engineer.until',
            { time: time.when(engineer.until, clock.now) })].filter(Boolean).join(' '))),
        h('td', {}, phoneLink(engineer.phone)),
        h('td', {}, engineer.onDuty ? t('page.engineer.onDuty')
          : engineer.nextOnDuty ? t('page.engineer.next', { time: time.when(engineer.nextOnDuty, clock.now) }) : '—'),
        h('td', {}, taskOf(engineer)),
        h('td', {}, answers(engineer)))))))
}

function answers({ id, name, availability }) {
  if (!mayCoordinate()) return null
  return ['available', 'unavailable'].filter(to => to !== availability).map(to =>
    h('button.small', { 'data-do': 'availability', 'data-id': id, 'data-to': to, 'data-name': name },
      word('availability', to)))
}

function taskOf(engineer) {
  const id = engineer.task?.id ?? engineer.task
  return id ? h('a', { href: taskLink(id) }, id) : '—'
}

on('availability', async button => {
  const { id, to, name } = button.dataset
  button.disabled = true
  try {
    await command(`/v1/engineers/${encodeURIComponent(id)}/availability`, { availability: to })
    toast(t('page.engineer.saved', { name, word: word('availability', to) }))
  } catch (error) {
    toast(error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable'), 'error')
  }
  button.disabled = false
  refresh()
})
