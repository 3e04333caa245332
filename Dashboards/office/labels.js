// The one string table, served by the collector; nothing else in the page is text for people.

let table = { ja: {}, en: {} }
let chosen = 'ja'

export async function loadLabels() {
  const answer = await fetch('/v1/labels')
  if (!answer.ok) throw new Error(`labels: ${answer.status}`)
  table = await answer.json()
  const kept = localStorage.getItem('anpi.language')
  speak(kept ?? (navigator.language.startsWith('ja') ? 'ja' : 'en'))
}

export const language = () => chosen

/** Remembers the choice of a person over what the browser asks for. */
export function setLanguage(next) {
  speak(next)
  localStorage.setItem('anpi.language', chosen)
}

function speak(next) {
  chosen = next === 'en' ? 'en' : 'ja'
  document.documentElement.lang = chosen
}

export const has = key => table[chosen][key] !== undefined

/** The text of a key with its {places} filled; an unknown key shows itself, so that it is noticed. */
export function t(key, values = {}) {
  // English counts, Japanese does not: `.one` is the form for exactly one.
  const one = Number(values.n) === 1 ? table[chosen][`${key}.one`] : undefined
  const text = one ?? table[chosen][key] ?? table.en[key] ?? key
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place))
}

/** The short word of a value of the vocabulary: word('contact', 'silent') → 途絶. */
export function word(family, value) {
  if (value === null || value === undefined) return '—'
  const key = `${family}.${value}`
  return has(key) ? t(key) : String(value)
}

const families = new Set([
  'contact', 'assessment', 'attribution', 'device', 'tier', 'link', 'availability', 'result', 'phenomenon', 'intensity',
])

/** A sentence whose arguments come from the collector: times become clock times, values become words. */
export function sentence(message, showTime) {
  if (!message?.key) return ''
  const values = {}
  for (const [name, value] of Object.entries(message.arguments ?? {})) {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) values[name] = showTime(value)
    else if (families.has(name)) values[name] = word(name, value)
    else values[name] = value
  }
  return t(message.key, values)
}

/** Words in a row, as the language joins them. */
export const list = words => words.join(t('page.comma'))
