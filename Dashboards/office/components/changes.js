// What happened, newest first: the same lines for the last hour, a site, a task and an incident.

import { h } from '../dom.js'
import { has, sentence, t, word } from '../labels.js'
import { clock } from '../live.js'
import { incidentLink, siteLink, taskLink } from '../route.js'
import { engineerName } from '../state.js'
import * as time from '../time.js'

const shownAtMost = 50

/** `here` are the ids that the screen is about, `names` tells how sites are called where the entries do not. */
export function changeList(entries, { none, here = [], names = {} }) {
  if (!entries?.length) return h('p.empty', {}, none)
  return h('ol.changes', { 'data-live': true }, entries.slice(0, shownAtMost).map(entry =>
    h('li', { 'data-key': [entry.number, entry.at, entry.decision ?? entry.kind, entry.site, entry.contact].join(' ') },
      h('time', { datetime: entry.at, title: entry.at }, time.when(entry.at, clock.now)), ' ', describe(entry, here, names))))
}

/** One line for people; what it is about is a link. */
function describe(entry, here, names) {
  const name = entry.decision ?? entry.kind
  const parts = []
  if (entry.site && !here.includes(entry.site)) {
    parts.push(h('a', { href: siteLink(entry.site) }, entry.siteName ?? names[entry.site] ?? entry.site), ' ')
  }
  parts.push(line(name, entry))
  if (entry.until && ['contact', 'site.contact'].includes(name)) {
    parts.push(' ', h('span.sub', {}, t('page.engineer.until', { time: time.when(entry.until, clock.now) })))
  }
  if (entry.task && !here.includes(entry.task)) parts.push(' ', h('a', { href: taskLink(entry.task) }, entry.task))
  if (entry.incident && !here.includes(entry.incident)) {
    parts.push(' ', h('a', { href: incidentLink(entry.incident) }, entry.incident))
  }
  const who = entry.actor ?? entry.author ?? entry.by
  if (who) parts.push(' ', h('span.sub', {}, t('page.by', { name: who })))
  return parts
}

function line(name, entry) {
  if (entry.text && typeof entry.text === 'object') return sentence(entry.text, at => time.when(at, clock.now))
  const value = entry.contact ?? entry.assessment ?? entry.to ?? entry.state ?? entry.result
  const kind = kindOf(name, entry)
  const plain = kind ? [] : [`page.event.${name}.plain`]
  for (const key of [`page.event.${name}.${value}`, ...plain, `page.event.${name}`]) {
    if (!has(key)) continue
    return t(key, {
      contact: word('contact', entry.contact),
      assessment: word('assessment', entry.assessment),
      state: word(name.includes('incident') ? 'incidentState' : 'taskState', entry.to ?? entry.state),
      kind: kind ?? '',
      result: word('callResult', entry.result),
      engineer: engineerName(entry.engineer) ?? '',
      device: entry.device ? word('device', entry.device) : entry.agent ?? '',
      rung: entry.rung ? `${entry.rung} ${word('rung', entry.rung)}` : '',
      reason: reasonOf(entry),
      text: entry.text ?? '',
    }).trim()
  }
  return [name, entry.text].filter(Boolean).join(': ')
}

/** A timeline entry's own `kind` is what happened; the kind of task or incident then has another name, if any. */
function kindOf(name, entry) {
  const family = name.startsWith('incident') ? 'incidentKind' : 'taskKind'
  const kind = entry.decision ? entry.kind : entry[family]
  return kind ? word(family, kind) : null
}

/** The collector's own reasons travel as one word where nobody is named; what a person wrote stays. */
export function reasonInWords(reason) {
  const known = ['task.reason', 'incident.reason', 'reason']
    .flatMap(family => [`${family}.${reason}.plain`, `${family}.${reason}`])
    .find(key => has(key) && !t(key).includes('{'))
  return known ? t(known) : reason
}

function reasonOf(entry) {
  if (!entry.reason) return ''
  if (typeof entry.reason === 'object') return sentence(entry.reason, at => time.when(at, clock.now))
  return reasonInWords(entry.reason)
}
