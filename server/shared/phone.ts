/** A telephone number as it is dialled: the blanks that people read better are not allowed in an address (RFC 3966). */
export const dialled = (phone: string): string => phone.replace(/[^+\d]/g, '')
