// What the morning asks besides "who is silent": which warnings are in force where, and who came up after opening.

import { h } from '../dom.js'
import { t, word } from '../labels.js'
import { clock } from '../live.js'
import { state } from '../state.js'
import * as time from '../time.js'

const showTime = at => time.when(at, clock.now)

/** How far "no warning" can be believed; a stopped feed is never "no warning". */
export function feed({ hazards: { freshness, heardAt } }) {
  const values = { freshness: word('freshness', freshness) }
  const text = heardAt
    ? t('hazard.feed', { ...values, span: time.span(clock.now - time.parse(heardAt)) }) : t('hazard.feed.never', values)
  return ['fresh', 'never'].includes(freshness) ? h('span.feed', {}, text) : h('strong.feed', {}, text)
}

const isTrusted = freshness => freshness === 'fresh' || freshness === 'delayed'

/** A quake is told by its intensity, which its name says; so do newer names say their level. */
const tellsItself = ({ intensity, name }) => Boolean(intensity) || name.includes('レベル')

/** "level ?" is never shown as none. */
export function hazardWords(hazard) {
  const values = { ...hazard, from: showTime(hazard.from), level: t('hazard.level', { level: hazard.level ?? '?' }) }
  return t(tellsItself(hazard) ? 'hazard.inForce.plain' : 'hazard.inForce', values)
}

/** 30日 99.93%（予定 719時間）: how much of the expected time was heard, one sentence for each span of days. */
export function heardShares(figures) {
  return figures.map(({ days, share, expectedSeconds, blindSeconds }) => {
    if (share === null) return t('availability.figure.none', { n: days })
    return t(blindSeconds > 0 ? 'availability.figure.blind' : 'availability.figure', {
      n: days, share: `${(share * 100).toFixed(2)}%`, expected: time.span(expectedSeconds * 1000),
      blind: time.span(blindSeconds * 1000) })
  })
}

const areasOnScreen = 6

/** The highest warning of every area, the worst first. */
export function hazardStrip({ hazards }) {
  const shown = hazards.areas.slice(0, state.printing ? hazards.areas.length : areasOnScreen)
  const rest = hazards.areaCount - shown.length
  return h('section.hazards', { 'aria-labelledby': 'hazards-title' },
    h('h2', { id: 'hazards-title' }, t('hazard.title')),
    shown.length ? h('ul.warned', { 'data-live': true }, shown.map(inArea),
      rest > 0 && h('li', {}, t('hazard.moreAreas', { n: rest })))
      : h('p', {}, isTrusted(hazards.freshness) ? t('hazard.none') : word('freshness', hazards.freshness)))
}

function inArea(hazard) {
  const level = hazard.level ?? 3
  return h(`li.level-${level}`, { 'data-key': hazard.municipality, 'data-sig': `${hazard.name} ${hazard.level}` },
    t(tellsItself(hazard) ? 'hazard.inArea.plain' : 'hazard.inArea', {
      area: hazard.municipalityName ?? hazard.area, name: hazard.name, n: hazard.sites,
      level: t('hazard.level', { level: hazard.level ?? '?' }),
    }))
}

/** 08:30 142施設 08:45から判定 → 121 起動 21 まだ. */
export function rollCall({ rollCall: rounds }) {
  if (!rounds.length) return null
  return h('section.rollcall', { 'aria-labelledby': 'rollcall-title' },
    h('h2', { id: 'rollcall-title' }, t('rollCall.title')),
    h('ul', { 'data-live': true }, rounds.map(round => {
      const hasOpened = clock.now >= time.parse(round.opening)
      return h('li', { 'data-key': round.opening, 'data-sig': `${hasOpened} ${round.missing}` },
        t(hasOpened ? 'rollCall.result' : 'rollCall.ahead', {
          ...round, n: round.sites, opening: showTime(round.opening), judgedFrom: showTime(round.judgedFrom),
        }))
    })))
}
