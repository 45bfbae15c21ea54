/**
 * What base64 in lines holds; null when anything else stands in it or behind its end (`=`), which some programs read on from there, and
 * others leave out.
 */
export const decodeBase64 = (text: string): Buffer | null =>
  /^[A-Za-z0-9+/\s\0]*(?:=[\s\0]*){0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
