// Elements from plain calls, and a small morph that makes the page look like a freshly built tree
// while keeping the elements that are already there: focus, selection and scrolling survive a live change.

const svgTags = new Set(['svg', 'path'])

/** h('td.name', {title: 'x'}, 'text', child, [more]) – text is always text, never markup. */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split('.')
  const element = svgTags.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag)
  if (classes.length) element.setAttribute('class', classes.join(' '))
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false))
  return element
}

/** Fills `parent` with `children`, reusing what is there. */
export function fill(parent, ...children) {
  const next = parent.cloneNode(false)
  next.append(...children.flat(Infinity).filter(Boolean))
  morphChildren(parent, next)
}

function morph(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  const changed = to.dataset?.sig !== undefined && from.dataset.sig !== to.dataset.sig
  for (const { name } of [...from.attributes]) {
    // What the person has opened stays open.
    if (!to.hasAttribute(name) && !(name === 'open' && from.matches('details, dialog'))) from.removeAttribute(name)
  }
  for (const { name, value } of [...to.attributes]) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  }
  // What the person types or has chosen wins over what we would draw.
  if (from.matches('textarea, [data-keep]')) return
  morphChildren(from, to)
  if (changed) highlight(from)
}

function morphChildren(parent, next) {
  const keyed = new Map()
  for (const child of parent.childNodes) if (child.dataset?.key) keyed.set(child.dataset.key, child)
  const live = next.dataset?.live !== undefined && parent.childNodes.length > 0
  let place = parent.firstChild
  for (const wanted of [...next.childNodes]) {
    const key = wanted.dataset?.key
    let match = key ? keyed.get(key) : place
    if (!key) while (match?.dataset?.key) match = match.nextSibling
    if (match && match.nodeName === wanted.nodeName) {
      if (match === place) place = place.nextSibling
      else parent.insertBefore(match, place)
      morph(match, wanted)
      if (key) keyed.delete(key)
    } else {
      parent.insertBefore(wanted, place)
      if (live && key) highlight(wanted)
    }
  }
  while (place) {
    const after = place.nextSibling
    place.remove()
    place = after
  }
}

/** A short glow on what has changed; a steady one for those who asked for less motion. */
function highlight(element) {
  const glow = 'color-mix(in srgb, Highlight 28%, transparent)'
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const frames = still ? [glow, glow] : [glow, 'transparent']
  element.animate({ backgroundColor: frames }, { duration: 4000, easing: 'ease-out' })
}
