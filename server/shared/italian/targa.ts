/** Upper case without spaces or dashes. */
export const normaliseTarga = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase()

/** Any plausible plate: older, foreign, motorcycle, trailer and agricultural ones exist, so nothing more can be refused. */
export const isTarga = (text: string): boolean => /^[A-Z0-9]{4,10}$/.test(text) && /\d/.test(text)
