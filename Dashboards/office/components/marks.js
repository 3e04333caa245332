// Shape and word together; colour only helps.

import { h } from '../dom.js'
import { t, word } from '../labels.js'

const shapes = {
  assessment: {
    confirmedHit: '■', likelyHit: '▲', suspect: '△', unknown: '？', ok: '●', quiet: '▭', confirmedOK: '✓',
  },
  contact: { silent: '○', late: '◐', signedOff: '⏻', unseen: '◌', reporting: '●' },
  copyState: { good: '○', old: '△', failing: '×', missing: '×', unknown: '？' },
  taskState: {
    draft: '□', offered: '…', accepted: '▶', travelling: '▶', onSite: '◆', blocked: '‖',
    done: '✓', failed: '×', cancelled: '－',
  },
  availability: { available: '●', unconfirmed: '？', unavailable: '×' },
}

/** Most important first: the order of counts. */
export const assessments = ['confirmedHit', 'likelyHit', 'suspect', 'unknown', 'ok', 'quiet', 'confirmedOK']
export const contacts = ['silent', 'late', 'reporting', 'signedOff', 'unseen']

export const shape = (family, value) => shapes[family]?.[value] ?? '・'

/** ▲ 被災濃厚 */
export function mark(family, value) {
  return h(`span.mark.${family}-${value}`, {}, symbol(family, value), ' ', word(family, value))
}

/** The shape alone. ⏻ is drawn, for many an office computer has no letter for it. */
export function symbol(family, value) {
  return h('span.shape', { 'aria-hidden': 'true' }, family === 'contact' && value === 'signedOff'
    ? h('svg.power', { viewBox: '0 0 16 16' }, h('path', { d: 'M8 1v7M4.5 3.5a5.5 5.5 0 1 0 7 0' }))
    : shape(family, value))
}

/** What is known of a copy in a few words: 外付け ◎ 良好 昨日 22:10. */
export function copyWords(copy) {
  const verified = copy.state === 'good' && copy.verifiedAt
  return [
    h('span.shape', { 'aria-hidden': 'true' }, verified ? '◎' : shape('copyState', copy.state)), ' ',
    verified ? t('page.copy.verified') : word('copyState', copy.state),
  ]
}

/** A number that a phone dials when it is touched. */
export const phoneLink = number =>
  number ? h('a.phone', { href: `tel:${number.replace(/[^\d+]/g, '')}` }, number) : null
