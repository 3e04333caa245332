// One numbered situation report as it was written; it never changes again.

import { get, placed } from '../api.js'
import { h } from '../dom.js'
import { language, t, word } from '../labels.js'
import { incidentLink, siteLink } from '../route.js'
import * as time from '../time.js'

const address = ({ id, query }) => `/v1/incidents/${encodeURIComponent(id)}/sitreps/${encodeURIComponent(query.number ?? '1')}`

export const load = async route =>
  ({ ...await get(address(route)), markdown: placed(`${address(route)}.md?lang=${language()}`) })

/** With its day: a report is read, and lies on desks, for weeks. */
const showTime = at => `${time.date(time.parse(at))} ${time.clock(time.parse(at))}`

export function render(sitrep) {
  const changed = Object.fromEntries(sitrep.changedFigures.map(({ key, from, to }) => [key, to - from]))
  return h('article.detail.sitrep', {},
    h('header', {},
      h('h1', {}, sitrep.drill && h('b', {}, t('page.drill'), ' '), t('sitrep.headline', {
        n: sitrep.number, incident: sitrep.incident, title: sitrep.title ?? word('incidentKind', sitrep.kind) })),
      h('p', {}, t('sitrep.at', { time: showTime(sitrep.at), person: sitrep.by })),
      h('p', {}, t('sitrep.commander', { person: sitrep.commander ?? t('sitrep.nobody') })),
      h('p', {}, t('sitrep.nextDue', { time: sitrep.nextDue ? showTime(sitrep.nextDue) : t('sitrep.none') })),
      sitrep.claimsDue && h('p', {}, t('sitrep.claimsDue', { date: sitrep.claimsDue, n: sitrep.claimsDaysLeft })),
      h('nav.actions', {},
        h('a', { href: incidentLink(sitrep.incident) }, sitrep.incident), ' ',
        h('a', { href: sitrep.markdown, download: `${sitrep.incident}-${sitrep.number}.md` }, 'Markdown'))),
    sitrep.text && h('p.verdict.written', {}, sitrep.text),
    h('div.panels', {}, Object.entries(sitrep.figures).map(([family, words]) => figures(family, words, changed))),
    sitrep.changes.length > 0 && h('section', {},
      h('h2', {}, t('sitrep.changes', { n: sitrep.changeCount })),
      h('ul', {}, sitrep.changes.map(change => h('li', {}, h('a', { href: siteLink(change.site) }, change.siteName), ' ',
        [arrow('assessment', change.from, change.to), arrow('rung', change.rungFrom, change.rungTo)].filter(Boolean).join(', '))))),
    sitrep.hazards.length > 0 && h('section', {},
      h('h2', {}, t('sitrep.hazards')),
      h('ul', {}, sitrep.hazards.map(hazard => h('li', {}, t('sitrep.hazard', hazard))))))
}

/** What was counted as none is left out, unless there were some before. */
function figures(family, words, changed) {
  const shown = Object.entries(words).filter(([name, count]) => count > 0 || changed[`${family}.${name}`])
  if (!shown.length) return null
  return h('section.panel', {}, h('h2', {}, t(`sitrep.family.${family}`)),
    h('table.rows', {}, h('tbody', {}, shown.map(([name, count]) => {
      const change = changed[`${family}.${name}`] ?? 0
      return h('tr', {}, h('th', { scope: 'row' }, family === 'rung' ? `${name} ` : '', t(`${family}.${name}`)),
        h('td.n', {}, String(count)),
        h('td.n.change', {}, change ? `${change > 0 ? '+' : '−'}${Math.abs(change)}` : null))
    }))))
}

function arrow(family, from, to) {
  if (from === to) return null
  return `${from ? word(family, from) : '–'} → ${to ? word(family, to) : '–'}`
}
