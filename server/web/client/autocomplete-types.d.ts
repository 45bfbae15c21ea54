/** The part of the package that we use; it comes without types. */
declare module 'accessible-autocomplete' {
  type Options = {
    selectElement: HTMLSelectElement
    defaultValue?: string
    required?: boolean
    inputClasses?: string
    showAllValues?: boolean
    autoselect?: boolean
    menuAttributes?: Readonly<Record<string, string>>
    source?: (typed: string, show: (names: string[]) => void) => void
    onConfirm?: (chosen: string | undefined) => void
    tAssistiveHint?: () => string
    tNoResults?: () => string
    tStatusNoResults?: () => string
    tStatusQueryTooShort?: (minimum: number) => string
    tStatusSelectedOption?: (option: string, length: number, index: number) => string
    tStatusResults?: (length: number, selected: string) => string
  }
  const accessibleAutocomplete: { enhanceSelectElement(options: Options): void }
  export default accessibleAutocomplete
}
