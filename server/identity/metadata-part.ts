import { xml, type Markup } from './xml-markup.ts'

/** A PEM certificate as SAML publishes it: its base64 on one line. */
export const keyInfo = (certificate: string): Markup =>
  xml`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`

/** Avviso 29: no spaces, with the international prefix. */
export function telephone(phone: string): string {
  const digits = phone.replace(/[^\d+]/g, '')
  return digits.startsWith('+') ? digits : `+39${digits}`
}
