// Starts the page, knows which screen is shown, loads it, draws it and keeps it fresh.

import { listen, on } from './actions.js'
import { Refused, drill, get, signOut, withQuery } from './api.js'
import { fill, h } from './dom.js'
import { installKeyboard } from './keyboard.js'
import { language, loadLabels, setLanguage, t } from './labels.js'
import { clock, follow } from './live.js'
import { parseRoute } from './route.js'
import { officeKey, state } from './state.js'
import { announceChanges } from './components/announce.js'
import { configureCalls } from './components/calls.js'
import { configureDamage } from './components/damage.js'
import { header, isPlaying, pageTitle } from './components/header.js'
import { configurePlan } from './components/plan.js'
import { toast } from './components/toast.js'
import * as engineers from './views/engineers.js'
import * as incident from './views/incident.js'
import * as incidents from './views/incidents.js'
import * as loaners from './views/loaners.js'
import * as overview from './views/overview.js'
import * as sheet from './views/sheet.js'
import * as signin from './views/signin.js'
import * as site from './views/site.js'
import * as sitrep from './views/sitrep.js'
import * as sites from './views/sites.js'
import * as task from './views/task.js'
import * as tasks from './views/tasks.js'

const views = { overview, sites, site, tasks, task, incidents, incident, engineers, loaners, sheet, sitrep }

/** CONTRACTS §7: the closed list of what the stream tells. */
const decisions = [
  'agent.contact', 'site.contact', 'site.assessed', 'site.planned', 'incident.proposed', 'incident.opened',
  'incident.joined', 'incident.left', 'incident.changed', 'incident.merged', 'incident.stable', 'incident.closed',
  'task.drafted', 'task.offered', 'task.changed', 'blind.began', 'blind.ended', 'feed.changed', 'hazard.applied',
  'hazard.quarantined', 'journal.anchored',
]

/** A proxy that holds streams back must not hold back the page. */
const streamExpectedWithinMilliseconds = 1500

let stream = null

// --- drawing

function paint() {
  paintHeader()
  const main = document.getElementById('main')
  if (!state.me) return fill(main, signin.render())
  const view = views[state.route.name]
  const body = state.data ? view.render(state.data) : state.error ? null : h('p.boot', {}, t('page.loading'))
  const problem = state.error && h('p.error', { role: 'alert' },
    state.error, ' ', h('button', { 'data-do': 'retry' }, t('page.retry')))
  fill(main, problem, body)
}

function paintHeader() {
  document.title = pageTitle()
  fill(document.getElementById('header'), ...(state.me ? header() : []))
}

// --- loading

let loading = false
let wanted = false

/** Reads the screen again; calls that come while one is under way become one more, after a pause that grows
 *  with how long an answer takes, so that a storm of changes never becomes a storm of requests. */
export async function refresh() {
  wanted = true
  if (loading || !state.me) return
  loading = true
  while (wanted && state.me) {
    wanted = false
    const started = performance.now()
    await load()
    const pause = Math.min(5000, Math.max(150, 3 * (performance.now() - started)))
    await new Promise(resolve => setTimeout(resolve, document.hidden ? Math.max(pause, 5000) : pause))
  }
  loading = false
}

async function load() {
  const route = state.route
  try {
    const [whole, data] = await Promise.all([
      route.name === 'overview' || !state.overview ? get(withQuery('/v1/overview', { office: state.office })) : null,
      views[route.name].load(route),
    ])
    if (whole) {
      announceChanges(state.overview, whole)
      state.overview = whole
      clock.tell(Date.parse(whole.asOf), whole.hearing.deafSince)
    }
    if (route !== state.route) { wanted = true; return }
    state.data = data
    state.error = null
  } catch (error) {
    if (error.status === 401) return leave(t('page.signin.expired'))
    if (route !== state.route) { wanted = true; return }
    if (drill && error.status === 404) await loadDrills()
    state.error = error instanceof Refused
      ? drill && !isPlaying(drill) ? t('page.drill.notPlaying', { name: drill })
        : error.status === 404 ? t('page.error.notFound') : t('page.error.refused', { reason: error.message })
      : t('page.error.unreachable')
  }
  paint()
}

/** Which drills play: a line on the real page, and on a drill's whether it goes on. */
async function loadDrills() {
  try { state.drills = (await get('/v1/drills')).items } catch { /* the next time will do */ }
}

function navigate() {
  const before = state.route
  state.route = parseRoute(location.hash)
  state.data = null
  state.error = null
  paint()
  if (before) {
    scrollTo(0, 0)
    document.getElementById('main').focus({ preventScroll: true })
  }
  refresh()
}

// --- being signed in

async function enter() {
  try {
    state.me = await get('/v1/me')
  } catch (error) {
    state.me = null
    if (error.status !== 401) toast(t('page.error.unreachable'), 'error')
    return paint()
  }
  if (state.me.offices?.length === 1) state.office = state.me.offices[0].id ?? state.me.offices[0]
  loadDrills().then(paintHeader)
  stream?.stop()
  stream = follow(decisions, {
    // The first answer is read when the stream stands: nothing lies between the two, and it is read once.
    opened() { state.connection = 'live'; paintHeader(); refresh() },
    decided: () => refresh(),
    beat: paintHeader,
    closed() {
      state.connection = 'lost'
      paintHeader()
      // A stream that is refused tells no status: ask whether the session has ended.
      get('/v1/me').catch(error => { if (error.status === 401) leave(t('page.signin.expired')) })
    },
  })
  paint()
  setTimeout(() => { if (!state.data) refresh() }, streamExpectedWithinMilliseconds)
}

function leave(message) {
  stream?.stop()
  stream = null
  Object.assign(state, { me: null, overview: null, data: null, error: null })
  if (message) toast(message, 'error')
  paint()
}

// --- printing: the list is never cut

async function print() {
  const view = views[state.route?.name]
  if (!state.me || !state.data) return
  if (view.loadAll) {
    toast(t('page.print.loading'))
    try {
      state.data = await view.loadAll(state.route, state.data)
      state.printing = true
      paint()
    } catch {
      return toast(t('page.print.failed'), 'error')
    }
  }
  window.print()
}

addEventListener('afterprint', () => {
  if (!state.printing) return
  state.printing = false
  refresh()
})

// --- wiring

on('retry', refresh)
on('print', print)
on('sign-out', async () => { await signOut().catch(() => {}); leave() })
// What the collector words itself (a sheet) is asked for again in the other language.
on('language', () => { setLanguage(language() === 'ja' ? 'en' : 'ja'); paint(); refresh() })
on('phone-order', () => { state.phoneOrder = !state.phoneOrder; paint() })
on('office', select => {
  state.office = select.value || null
  if (state.office) localStorage.setItem(officeKey, state.office)
  else localStorage.removeItem(officeKey)
  refresh()
})

async function start() {
  listen()
  state.route = parseRoute(location.hash)
  try {
    await loadLabels()
  } catch {
    fill(document.getElementById('main'),
      h('p.error', { role: 'alert' },
        '監視サーバーに接続できません。10秒後にやり直します。 ',
        '/ Cannot reach the collector; trying again in 10 s.'))
    setTimeout(() => location.reload(), 10_000)
    return
  }
  configureCalls({ paint, refresh })
  configureDamage(refresh)
  configurePlan(refresh)
  signin.configure(enter)
  task.configure(refresh)
  incident.configure(refresh)
  engineers.configure(refresh)
  loaners.configure(refresh)
  installKeyboard({ print })
  addEventListener('hashchange', navigate)
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh() })
  setInterval(() => { if (state.me) fill(document.getElementById('header'), ...header()) }, 1000)
  // "3 h 21 min ago" goes on without news; and what no event tells is read again now and then.
  setInterval(() => { if (state.me && !state.printing && !document.querySelector('dialog[open]')) paint() }, 15_000)
  setInterval(() => { if (!state.printing) refresh() }, 60_000)
  setInterval(() => { if (state.me && !document.hidden) loadDrills() }, 15_000)
  setInterval(() => { if (state.connection === 'lost' && !state.printing) refresh() }, 10_000)
  await enter()
}

start()
