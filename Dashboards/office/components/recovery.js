// What is left of a site's data, and how it works again: the survival card and the rung with its reasons.

import { h } from '../dom.js'
import { list, sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import * as time from '../time.js'
import { copyWords, percent, steps } from './marks.js'

const showTime = at => time.when(at, clock.now)
const isKnown = value => value !== null && value !== undefined
const minutes = n => time.span(n * 60_000)

/** R3 外付け＋代替機 */
export const rungWords = rung => `${rung} ${word('rung', rung)}`

/** The copies with age, place and chance, then how far back one falls if the building is lost. `told` are the copies as
 *  the devices report them: only they say what is overdue, and why a job failed. */
export function survivalCard({ card }, told) {
  if (!card.copies.length) return h('p.warn', {}, t('page.copy.none'))
  return [
    h('p.kept', {}, card.keptIfBuildingIsLost ? kept('survival.kept', card.keptIfBuildingIsLost)
      : h('strong.warn', {}, t('survival.keptNothing'))),
    card.kept && card.kept.tier !== card.keptIfBuildingIsLost?.tier
      && h('p', {}, kept('page.recovery.keptNow', card.kept)),
    h('table.plain', {},
      h('thead', {}, h('tr', {}, ['tier', 'state', 'goodAt', 'verifiedAt', 'chance'].map(name =>
        h('th', { scope: 'col' }, t(`page.copy.${name}`))))),
      h('tbody', {}, card.copies.map(copy => copyRow(copy, reported(copy, told))))),
  ]
}

/** The site's row of the same copy: it knows what is overdue and what the job said. */
const reported = (copy, told) =>
  told.find(one => one.tier === copy.tier && (one.room ?? null) === (copy.room ?? null)) ?? {}

function copyRow(copy, { due, everyHours, offline, message }) {
  return h('tr', { 'data-key': `${copy.tier} ${copy.room}`, 'data-sig': `${copy.state} ${copy.goodAt} ${step(copy.chance)}` },
    h('th', { scope: 'row' }, word('tier', copy.tier), h('div.sub', {}, place(copy)),
      offline && h('div.sub', {}, t('page.copy.offline'))),
    h('td', {}, copyWords(copy), due && h('div.warn', {}, t('page.copy.due', { n: everyHours })),
      message && h('div.sub', {}, message)),
    h('td', {}, age(copy.goodAt, 'page.copy.never')), h('td', {}, age(copy.verifiedAt, 'page.copy.unverified')),
    h('td', {}, survives(copy.chance),
      copy.reasons.map(reason => h('div.sub', {}, sentence(reason, showTime)))))
}

/** The middle begins where the collector counts on a copy, the high where a person may as well. */
const step = share => (share >= 0.9 ? 3 : share >= 0.5 ? 2 : 1)

/** ■■■ 高 99% */
function survives(share) {
  return h('span.chance', {}, steps(step(share)), ' ',
    t('page.copy.survives', { step: t(`probability.${['low', 'middle', 'high'][step(share) - 1]}`),
      p: percent(share, false) }))
}

const kept = (key, { tier, until, verifiedAt, chance }) => t(key, {
  tier: word('tier', tier), until: showTime(until), at: showTime(verifiedAt), p: percent(chance, false),
})

function place(copy) {
  const words = [copy.room]
  if (isKnown(copy.heightMeters)) words.push(t('page.copy.height', { n: copy.heightMeters }))
  return words.filter(Boolean).join(' ')
}

function age(at, never) {
  if (!at) return h('span.warn', {}, t(never))
  return [showTime(at), h('div.sub', {}, t('page.ago', { span: time.span(clock.now - time.parse(at)) }))]
}

/** The rung, what speaks for it, what comes next and how the time until then is bridged. */
export function rungCard({ choice, card, claims, loaner, provisional, restoredAt, endedAt }) {
  if (!choice) return h('p.empty', {}, t('page.recovery.none'))
  return [
    choice.dataLost && h('p', {}, h('strong.lost', {}, t('page.recovery.dataLost'))),
    h('p.rung', {}, h('b', {}, rungWords(choice.rung)),
      provisional && [' ', h('span.todo', {}, t('page.recovery.provisional'))]),
    h('p', {}, t(`rung.${choice.rung}.long`), ' ', h('span.sub', {},
      t('page.recovery.at', { place: word('taskPlace', choice.workPlace) }))),
    choice.runnerUp && h('p', {}, t('page.recovery.runnerUp', {
      rung: rungWords(choice.runnerUp), p: percent(choice.chances[Number(choice.runnerUp.slice(1))], false),
    })),
    h('ul.reasons', {}, choice.reasons.map(reason => h('li', {}, sentence(reason, showTime)))),
    choice.meanwhile && h('p', {}, h('b', {}, rungWords('R5')), ' ', t(`rung.meanwhile.${choice.meanwhile}`)),
    loaner && h('p', {}, t('page.recovery.lent', { loaner })),
    restoredAt && h('p', {}, t('page.recovery.restored', { time: showTime(restoredAt) })),
    !endedAt && !restoredAt && isKnown(card.recoveryMinutes)
      && h('p', {}, t('survival.recoveryTime', { span: minutes(card.recoveryMinutes) })),
    claims && claimsLine(claims),
  ]
}

const dueSoonDays = 5

/** レセプト期限 10月10日(月) あと16日 */
function claimsLine({ due, daysLeft }) {
  const date = time.date(time.parse(`${due}T00:00:00+09:00`))
  const text = t(daysLeft < 0 ? 'page.claims.over' : 'page.claims.due', { date, n: Math.abs(daysLeft) })
  return h(daysLeft <= dueSoonDays ? 'p.warn' : 'p', {}, text)
}

/** What was said of the damage: each answer with who and when. */
export function damageFacts({ damage }) {
  const names = Object.keys(damage)
  if (!names.length) return h('p.empty', {}, t('page.damage.none'))
  return h('dl.facts', {}, names.map(name => {
    const { value, by, at } = damage[name]
    return [h('dt', {}, t(`page.damage.${name}`)), h('dd', {}, h('b', {}, damageWord(name, value)), ' ',
      h('span.sub', {}, list([by, showTime(at)])))]
  }))
}

function damageWord(name, value) {
  if (typeof value === 'boolean') return t(`page.damage.${name}.${value ? 'yes' : 'no'}`)
  if (name === 'depthMeters') return t('page.damage.depth', { n: value })
  if (name === 'keyHolder') return value
  return t(`page.damage.${name === 'building' ? 'building' : 'component'}.${value}`)
}
