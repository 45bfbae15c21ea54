/** Controls that send something; hidden ones must not, so they are disabled. */
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLButtonElement | HTMLFieldSetElement

/** Groups too: the server draws those that do not apply disabled, and that would keep all in them disabled. */
const CONTROLS = 'input, select, textarea, button, fieldset'

/**
 * Shows the fields that apply to what is chosen on the page and hides the others:
 * `data-show-when` names the deciding field, `data-show-values` its values, separated by blanks.
 */
export function startConditionalFields(): void {
  for (const form of document.forms) {
    const conditional = [...form.querySelectorAll<HTMLElement>('[data-show-when]')]
    if (conditional.length === 0) continue
    // In the order of the page, so that a field that decides is itself decided first.
    const update = (): void => conditional.forEach((field) => show(field, applies(field, form)))
    form.addEventListener('change', update)
    update()
  }
}

function applies(field: HTMLElement, form: HTMLFormElement): boolean {
  const values = new Set((field.dataset['showValues'] ?? '').split(' '))
  // FormData leaves out what is disabled: a hidden field decides nothing.
  const chosen = new FormData(form).getAll(field.dataset['showWhen'] ?? '')
  return chosen.some((value) => typeof value === 'string' && values.has(value))
}

function show(field: HTMLElement, visible: boolean): void {
  field.hidden = !visible
  const controls = [...field.querySelectorAll<Control>(CONTROLS)]
  // What is inside a nested condition is that condition's to enable.
  for (const control of controls) control.disabled = !visible || isInsideHidden(control)
  if (field instanceof HTMLFieldSetElement) field.disabled = !visible
}

const isInsideHidden = (control: Element): boolean => control.closest('[data-show-when][hidden]') !== null
