import accessibleAutocomplete from 'accessible-autocomplete'

/**
 * Turns a long `<select>` into a field in which one types a part of the name. The select stays in the form and is what
 * is sent, so the server knows no difference.
 */
export function enhanceSelect(select: HTMLSelectElement): void {
  const { id } = select
  const explanation = textOf(select.getAttribute('aria-describedby'))
  const invalid = select.getAttribute('aria-invalid')
  const label = select.labels[0]?.textContent ?? ''
  accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    required: select.required,
    defaultValue: select.value === '' ? '' : (select.selectedOptions[0]?.text ?? ''),
    // Hint and error belong to the new field too; the library keeps `aria-describedby` for its own text.
    tAssistiveHint: () =>
      `${explanation} Scrivi una parte del nome; usa le frecce per scorrere i risultati e Invio per scegliere.`.trim(),
    tNoResults: () => 'Nessun risultato',
    tStatusNoResults: () => 'Nessun risultato',
    tStatusQueryTooShort: (length) => `Scrivi almeno ${length} caratteri`,
    tStatusSelectedOption: (option, length, index) => `${option}, ${index + 1} di ${length}, selezionato`,
    tStatusResults: (length, selected) =>
      length === 1 ? `1 risultato. ${selected}` : `${length} risultati. ${selected}`,
    onConfirm: (name) => choose(select, name ?? ''),
  })
  // The label goes with the id to the new field; the select is hidden, but who reads the page as a tree meets it.
  select.setAttribute('aria-label', label)
  const input = document.getElementById(id)
  if (invalid) input?.setAttribute('aria-invalid', invalid)
  // What matches no option is not an answer: better none than the one chosen before.
  input?.addEventListener('blur', () => setTimeout(() => choose(select, (input as HTMLInputElement).value)))
}

function choose(select: HTMLSelectElement, name: string): void {
  const wanted = name.trim().toLowerCase()
  const option = [...select.options].find(({ text, value }) => value !== '' && text.trim().toLowerCase() === wanted)
  const value = option?.value ?? ''
  if (select.value === value) return
  select.value = value
  select.dispatchEvent(new Event('change', { bubbles: true }))
}

function textOf(ids: string | null): string {
  return (ids ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ')
    .trim()
}
