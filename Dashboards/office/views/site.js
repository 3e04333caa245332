// One site: what we hear, what is left of its data, what people said, who goes.

import { get } from '../api.js'
import { h } from '../dom.js'
import { has, sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import { mayWrite } from '../state.js'
import * as time from '../time.js'
import { changeList } from '../components/changes.js'
import { damageButton } from '../components/damage.js'
import { chance, isDoubted, mark, percent, phoneLink } from '../components/marks.js'
import { damageFacts, rungCard, survivalCard } from '../components/recovery.js'
import { callState, phonesOf } from '../components/siteRow.js'
import { hazardWords, heardShares } from '../components/situation.js'
import { incidentTable, taskTable } from '../components/tables.js'

export async function load({ id }) {
  const path = `/v1/sites/${encodeURIComponent(id)}`
  const [site, recovery, timeline] = await Promise.all([
    get(path), get(`${path}/recovery`), get(`${path}/timeline?limit=50`),
  ])
  return { site, recovery, timeline: timeline.items }
}

const isKnown = value => value !== null && value !== undefined

const showTime = at => time.when(at, clock.now)

export function render({ site, recovery, timeline }) {
  return h('article.detail', {
    'data-call-subject': true, 'data-site': site.id, 'data-name': site.name,
      'data-phones': JSON.stringify(phonesOf(site)),
  },
    h('header', { 'data-sig': `${site.assessment} ${site.contact}` },
      h('h1', {}, site.name, ' ', h('small', {}, site.id)),
      h('p.verdict', {}, mark('assessment', site.assessment),
        ' ', isDoubted(site) && [chance(site), ' '], mark('contact', site.contact), ' ', t('page.since', {
          time: showTime(site.contactSince), span: time.span(clock.now - time.parse(site.contactSince)) })),
      h('p', {}, sentence(site.reason, showTime)),
      h('p.sub', {}, t('page.heard', { time: showTime(site.lastHeardAt) }), ' ',
        site.contact === 'silent' && t('belief.blind', { span: time.span(site.blindSeconds * 1000) })),
      h('p.sub', {}, t('availability.title'), ' ', heardShares(site.availability).join(' / '))),
    h('div.panels', {},
      evidence(site), people(site), panel('rung', rungCard(recovery)),
      panel('copies', asked(site), survivalCard(recovery, site.copies)), panel('damage', damageFacts(recovery), damageButton()), hazards(site),
      panel('tasks', site.tasks.length ? taskTable(site.tasks) : h('p.empty', {}, t('page.tasks.none'))),
      panel('timeline', changeList(timeline, { none: t('page.timeline.none'), here: [site.id] })),
      agents(site), findings(site),
      site.incidents.length ? panel('incidents', incidentTable(site.incidents)) : null))
}

const panel = (name, ...content) =>
  h(`section.panel.${name}`, { 'aria-labelledby': `${name}-title`, 'data-key': name },
    h('h2', { id: `${name}-title` }, t(`page.site.${name}`)), content)

function people(site) {
  const facts = [
    ['address', site.address], ['keyHolder', site.keyHolder], ['hours', site.hours && t('page.fact.hours.now', { hours: site.hours, slot: word('slot', site.slot) })],
    ['beds', site.beds], ['dialysis', site.dialysis], ['homeOxygen', site.homeOxygen],
    ['flood', isKnown(site.floodDepthMeters) ? `${site.floodDepthMeters} m` : null],
    ['carrier', site.carrier], ['powerArea', site.powerArea],
  ].filter(([, value]) => isKnown(value) && value !== '' && value !== false && value !== 0)
  return panel('people',
    phonesOf(site).map(phone => h('p.ring', {}, h('span.who', {}, phone.who), ' ', phoneLink(phone.number))),
    !phonesOf(site).length && h('p.warn', {}, t('page.phone.unknown')),
    h('p', {}, callState(site.id, site.lastCall), ' ',
      mayWrite() && h('button', { 'data-do': 'call' }, t('page.call.button'), h('kbd', {}, 'c'))),
    h('dl.facts', {}, facts.map(([name, value]) =>
      [h('dt', {}, t(`page.fact.${name}`)), h('dd', {}, value === true ? t('page.yes') : String(value))])))
}

/** Before a storm the devices are asked for an off-site backup; a newer copy is the answer. */
function asked({ asked }) {
  if (!asked) return null
  const text = asked.doneAt ? t('directive.done', { at: showTime(asked.at), doneAt: showTime(asked.doneAt) })
    : t('directive.asked', { at: showTime(asked.at) })
  return h('p.asked', { 'data-sig': asked.doneAt ?? asked.at }, h('b', {}, t('directive.title')), ' ', text)
}

function evidence(site) {
  if (!site.evidence.length) return panel('evidence', h('p.empty', {}, t('page.evidence.none')))
  return panel('evidence', h('ol', {}, site.evidence.map(item => h('li', {},
    has(item.key) ? sentence(item, showTime) : item.text, ' ',
    !starts.has(item.kind) && h('span.weight', {}, signed(item.weight))))),
    site.rivals.length > 0 && h('p.rivals', {}, h('b', {}, t('rival.title')), ' ', site.rivals.map(rival).join(' / ')))
}

/** Where the belief starts: the sentence names the probability, and the weight would say nothing. */
const starts = new Set(['base', 'hazard', 'hazardOver', 'shaking'])

/** 停電 8%（周辺7施設は受信中）: what else than harm may explain the silence. */
function rival({ kind, share, heard }) {
  const key = `rival.${kind}`
  return isKnown(heard) && has(key) ? t(key, { p: percent(share), n: heard }) : t(`${key}.plain`, { p: percent(share) })
}

function hazards(site) {
  if (!site.hazards.length) return null
  return panel('hazards', h('ul.warned', {}, site.hazards.map(hazard =>
    h(`li.level-${hazard.level ?? 3}`, {}, hazardWords(hazard)))))
}

const signed = weight => (weight === 0 ? '±0' : (weight > 0 ? '＋' : '−') + Math.abs(weight).toFixed(1))

function agents(site) {
  return panel('agents', h('table.plain', {},
    h('thead', {}, h('tr', {}, ['device', 'contact', 'heard', 'power', 'version'].map(name =>
      h('th', { scope: 'col' }, t(`page.agent.${name}`))))),
    h('tbody', {}, site.agents.map(agent => h('tr', { 'data-key': agent.id, 'data-sig': agent.contact },
      h('th', { scope: 'row' }, word('device', agent.device), h('div.sub', {}, agent.id)),
      h('td', {}, mark('contact', agent.contact),
        h('div.sub', {}, word('rhythm', agent.rhythm), agent.canary ? ` ${t('page.agent.canary')}` : '')),
      h('td', {}, showTime(agent.lastHeardAt), h('div.sub', {},
        t('page.agent.every', { n: agent.intervalSeconds ?? '—' }))),
      h('td', {}, power(agent.power), h('div.sub', {}, agent.link ? word('link', agent.link) : ''), skew(agent)),
      h('td', {}, agent.version ?? '—',
        agent.dropped ? h('div.warn', {}, t('page.agent.dropped', { n: agent.dropped })) : null))))))
}

const power = told => {
  if (!told) return '—'
  const charge = isKnown(told.charge) ? ` ${Math.round(told.charge * 100)}%` : ''
  return word('power', told.source) + charge
}

const skewShownFromSeconds = 120
const skew = agent => Math.abs(agent.skewSeconds ?? 0) > skewShownFromSeconds
  && h('div.warn', {}, t('page.agent.skew', { span: time.span(Math.abs(agent.skewSeconds) * 1000) }))

function findings(site) {
  if (!site.findings.length) return panel('findings', h('p.empty', {}, t('page.findings.none')))
  return panel('findings', h('ol.changes', { 'data-live': true },
    site.findings.map(finding => h('li', { 'data-key': finding.id },
    h('time', {}, showTime(finding.observedAt ?? finding.at)), ' ', word('findingKind', finding.kind), ' ',
    h('b', {}, finding.kind === 'override' ? word('assessment', finding.result) : word('callResult', finding.result)),
      ' ', finding.text ?? '', ' ',
    finding.callBackAt && t('page.call.backAt', { time: showTime(finding.callBackAt) }), ' ',
    h('span.sub', {}, [finding.author, finding.id, finding.expiresAt
      && t('page.finding.until', { time: showTime(finding.expiresAt) })]
      .filter(Boolean).join(' · '))))))
}
