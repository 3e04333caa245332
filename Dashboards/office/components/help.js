// The keys, on one sheet.

import { on } from '../actions.js'
import { h } from '../dom.js'
import { t } from '../labels.js'

const keys = [['j / k', 'move'], ['Enter', 'open'], ['c', 'call'], ['d', 'damage'], ['/', 'search'], ['p', 'print'],
  ['g', 'home'], ['t', 'tasks'], ['?', 'help'], ['Esc', 'close']]

export function toggleHelp() {
  const dialog = h('dialog.help', { 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, t('page.help.title')),
    h('dl', {}, keys.map(([key, name]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(`page.help.${name}`))])),
    h('button', { 'data-do': 'help-close', autofocus: true }, t('page.close')))
  dialog.addEventListener('close', () => dialog.remove())
  document.getElementById('dialogs').append(dialog)
  dialog.showModal()
}

on('help', toggleHelp)
on('help-close', element => element.closest('dialog').close())
