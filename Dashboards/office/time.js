// Times as people of a Japanese office read them: always JST, whatever the computer is set to.

import { language, t } from './labels.js'

const zone = 'Asia/Tokyo'
const dayNumber = ms => Math.floor((ms + 9 * 3_600_000) / 86_400_000)

let formats = {}

function format(name, options) {
  const key = `${name} ${language()}`
  formats[key] ??= new Intl.DateTimeFormat(language() === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: zone, ...options })
  return formats[key]
}

export const parse = text => (text ? Date.parse(text) : null)

/** 06:02 */
export const clock = ms => format('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms)

/** 06:02:14 */
export const clockSeconds = ms =>
  format('seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(ms)

/** 9月24日(土) */
export const date = ms => format('date', { month: 'long', day: 'numeric', weekday: 'short' }).format(ms)

/** 06:02, 昨日 22:10 or 9/18 22:10: as short as it can be without a doubt. */
export function when(text, now) {
  const ms = parse(text)
  if (ms === null || Number.isNaN(ms)) return '—'
  const days = dayNumber(now) - dayNumber(ms)
  if (days === 0) return clock(ms)
  if (days === 1) return t('time.yesterday', { time: clock(ms) })
  // Month before day in both languages, as on the command line.
  const [year, month, day] = new Date(ms + 9 * 3_600_000).toISOString().slice(0, 10).split('-').map(Number)
  const thisYear = new Date(now + 9 * 3_600_000).getUTCFullYear() === year
  return `${thisYear ? '' : `${year}/`}${month}/${day} ${clock(ms)}`
}

/** 3時間21分, 4日, 30秒. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return t('time.seconds', { n: seconds })
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return t('time.minutes', { n: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return t('time.hoursMinutes', { h: hours, m: minutes % 60 })
  return t('time.days', { n: Math.floor(hours / 24) })
}

/** RFC 3339 with +09:00 for what we send. */
export const wire = ms => new Date(ms + 9 * 3_600_000).toISOString().replace('Z', '+09:00')

/** "14:00" typed by a person → the next such time in JST; null when it is no time. */
export function nextClock(typed, now) {
  const match = /^(\d{1,2}):?(\d{2})$/.exec(typed.normalize('NFKC').trim())
  if (!match || match[1] > 23 || match[2] > 59) return null
  const midnight = dayNumber(now) * 86_400_000 - 9 * 3_600_000
  const ms = midnight + (Number(match[1]) * 60 + Number(match[2])) * 60_000
  return ms > now ? ms : ms + 86_400_000
}

/** "08:50" typed by a person → the last such time in JST; null when it is no time. */
export function lastClock(typed, now) {
  const next = nextClock(typed, now)
  return next === null ? null : next - 86_400_000
}
