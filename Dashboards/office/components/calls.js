// Logging a phone attempt: one key (c), one choice (1–6). It shows at once and says so if it was refused.

import { on } from '../actions.js'
import { command, uniqueKey } from '../api.js'
import { fill, h } from '../dom.js'
import { meant } from '../keys.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { state } from '../state.js'
import * as time from '../time.js'
import { phoneLink } from './marks.js'
import { toast } from './toast.js'

const results = ['noAnswer', 'congested', 'lineDead', 'noDamage', 'damage', 'callBack']
const callBackAfterMilliseconds = 20 * 60_000

let shell = { paint() {}, refresh() {} }

export function configureCalls(next) { shell = next }

/** Asks for the result of a call to {id, name, phones}. */
export function askCall(subject) {
  const dialog = h('dialog.call', { 'aria-labelledby': 'call-title' },
    h('h2', { id: 'call-title' }, t('page.call.title', { name: subject.name })),
    h('p.phones', {}, subject.phones.length
      ? subject.phones.map(phone => h('span', {}, `${phone.who} `, phoneLink(phone.number), ' '))
      : t('page.phone.unknown')),
    h('p', {}, t('page.call.ask')),
    h('ol.choices', {}, results.map((result, index) =>
      h('li', {}, h('button', { 'data-do': 'call-result', 'data-result': result, autofocus: index === 0 },
        h('kbd', {}, index + 1), ' ', word('callResult', result),
        result === 'callBack' && h('small', {},
          ` ${t('page.call.backAt', { time: time.clock(clock.now + callBackAfterMilliseconds) })}`))))),
    h('button.quiet', { 'data-do': 'call-close' }, t('page.cancel'), h('kbd', {}, 'Esc')))
  dialog.subject = subject
  dialog.addEventListener('keydown', event => {
    const result = results[Number(meant(event)) - 1]
    if (!result || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    choose(dialog, result)
  })
  const opener = document.activeElement
  dialog.addEventListener('close', () => {
    dialog.remove()
    if (opener?.isConnected) opener.focus({ preventScroll: true })
  })
  fill(document.getElementById('dialogs'))
  document.getElementById('dialogs').append(dialog)
  dialog.showModal()
}

function choose(dialog, result) {
  const { id, name } = dialog.subject
  dialog.close()
  const at = clock.now
  send({
    site: id, name, result, at: time.wire(at), author: state.me.name,
    // Kept with the attempt: sent again, it is still one call.
    key: uniqueKey(),
    body: {
      kind: 'phone', direction: 'out', site: id, result, observedAt: time.wire(at),
      callBackAt: result === 'callBack' ? time.wire(at + callBackAfterMilliseconds) : undefined,
    },
  })
}

async function send(call) {
  state.calls.set(call.site, Object.assign(call, { status: 'saving', error: null }))
  shell.paint()
  try {
    const finding = await command('/v1/findings', call.body, { key: call.key })
    call.status = 'saved'
    call.at = finding.observedAt ?? finding.at ?? call.at
    call.author = finding.author ?? call.author
    toast(t('page.call.saved', { id: finding.id, name: call.name, result: word('callResult', call.result) }))
  } catch (error) {
    Object.assign(call, { status: 'refused', error: error.status ? error.message : t('page.error.unreachable') })
  }
  shell.paint()
  shell.refresh()
}

on('call', element => {
  const from = element.closest('[data-site]')
  askCall({ id: from.dataset.site, name: from.dataset.name, phones: JSON.parse(from.dataset.phones ?? '[]') })
})
on('call-result', element => choose(element.closest('dialog'), element.dataset.result))
on('call-close', element => element.closest('dialog').close())
on('call-again', element => {
  const call = state.calls.get(element.dataset.site)
  if (call) send(call)
})
on('call-drop', element => {
  state.calls.delete(element.dataset.site)
  shell.paint()
})
