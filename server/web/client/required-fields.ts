/**
 * Chromium tells screen readers of every required list, box and file that is still empty that it is wrong, when the page has just come.
 * Whether something is wrong the server says, and then marks it.
 */
export function tellNothingWrong(): void {
  for (const field of document.querySelectorAll(':required:not([aria-invalid], .is-invalid)'))
    field.setAttribute('aria-invalid', 'false')
}
