// The address of a screen: #/sites/shz-0041, #/sites?contact=silent.

const lists = {
  sites: 'site', tasks: 'task', incidents: 'incident', engineers: 'engineers', loaners: 'loaners', sheets: 'sheet',
  sitreps: 'sitrep',
}
/** Of these there is no list of their own. */
const single = ['sheets', 'sitreps']

export function parseRoute(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [list, id] = path.split('/').map(decodeURIComponent)
  const values = Object.fromEntries(new URLSearchParams(query))
  if (!(list in lists) || (single.includes(list) && !id)) return { name: 'overview', id: null, query: values }
  return { name: id ? lists[list] : list, id: id || null, query: values }
}

export const siteLink = id => `#/sites/${encodeURIComponent(id)}`
export const taskLink = id => `#/tasks/${encodeURIComponent(id)}`
export const incidentLink = id => `#/incidents/${encodeURIComponent(id)}`

export const sitrepLink = (incident, number) => `#/sitreps/${encodeURIComponent(incident)}?number=${number}`
export const sheetLink = (name, query = {}) => `#/sheets/${name}${Object.keys(query).length ? `?${new URLSearchParams(query)}` : ''}`

export function sitesLink(query) {
  const values = Object.entries(query).filter(([, value]) => value)
  return values.length ? `#/sites?${new URLSearchParams(values)}` : '#/sites'
}
