// A short word about what was done; errors stay until they are closed.

import { on } from '../actions.js'
import { h } from '../dom.js'
import { t } from '../labels.js'

const goneAfterMilliseconds = 6000
const atMost = 4

export function toast(text, kind = 'done') {
  const box = document.getElementById('toasts')
  const element = h(`div.toast.${kind}`, { role: kind === 'error' ? 'alert' : 'status' }, text, ' ',
    kind === 'error' && h('button.small', { 'data-do': 'toast-close' }, t('page.close')))
  box.append(element)
  while (box.children.length > atMost) box.firstChild.remove()
  if (kind !== 'error') setTimeout(() => element.remove(), goneAfterMilliseconds)
}

on('toast-close', element => element.closest('.toast').remove())
