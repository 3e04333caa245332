// Sign-in: a token is exchanged for a session cookie; the page never keeps it.

import { on } from '../actions.js'
import { signIn } from '../api.js'
import { h } from '../dom.js'
import { language, t } from '../labels.js'

let entered = () => {}
let problem = null
let busy = false

export function configure(next) { entered = next }

export function render() {
  return h('section.signin', {},
    h('h1', {}, 'Anpi 安否'),
    h('p', {}, t('page.signin.what')),
    h('form', { 'data-do': 'sign-in' },
      // For password managers, which want a name beside a secret.
      h('input', { name: 'username', autocomplete: 'username', value: 'anpi', hidden: true }),
      h('label', { for: 'token' }, t('page.signin.token')),
      h('input', { id: 'token', type: 'password', name: 'token', autocomplete: 'current-password', required: true,
        autofocus: true, spellcheck: 'false', 'data-keep': true, 'aria-describedby': 'token-help' }),
      h('button.main', { disabled: busy }, t('page.signin.go'))),
    problem && h('p.error', { role: 'alert' }, problem),
    h('p.sub', { id: 'token-help' }, t('page.signin.help')),
    h('button.quiet', { 'data-do': 'language' }, language() === 'ja' ? 'English' : '日本語'))
}

on('sign-in', async form => {
  const token = form.elements.token.value.normalize('NFKC').trim()
  if (!token || busy) return
  busy = true
  problem = null
  try {
    await signIn(token)
    form.reset()
  } catch (error) {
    problem = [401, 403].includes(error.status) ? t('page.signin.refused')
      : error.status ? t('page.error.refused', { reason: error.message }) : t('page.error.unreachable')
  }
  busy = false
  await entered()
})
