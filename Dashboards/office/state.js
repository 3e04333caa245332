// What the page knows, in one place. Views draw it; nothing is kept in the DOM.

import { drill } from './api.js'

/** Where the chosen office is remembered: a drill has offices of its own. */
export const officeKey = drill ? `anpi.office.${drill}` : 'anpi.office'

export const state = {
  /** /v1/me, or null before the sign-in. */
  me: null,
  /** The newest overview answer: header and names of engineers on every screen come from it. */
  overview: null,
  /** /v1/drills: which play, or could. */
  drills: [],
  /** live, connecting or lost. */
  connection: 'connecting',
  /** Office the overview is limited to; null is all that the token may see. */
  office: localStorage.getItem(officeKey),
  /** Site of the row under the cursor keys. */
  selected: null,
  /** Phone attempts by site that are on their way or were refused: {result, at, status, error}. */
  calls: new Map(),
  /** {name, id, query} of the screen. */
  route: null,
  /** What the screen's view has loaded, and why it could not. */
  data: null,
  error: null,
  /** Whether the first screen's list is in the order of who is to be phoned next. */
  phoneOrder: false,
  /** True while everything is loaded for paper. */
  printing: false,
}

export const mayWrite = () => ['admin', 'coordinator', 'engineer'].includes(state.me?.role)
export const mayCoordinate = () => ['admin', 'coordinator'].includes(state.me?.role)

/** The name of an engineer, as far as the overview told it. */
export function engineerName(id) {
  if (!id) return null
  return state.overview?.engineersList.find(engineer => engineer.id === id)?.name ?? id
}
