// The strip on top of every screen: whose office, what time, whether we hear, how fresh this is.

import { drill } from '../api.js'
import { h } from '../dom.js'
import { language, t } from '../labels.js'
import { clock } from '../live.js'
import { state } from '../state.js'
import * as time from '../time.js'
import { assessments, shape } from './marks.js'
import { feed } from './situation.js'

const staleAfterMilliseconds = 5000

export function header() {
  const { overview, route } = state
  const other = language() === 'ja' ? 'en' : 'ja'
  return [
    drillBanner(),
    staleBanner(),
    h('div.strip', {},
      h('a.office', { href: '#/' }, overview?.office?.name ?? t('page.allOffices')),
      officeChoice(),
      h('span.clock', {}, `${time.date(clock.now)} `, h('b', {}, time.clock(clock.now)), h('small', {}, ' JST')),
      hearing(),
      load(),
      overview && feed(overview),
      freshness(),
      h('span.person', {}, state.me.name),
    ),
    h('nav.tabs', { 'aria-label': t('page.nav.label') },
      tab('#/', 'overview', route.name === 'overview'),
      tab('#/sites', 'sites', ['sites', 'site'].includes(route.name)),
      tab('#/tasks', 'tasks', ['tasks', 'task'].includes(route.name)),
      tab('#/incidents', 'incidents', ['incidents', 'incident'].includes(route.name)),
      tab('#/engineers', 'engineers', route.name === 'engineers'),
      h('form.search', { role: 'search', 'data-do': 'search' },
        h('input', { id: 'search', type: 'search', name: 'q', autocomplete: 'off', 'data-keep': true,
          placeholder: t('page.search'), 'aria-label': t('page.search') })),
      h('button', { 'data-do': 'print' }, t('page.print'), h('kbd', {}, 'p')),
      h('button', { 'data-do': 'help' }, t('page.help'), h('kbd', {}, '?')),
      h('button', { 'data-do': 'language', lang: other }, other === 'en' ? 'English' : '日本語'),
      h('button', { 'data-do': 'sign-out' }, t('page.signOut')),
    ),
  ]
}

const tab = (href, name, current) =>
  h('a', { href, 'aria-current': current ? 'page' : null }, t(`page.nav.${name}`))

function officeChoice() {
  // A token for all offices names none: those with a site in the list can be chosen.
  const seen = [...(state.overview?.attention ?? []).map(row => row.office), state.office]
  const known = state.me.offices ?? [...new Set(seen)].filter(Boolean).sort()
  const choices = known.map(office => (typeof office === 'string' ? { id: office, name: office } : office))
  if (choices.length < 2 && !(state.office && !state.me.offices)) return null
  return h('select', { 'data-do': 'office', 'aria-label': t('page.office') },
    h('option', { value: '', selected: !state.office }, t('page.allOffices')),
    choices.map(({ id, name }) => h('option', { value: id, selected: id === state.office }, name)))
}

function hearing() {
  if (clock.deafSince) {
    return h('strong.hearing.deaf', {}, t('hearing.deaf', { since: time.clock(time.parse(clock.deafSince)) }))
  }
  const seconds = state.overview?.hearing.secondsToday ?? 0
  return h('span.hearing', {},
    seconds > 0 ? t('hearing.today', { span: time.span(seconds * 1000) }) : t('hearing.ok'))
}

function load() {
  const level = state.overview?.load.level ?? 'calm'
  return level === 'calm' ? null : h('strong.load', {}, t(`load.${level}`))
}

function freshness() {
  if (clock.asOf === null) return h('span.fresh', {}, t('page.connecting'))
  return h(`span.fresh.${state.connection}`, {}, t('page.asOf', { time: time.clockSeconds(clock.asOf) }))
}

function staleBanner() {
  const stale = clock.asOf !== null && clock.age > staleAfterMilliseconds
  if (!stale) return null
  return h('div.stale', { role: 'alert' },
    h('span', { 'aria-live': 'off' }, t('stale.page', { n: Math.round(clock.age / 1000) })), ' ',
    state.connection === 'live' ? t('page.stale.collector') : `${t('stale.reconnecting')} ${t('page.stale.line')}`)
}

/** Has a lane: what it has played can be looked at. */
const hasLane = one => ['playing', 'over', 'stopped'].includes(one.state)

export const isPlaying = name => state.drills.some(one => one.name === name && hasLane(one))

/** On a drill's page nobody may take it for the real one; on the real page one quiet line says where drills are. */
function drillBanner() {
  if (drill) {
    const own = state.drills.find(one => one.name === drill)
    return h('div.drill', { role: 'note' },
      h('b', {}, t('page.drill.banner', { name: drill })), ' ',
      own?.state === 'over' && h('span', {}, t('page.drill.over'), ' '), own?.reason,
      h('a', { href: '/' }, t('page.drill.real')))
  }
  const others = state.drills.filter(hasLane)
  if (!others.length) return null
  return h('div.drills', {}, t('page.drill.playing'),
    others.map(one => [h('a', { href: `/?drill=${encodeURIComponent(one.name)}` }, one.name), ' ']))
}

/** ▲3 △6 ？71: also readable on a tab behind another window. */
export function pageTitle() {
  const overview = state.overview
  const mark = drill ? t('page.drill') : ''
  if (!state.me || !overview) return `${mark}Anpi 安否`
  const counts = assessments.slice(0, 4).filter(name => overview.counts.assessment[name] > 0)
    .map(name => shape('assessment', name) + overview.counts.assessment[name])
  return mark + [...counts, overview.office?.name ?? t('page.allOffices')].join(' ')
}
