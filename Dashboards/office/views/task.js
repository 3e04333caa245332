// One task: where, why, who has been asked, and what a coordinator may do with it for an engineer.

import { get, getAll } from '../api.js'
import { h } from '../dom.js'
import { sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import { siteLink, incidentLink } from '../route.js'
import { engineerName } from '../state.js'
import * as time from '../time.js'
import { changeList } from '../components/changes.js'
import { copyWords, mark, phoneLink } from '../components/marks.js'
import { loadWhy, pinForm, planFacts, stepList, whyCard } from '../components/plan.js'
import { survivalCard } from '../components/recovery.js'
import { phonesOf } from '../components/siteRow.js'
import { condition, who } from '../components/tables.js'
import { configureTaskActions, taskActions } from '../components/taskActions.js'

export const configure = configureTaskActions

export async function load({ id }) {
  const [task, engineers] = await Promise.all([
    get(`/v1/tasks/${encodeURIComponent(id)}`), getAll('/v1/engineers', {}),
  ])
  const [why, recovery] = await Promise.all([loadWhy(task), task.rung ? loadRecovery(task.site) : null])
  return { task, engineers, why, recovery }
}

/** What the task's rung rests on; the task shows without it too. */
const loadRecovery = site => get(`/v1/sites/${encodeURIComponent(site)}/recovery`).catch(() => null)

const showTime = at => time.when(at, clock.now)
const text = value => (value && typeof value === 'object' ? sentence(value, showTime) : value)

export function render({ task, engineers, why, recovery }) {
  return h('article.detail', {
    'data-call-subject': true, 'data-site': task.site, 'data-name': task.siteName,
      'data-phones': JSON.stringify(phonesOf(task)),
  },
    h('header', { 'data-sig': `${task.state} ${task.engineer}` },
      h('h1', {}, task.id, ' ', word('taskKind', task.kind), ' ',
        h('a', { href: siteLink(task.site) }, task.siteName ?? task.site)),
      h('p.verdict', {}, mark('taskState', task.state), ' ', who(task)),
      condition(task) !== '—' && h('p', {}, condition(task))),
    taskActions(task, engineers),
    h('div.panels', {},
      panel('plan', planFacts(task, recovery), pinForm(task, engineers)),
      task.steps?.length > 0 && panel('steps', stepList(task.steps)),
      panel('where', h('dl.facts', {}, [
        ['why', reasons(task, recovery)], ['address', task.address], ['keyHolder', task.keyHolder],
        ['coordinates', task.latitude ? `${task.latitude}, ${task.longitude}` : null],
        ['incident', task.incident && h('a', { href: incidentLink(task.incident) }, task.incident)],
        ['skills', task.skills?.map(skill => word('skill', skill)).join(t('page.comma'))],
      ].filter(([, value]) => value).map(([name, value]) => [h('dt', {}, t(`page.fact.${name}`)), h('dd', {}, value)])),
        phonesOf(task).map(phone => h('p.ring', {}, h('span.who', {}, phone.who), ' ', phoneLink(phone.number)))),
      why && panel('why', whyCard(why)),
      panel('copies', recovery ? survivalCard(recovery, task.copies ?? []) : task.copies?.length ? h('ul', {}, task.copies.map(copy =>
        h('li', {}, word('tier', copy.tier), ' ', copyWords(copy), ' ',
          copy.goodAt ? showTime(copy.goodAt) : t('page.copy.never'), ' ', copy.room ?? '')))
        : h('p.empty', {}, t('page.copy.none'))),
      panel('offers', task.offers?.length ? h('ol.changes', {}, task.offers.map(offer =>
        h('li', {}, h('time', {}, showTime(offer.at)), ' ', h('b', {}, engineerName(offer.engineer)), ' ',
          offer.ended ? t('page.offer.ended', { how: word('offer', offer.ended), time: showTime(offer.endedAt),
            reason: text(offer.reason) ?? '' })
            : t('page.offer.until', { time: showTime(offer.until) }))))
        : h('p.empty', {}, t('page.offers.none'))),
      panel('timeline', changeList(task.timeline, { none: t('page.timeline.none'), here: [task.id, task.site] }))))
}

/** A task of a rung is there for the rung's reasons. */
function reasons(task, recovery) {
  if (recovery?.choice?.rung !== task.rung) return text(task.why)
  return h('ul.reasons', {}, recovery.choice.reasons.map(reason => h('li', {}, text(reason))))
}

const panel = (name, ...content) =>
  h(`section.panel.${name}`, { 'aria-labelledby': `${name}-title`, 'data-key': name },
    h('h2', { id: `${name}-title` }, t(`page.site.${name}`)), content)
