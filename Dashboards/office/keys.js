// What key a person meant.

/** The key, also while a Japanese input method is on or full-width digits come. */
export function meant(event) {
  if (event.key === 'Process') {
    const letter = /^(?:Key|Digit)(.)$/.exec(event.code)
    return letter ? letter[1].toLowerCase() : event.code === 'Slash' ? '/' : event.key
  }
  return event.key.length === 1 ? event.key.normalize('NFKC') : event.key
}
