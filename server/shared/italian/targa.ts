/** Upper case without spaces or dashes. */
export const normaliseTarga = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase()

/** Any plausible plate: older, foreign, motorcycle, trailer and agricultural ones exist, so nothing more can be refused. */
export const isTarga = (text: string): boolean => /^[A-Z0-9]{4,10}$/.test(text) && /\d/.test(text)

/** A car plate since 1994: two letters, three digits, two letters, without I O Q U (DPR 495/1992 art. 255). Only to warn. */
export const isCarTarga = (text: string): boolean => /^[A-HJ-NPR-TV-Z]{2}\d{3}[A-HJ-NPR-TV-Z]{2}$/.test(text)
