// The live stream with resume, back-off and a state that can be seen, and the collector's clock.

import { drill, placed } from './api.js'

const silentAfterMilliseconds = 20_000 // the stream tells the time each second: more than this is a dead line
const backOff = [500, 1000, 2000, 5000, 10_000]

/**
 * Keeps a stream open until `stop()`. Calls `decided(name, data)` for each decision, `opened()` whenever the
 * stream begins (anything may have been missed: read again) and `beat()` whenever the time was told.
 */
export function follow(decisions, { decided, opened, beat, closed }) {
  let source = null
  let lastId = null
  let tries = 0
  let timer = null
  let heardAt = Date.now()
  let stopped = false

  const open = () => {
    clearTimeout(timer)
    timer = null
    heardAt = Date.now()
    // The browser resumes by itself with Last-Event-ID; after a stream of ours has ended we say it.
    source = new EventSource(placed(lastId === null ? '/v1/live' : `/v1/live?after=${encodeURIComponent(lastId)}`))
    source.onopen = () => { tries = 0; heardAt = Date.now(); opened() }
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) again(); else closed() }
    // The collector's data are older than this page: begin anew.
    source.addEventListener('reset', () => { lastId = null; opened() })
    source.addEventListener('asof', event => {
      heardAt = Date.now()
      const told = JSON.parse(event.data)
      clock.tell(Date.parse(told.asOf), told.deafSince ?? null)
      beat()
    })
    for (const name of decisions) {
      source.addEventListener(name, event => {
        heardAt = Date.now()
        if (event.lastEventId) lastId = event.lastEventId
        decided(name, JSON.parse(event.data))
      })
    }
  }

  const again = () => {
    source?.close()
    clearTimeout(timer)
    const wait = backOff[Math.min(tries++, backOff.length - 1)]
    if (stopped) return
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2))
    closed()
  }

  const watch = setInterval(() => {
    if (timer === null && Date.now() - heardAt > silentAfterMilliseconds) again()
  }, 2000)
  // A laptop that wakes up, a line that comes back: do not wait out the pause.
  const wake = () => { if (source.readyState === EventSource.CLOSED) open() }
  addEventListener('online', wake)

  open()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      clearInterval(watch)
      removeEventListener('online', wake)
      source?.close()
    },
  }
}

/** What the collector's clock said last, and how long ago. The computer's own clock may be wrong. */
export const clock = {
  asOf: null,
  deafSince: null,
  advancedAt: Date.now(),

  tell(asOf, deafSince) {
    if (Number.isNaN(asOf)) return
    // A drill's clock stands still at its end: that it is told is enough.
    if (this.asOf === null || asOf > this.asOf || drill) {
      this.asOf = asOf
      this.advancedAt = Date.now()
    }
    if (deafSince !== undefined) this.deafSince = deafSince
  },

  /** Milliseconds since the collector's time last went on, as far as we know. */
  get age() { return Math.max(0, Date.now() - this.advancedAt) },

  /** The best guess of the time now. */
  get now() { return this.asOf === null ? Date.now() : this.asOf + (drill ? 0 : this.age) },
}
