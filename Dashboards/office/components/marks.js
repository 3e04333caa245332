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
  incidentState: { candidate: '◇', active: '◆', stable: '▽', closed: '－', merged: '－' },
  loanerState: { inStock: '●', held: '◐', lent: '▶', outOfService: '×' },
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

/** A share in whole percent; a belief is never said to be certain. */
export function percent(share, certain = true) {
  if (!certain && share < 0.01) return '<1%'
  if (!certain && share > 0.99) return '>99%'
  return `${Math.round(share * 100)}%`
}

/** Whether P(hit) says more than the word: not where nobody doubts, nor where a person has said it. */
export const isDoubted = ({ assessment, probability }) =>
  probability !== null && probability !== undefined && ['unknown', 'suspect', 'likelyHit'].includes(assessment)

/** ■■□ for two steps of three. */
export const steps = step => h('span.shape', { 'aria-hidden': 'true' }, '■'.repeat(step) + '□'.repeat(3 - step))

/** ■■□ 中 41%: three steps for the eye, the number for the telephone. The steps are those of the assessments. */
export function chance({ probability }) {
  const step = probability >= 0.6 ? 3 : probability >= 0.2 ? 2 : 1
  return h('span.chance', {},
    steps(step), ' ',
    t('belief.probability', {
      step: t(`probability.${['low', 'middle', 'high'][step - 1]}`), p: percent(probability, false),
    }))
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
