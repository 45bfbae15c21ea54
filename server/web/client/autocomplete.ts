import accessibleAutocomplete from 'accessible-autocomplete'

/**
 * Turns a long `<select>` into a field in which one types a part of the name, or opens the whole list. The select stays in
 * the form and is what is sent, so the server knows no difference.
 */
export function enhanceSelect(select: HTMLSelectElement): void {
  const { id } = select
  const explanation = textOf(select.getAttribute('aria-describedby'))
  const isInvalid = select.getAttribute('aria-invalid') === 'true'
  const [label] = select.labels
  if (label) label.id ||= `${id}-label`
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    required: select.required,
    defaultValue: chosenIn(select),
    inputClasses: isInvalid ? 'is-invalid' : '',
    // Nobody guesses what the list calls a broken lamp. And who only opens it to read has chosen nothing yet.
    showAllValues: true,
    autoselect: false,
    // The library points at the field instead, of which a name is taken that is what was typed, or nothing (ARIA 1.2, listbox).
    menuAttributes: label ? { 'aria-labelledby': label.id } : {},
    source: (typed, show) => show(matching(select, typed)),
    // Hint and error belong to the new field too; the library keeps `aria-describedby` for its own text.
    tAssistiveHint: () =>
      `${explanation} Scrivi una parte del nome; usa le frecce per scorrere i risultati e Invio per scegliere.`.trim(),
    tNoResults: () => 'Nessun risultato',
    tStatusNoResults: () => 'Nessun risultato',
    tStatusQueryTooShort: (length) => `Scrivi almeno ${length} caratteri`,
    tStatusSelectedOption: (option, length, index) => `${option}, ${index + 1} di ${length}, selezionato`,
    tStatusResults: (length, selected) =>
      length === 1 ? `1 risultato. ${selected}` : `${length} risultati. ${selected}`,
    // Left without an option pointed at, the field still says what was typed: the button that one goes to sends it in the same moment.
    onConfirm: (name) => choose(select, name ?? input.value),
  })
  // The label goes with the id to the new field; the select is hidden, but who reads the page as a tree meets it.
  select.setAttribute('aria-label', label?.textContent ?? '')
  const input = document.getElementById(id) as HTMLInputElement
  input.setAttribute('aria-invalid', String(isInvalid))
  // The library names the field with nothing, which HTML does not know, and its arrow is an ornament of which it does not say so.
  input.removeAttribute('name')
  input.parentElement?.querySelector('svg')?.setAttribute('aria-hidden', 'true')
  // What matches no option is not an answer: better none than the one chosen before.
  input.addEventListener('input', () => choose(select, input.value))
}

function choose(select: HTMLSelectElement, name: string): void {
  const wanted = plain(name)
  const option = optionsOf(select).find(({ text }) => plain(text) === wanted)
  const value = option?.value ?? ''
  if (select.value === value) return
  select.value = value
  select.dispatchEvent(new Event('change', { bubbles: true }))
}

/** All of them for who typed nothing, or opens the list again to choose anew. */
function matching(select: HTMLSelectElement, typed: string): string[] {
  const names = optionsOf(select).map(({ text }) => text)
  return typed === chosenIn(select) ? names : names.filter((name) => plain(name).includes(plain(typed)))
}

const optionsOf = (select: HTMLSelectElement) => [...select.options].filter(({ value }) => value !== '')

const chosenIn = (select: HTMLSelectElement): string =>
  select.value === '' ? '' : (select.selectedOptions[0]?.text ?? '')

const plain = (name: string): string => name.trim().toLowerCase()

function textOf(ids: string | null): string {
  return (ids ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ')
    .trim()
}
