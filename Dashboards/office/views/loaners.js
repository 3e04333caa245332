// The machines that can be lent: where each is, who holds it; a coordinator says what has come back.

import { on } from '../actions.js'
import { command, getAll } from '../api.js'
import { fill, h } from '../dom.js'
import { list, t } from '../labels.js'
import { meant } from '../keys.js'
import { clock } from '../live.js'
import { siteLink, taskLink } from '../route.js'
import { mayCoordinate, state } from '../state.js'
import * as time from '../time.js'
import { symbol } from '../components/marks.js'
import { toast } from '../components/toast.js'

const states = ['inStock', 'lent', 'outOfService']

let refresh = () => {}

export function configure(next) { refresh = next }

export const load = () => getAll('/v1/loaners', {})

const isFree = ({ state: where, task }) => where === 'inStock' && !task

/** [静岡保管庫, 2]: how many machines of each depot nobody holds. */
export function freeMachines(loaners) {
  const depots = new Map()
  for (const loaner of loaners) {
    const name = loaner.depotName ?? loaner.depot
    depots.set(name, (depots.get(name) ?? 0) + (isFree(loaner) ? 1 : 0))
  }
  return [...depots]
}

export function render(loaners) {
  return h('section.loaners', { 'aria-labelledby': 'loaners-title' },
    h('h1', { id: 'loaners-title' }, t('page.loaners.title')),
    loaners.length ? [
      h('p', {}, t('page.loaners.free'), ' ', freeMachines(loaners).map(([depot, n]) =>
        [h('span.depot', {}, depot, ' ', h('b', {}, n)), ' '])),
      table(loaners),
    ] : h('p.empty', {}, t('page.loaners.none')))
}

function table(loaners) {
  return h('table.rows.loaners', {},
    h('thead', {}, h('tr', {}, ['id', 'state', 'depot', 'fits', 'where', 'note', 'set'].map(name =>
      h('th', { scope: 'col' }, t(`page.loaner.${name}`))))),
    h('tbody', { 'data-live': true }, loaners.map((loaner, index) => h('tr', {
      'data-key': loaner.id, 'data-row': loaner.id, 'data-sig': `${shown(loaner)} ${loaner.site} ${loaner.task}`,
      tabindex: loaner.id === state.selected || index === 0 ? 0 : -1,
      'aria-current': loaner.id === state.selected ? 'true' : null,
    },
      h('th', { scope: 'row' }, loaner.id),
      h('td', {}, h('span.mark', {}, symbol('loanerState', shown(loaner)), ' ', t(`loanerState.${shown(loaner)}`))),
      h('td', {}, loaner.depotName ?? loaner.depot),
      h('td', {}, list(loaner.fits), h('div.sub', {}, loaner.imageVersion ?? '')),
      h('td', {}, where(loaner)),
      h('td', {}, loaner.note ?? ''),
      h('td', {}, mayCoordinate() && h('button.small', { 'data-do': 'loaner', 'data-id': loaner.id,
        'data-state': loaner.state, 'data-site-id': loaner.site,
        'aria-label': t('page.loaner.change.aria', { id: loaner.id }) }, t('page.loaner.change')))))))
}

/** Being held is no state of the machine's own: its task says it. */
const shown = ({ state: where, task }) => (where === 'inStock' && task ? 'held' : where)

function where({ site, since, task }) {
  const parts = []
  if (site) parts.push(h('a', { href: siteLink(site) }, site), ' ')
  if (task) parts.push(h('a', { href: taskLink(task) }, task), ' ')
  if (since) parts.push(h('span.sub', {}, t('page.loaner.since', { time: time.when(since, clock.now) })))
  return parts.length ? parts : '—'
}

// --- what a person says of one

on('loaner', ({ dataset: { id, state: now, siteId } }) => {
  const dialog = h('dialog.loaner', { 'aria-labelledby': 'loaner-title' },
    h('h2', { id: 'loaner-title' }, t('page.loaner.change.aria', { id })),
    h('form', { 'data-do': 'loaner-send', 'data-id': id },
      h('fieldset', {}, h('legend', {}, t('page.loaner.ask')), states.map((name, index) => h('label', {},
        h('input', { type: 'radio', name: 'state', value: name, checked: name === now, required: true }), ' ',
        h('kbd', {}, index + 1), ' ', t(`loanerState.${name}`)))),
      h('div.fields', {},
        h('label', {}, t('page.loaner.site'), ' ', h('input', { name: 'site', value: siteId ?? '', autocomplete: 'off',
          list: 'loaner-sites', placeholder: 'shz-0041' })),
        h('label.wide', {}, t('page.loaner.note'), ' ', h('input', { name: 'note', maxlength: 500, autocomplete: 'off' }))),
      h('datalist', { id: 'loaner-sites' }, (state.overview?.attention ?? []).map(row =>
        h('option', { value: row.id }, row.name))),
      h('div.buttons', {}, h('button.main', {}, t('page.loaner.send')),
        h('button', { type: 'button', 'data-do': 'loaner-close' }, t('page.cancel'), h('kbd', {}, 'Esc'))),
      h('p.error', { role: 'alert', hidden: true })))
  dialog.addEventListener('keydown', event => {
    const choice = event.target.matches('[type=radio]')
      && dialog.querySelectorAll('[type=radio]')[Number(meant(event)) - 1]
    if (!choice || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    choice.click()
    choice.focus()
  })
  const opener = document.activeElement
  dialog.addEventListener('close', () => {
    dialog.remove()
    if (opener?.isConnected) opener.focus({ preventScroll: true })
  })
  fill(document.getElementById('dialogs'))
  document.getElementById('dialogs').append(dialog)
  dialog.showModal()
  dialog.querySelector('[type=radio]:checked')?.focus()
})

on('loaner-send', async form => {
  const { state: to, site, note } = Object.fromEntries(new FormData(form))
  const { id } = form.dataset
  const said = form.querySelector('.error')
  const button = form.querySelector('button.main')
  button.disabled = true
  try {
    await command(`/v1/loaners/${encodeURIComponent(id)}`, {
      state: to, site: to === 'lent' ? site.trim() || undefined : undefined, note: note.trim() || undefined,
    })
    form.closest('dialog').close()
    toast(t('page.actions.done', { id, state: t(`page.loaner.${to}`) }))
  } catch (error) {
    said.textContent = error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable')
    said.hidden = false
  }
  button.disabled = false
  await refresh()
})
on('loaner-close', button => button.closest('dialog').close())
