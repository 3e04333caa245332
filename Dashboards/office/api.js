// The collector's people's door. One place knows headers, errors and retries.

/** An answer that is not a success; `problem` is the collector's own sentence about it. */
export class Refused extends Error {
  constructor(status, problem = {}) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.status = status
    this.problem = problem
  }
}

/** No answer at all: the line, or the collector, is down. */
class Unreachable extends Error {}

const unreachableAfterMilliseconds = 10_000

/** The drill that this page shows (`/?drill=NAME`); null is the real fleet. Links keep it: they change the hash. */
export const drill = new URLSearchParams(location.search).get('drill')

/** What is asked of the collector as a whole, also from a drill's page. */
const ofNoFleet = ['/v1/session', '/v1/me', '/v1/drills']

/** The address to ask: a drill's page asks its drill. */
export function placed(path) {
  if (!drill || ofNoFleet.includes(path)) return path
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ drill })}`
}

async function send(method, path, { body, key, version } = {}) {
  const headers = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Anpi'] = '1'
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (key) headers['Idempotency-Key'] = key
  if (version !== undefined && version !== null) headers['If-Match'] = `"${version}"`
  let answer
  try {
    answer = await fetch(placed(path), {
      method, headers, credentials: 'same-origin', cache: 'no-store',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(unreachableAfterMilliseconds),
    })
  } catch (error) {
    throw new Unreachable(error.message)
  }
  const text = await answer.text()
  let value = null
  try { value = text ? JSON.parse(text) : null } catch { /* a proxy's page: the status says enough */ }
  if (!answer.ok) throw new Refused(answer.status, value ?? {})
  return value
}

export const get = path => send('GET', path)

/** `/v1/sites?contact=silent`, leaving out what is empty. */
export function withQuery(path, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value))
  return query.size ? `${path}?${query}` : path
}

/** All pages of a list, one after the other; `limit` bounds what a page of ours may ever hold. */
export async function getAll(path, values, limit = 20_000) {
  const items = []
  let cursor = null
  do {
    const page = await get(withQuery(path, { ...values, limit: 200, cursor }))
    items.push(...page.items)
    cursor = page.next
  } while (cursor && items.length < limit)
  return items
}

export const signIn = token => send('POST', '/v1/session', { body: { token } })
export const signOut = () => send('DELETE', '/v1/session')

/** A change that may be sent again: the same key makes it happen once. */
export async function command(path, body, { version, key = uniqueKey() } = {}) {
  for (const wait of [500, 2000, 5000, null]) {
    try {
      return await send('POST', path, { body, key, version })
    } catch (error) {
      const again = error instanceof Unreachable || error.status === 503 || error.status === 429
      if (!again || wait === null) throw error
      await new Promise(resolve => setTimeout(resolve, wait))
    }
  }
}

/** Random, also where the page is not a "secure context" (then crypto.randomUUID is missing). */
export function uniqueKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
