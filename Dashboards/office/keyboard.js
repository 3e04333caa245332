// The whole page without a mouse. Keys are told in the help (?).

import { askCall } from './components/calls.js'
import { askDamage } from './components/damage.js'
import { toggleHelp } from './components/help.js'
import { meant } from './keys.js'
import { mayWrite, state } from './state.js'

const rows = () => [...document.querySelectorAll('#main [data-row]')]

function move(step) {
  const all = rows()
  if (!all.length) return
  const at = all.findIndex(row => row.dataset.row === state.selected)
  select(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))])
}

/** Makes `row` the one that `c` and Enter mean, and the only one that Tab stops at. */
function choose(row) {
  state.selected = row.dataset.row
  for (const other of rows()) {
    if (other === row) other.setAttribute('aria-current', 'true')
    else other.removeAttribute('aria-current')
    other.tabIndex = other === row ? 0 : -1
  }
}

function select(row) {
  choose(row)
  row.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

const current = () => rows().find(row => row.dataset.row === state.selected)

/** The site a call is about: the screen's own, else the chosen row's, else the most important one. */
function callSubject() {
  const page = document.querySelector('#main [data-call-subject]')
  const row = current() ?? rows().find(row => row.dataset.site)
  const from = page ?? row
  if (!from) return null
  if (row && !page && !current()) select(row)
  return { id: from.dataset.site, name: from.dataset.name, phones: JSON.parse(from.dataset.phones ?? '[]') }
}

export function installKeyboard({ print }) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !state.me) return
    if (event.target.closest('input, textarea, select')) {
      if (event.key === 'Escape') event.target.blur()
      return
    }
    if (document.querySelector('dialog[open]')) return
    const onRow = step => (event.target.dataset.row ? move(step) : false)
    const act = {
      j: () => move(1), k: () => move(-1), ArrowDown: () => onRow(1), ArrowUp: () => onRow(-1),
      Enter: () => { if (event.target.dataset.href) location.hash = event.target.dataset.href; else return false },
      c: () => { const subject = callSubject(); if (subject?.id) askCall(subject); else return false },
      d: () => { const subject = callSubject(); if (subject?.id && mayWrite()) askDamage(subject); else return false },
      p: print,
      g: () => { location.hash = '#/' },
      t: () => { location.hash = '#/tasks' },
      '/': () => { const box = document.getElementById('search'); box.focus(); box.select() },
      '?': toggleHelp,
    }[meant(event)]
    if (act && act() !== false) event.preventDefault()
  })
  document.addEventListener('focusin', event => {
    const row = event.target.closest('[data-row]')
    if (row && row.dataset.row !== state.selected) choose(row)
  })
}
