/**
 * Puts the reader on the list of errors, and makes its links show the label too: the browser alone would scroll the
 * field to the top of the window and hide the words that say what it is (as govuk-frontend's error summary does).
 */
export function focusErrorSummary(): void {
  const summary = document.querySelector<HTMLElement>('[data-error-summary]')
  if (!summary) return
  summary.focus()
  summary.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const field = link?.hash ? document.getElementById(link.hash.slice(1)) : null
    if (!field) return
    event.preventDefault()
    labelOf(field).scrollIntoView()
    field.focus({ preventScroll: true })
  })
}

/** The legend of a group, else the label, else the field. */
function labelOf(field: HTMLElement): Element {
  const legend = field.closest('fieldset')?.querySelector('legend')
  return legend ?? document.querySelector(`label[for="${CSS.escape(field.id)}"]`) ?? field
}
