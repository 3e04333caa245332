// Tells people who do not look at the list what has changed in it.

import { fill, h } from '../dom.js'
import { t, word } from '../labels.js'

const spokenAtMost = 3

export function announceChanges(before, after) {
  if (!before) return
  const known = new Map(before.attention.map(row => [row.id, row]))
  const changed = after.attention.filter(row => {
    const old = known.get(row.id)
    return !old || old.contact !== row.contact || old.assessment !== row.assessment
  })
  const here = new Set(after.attention.map(row => row.id))
  const gone = before.attention.filter(row => !here.has(row.id))
  const words = [
    ...changed.slice(0, spokenAtMost).map(row => t('page.announce.changed', {
      name: row.name, assessment: word('assessment', row.assessment), contact: word('contact', row.contact) })),
    ...gone.slice(0, spokenAtMost).map(row => t('page.announce.gone', { name: row.name })),
  ]
  const more = changed.length + gone.length - words.length
  if (more > 0) words.push(t('page.announce.more', { n: more }))
  if (words.length) fill(document.getElementById('announce'), h('span', {}, words.join(' ')))
}
