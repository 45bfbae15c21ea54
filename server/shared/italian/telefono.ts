const SEPARATORS = /[\s./()-]/g

/** E.164 with `+39` where no country is given; the leading 0 of Italian land lines stays (ITU-T E.164, Italy). */
export function normaliseTelefono(text: string): string {
  const digits = text.replace(SEPARATORS, '').replace(/^00/, '+')
  if (!/^\+?\d+$/.test(digits)) return text
  if (digits.startsWith('+')) return digits
  // Italian numbers have at most 11 digits: twelve that begin with 39 already hold the country.
  return digits.length > 11 && digits.startsWith('39') ? `+${digits}` : `+39${digits}`
}

/** A normalised number. */
export const isTelefono = (text: string): boolean => /^\+[1-9]\d{7,14}$/.test(text)
