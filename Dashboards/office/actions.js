// What clicks and submits mean: elements carry data-do="name", parts of the page say here what it does.
// One listener on the document, so that live changes never lose one.

const actions = new Map()

export const on = (name, action) => actions.set(name, action)

export function listen() {
  document.addEventListener('click', event => {
    const element = event.target.closest('[data-do]')
    if (!element || element.matches('form, select')) return
    if (element.matches('button')) event.preventDefault()
    actions.get(element.dataset.do)?.(element, event)
  })
  document.addEventListener('submit', event => {
    event.preventDefault()
    actions.get(event.target.dataset.do)?.(event.target, event)
  })
  document.addEventListener('change', event => {
    const element = event.target.closest('select[data-do]')
    if (element) actions.get(element.dataset.do)?.(element, event)
  })
}
