// How things stand in one sentence, readable from two metres; and the counts under it.

import { h } from '../dom.js'
import { has, list, t, word } from '../labels.js'
import { clock } from '../live.js'
import { sitesLink } from '../route.js'
import { state } from '../state.js'
import * as time from '../time.js'
import { assessments, contacts, mark, phoneLink, symbol } from './marks.js'
import { phonesOf } from './siteRow.js'

export function headline(overview) {
  return h('section.headline', { 'aria-label': t('page.headline.label') },
    h('h1', {}, standing(overview)),
    h('p.open', {}, open(overview)),
    h('ul.counts', {}, assessments.filter(name => shown(overview, name)).map(name => count(overview, name))),
    h('p.contacts', {}, t('page.contacts'), ' ', contacts
      .filter(name => overview.counts.contact[name] > 0)
      .map(name => [h('a', { href: sitesLink({ contact: name, office: state.office }) },
        mark('contact', name), ' ', h('b', {}, overview.counts.contact[name])), ' '])))
}

function standing(overview) {
  const deaf = clock.deafSince ?? overview.hearing.deafSince
  if (deaf) return t('page.headline.deaf', { time: time.clock(time.parse(deaf)) })
  const { sites, contact, assessment } = overview.counts
  if (sites === 0) return t('headline.empty')
  if (overview.attentionTotal === 0) {
    // Not heard is not well: the calm sentence is for those that all are heard.
    const heard = contact.reporting + contact.late
    return heard === sites ? t('headline.calm', { n: sites }) : t('page.headline.calm', { heard, rest: sites - heard })
  }
  const parts = beliefs.some(name => assessment[name] > 0)
    ? [...beliefs, 'unknown'].filter(name => assessment[name] > 0)
      .map(name => t('page.headline.part', { word: word('assessment', name), n: assessment[name] }))
    : silences(overview)
  return t('page.headline.attention', { n: overview.attentionTotal, list: list(parts) })
}

const beliefs = ['confirmedHit', 'likelyHit', 'suspect']

/** While nothing is known but silence, silence is what is told: 途絶 3. */
function silences({ attentionCounts }) {
  return contacts.filter(name => attentionCounts.contact[name] > 0)
    .map(name => t('page.headline.part', { word: word('contact', name), n: attentionCounts.contact[name] }))
}

/** What is still to be done, so that nobody has to count rows. */
function open(overview) {
  const rows = overview.attention
  if (!rows.length) return t('page.open.nothing')
  const first = rows.find(row => !row.lastCall) ?? null
  const { uncalled, unowned } = overview.attentionCounts
  return [
    uncalled ? t('page.open.uncalled', { n: uncalled }) : t('page.open.allCalled'), ' ',
    unowned ? t('page.open.unowned', { n: unowned }) : t('page.open.allOwned'), ' ',
    first && h('span.next', {}, h('strong', {}, t('page.open.next', { name: first.name })), ' ', ring(first)),
  ]
}

function ring(row) {
  const [phone] = phonesOf(row)
  return phone ? [`${phone.who} `, phoneLink(phone.number)] : h('span.warn', {}, t('page.phone.unknown'))
}

const always = new Set(['likelyHit', 'suspect', 'unknown', 'ok'])
const shown = (overview, name) => always.has(name) || overview.counts.assessment[name] > 0

function count(overview, name) {
  const n = overview.counts.assessment[name] ?? 0
  return h(`li.count.assessment-${name}${n ? '' : '.none'}`, {},
    h('a', { href: sitesLink({ assessment: name, office: state.office }) },
      symbol('assessment', name),
      h('span.what', {}, word('assessment', name)), h('b', {}, n),
        name === 'unknown' && h('small', {}, explained(overview))))
}

/** 停電で説明 40、08:45から開院で判明 28、材料なし 3: most of what is unknown at dawn has a reason; what has none must
 *  stand out. */
function explained({ counts }) {
  const { sites: opening, from } = counts.unknownUntilOpening
  const tally = Object.entries({ ...counts.unknownBy, closed: (counts.unknownBy.closed ?? 0) - opening })
    .filter(([, n]) => n > 0)
    .sort(([, one], [, other]) => other - one)
  const parts = tally.map(([name, n]) => (has(`unknownBy.${name}`) ? t(`unknownBy.${name}`, { n })
    : t('page.headline.part', { word: word('attribution', name), n })))
  if (opening) parts.push(t('unknownBy.opening', { time: time.when(from, clock.now), n: opening }))
  const none = counts.assessment.unknown - opening - tally.reduce((sum, [, n]) => sum + n, 0)
  if (none > 0) parts.push(t('unknownBy.nothing', { n: none }))
  return parts.length ? `（${parts.join(' ／ ')}）` : null
}
