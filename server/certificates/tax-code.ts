import { OID } from '../shared/asn1/oids.ts'
import { isCodiceFiscale } from '../shared/italian/codice-fiscale.ts'
import { attributeOf, type Certificate } from './certificate.ts'

const CODE = '[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]'
const IN_SERIAL_NUMBER = new RegExp(`^(?:TINIT-|IT:)(${CODE})$`, 'i')
/** CNS and CIE: `CN = CODICEFISCALE/<card>.<hash>` (signatures-and-pdf.md §4.2). */
const IN_COMMON_NAME = new RegExp(`^(${CODE})/`, 'i')
const LEGAL_PERSON = /^(?:VATIT-|NTRIT-|CF:IT-)(\d{11})$/i

/** Codice fiscale of a person, or the eleven digits of a legal person; null when the certificate holds neither, or one with a wrong control character. */
export function taxCode({ subject }: Certificate): string | null {
  const find = (pattern: RegExp, type: string): string | undefined =>
    pattern.exec(attributeOf(subject, type) ?? '')?.[1]
  const code = (find(IN_SERIAL_NUMBER, OID.serialNumber) ?? find(IN_COMMON_NAME, OID.commonName))?.toUpperCase()
  if (code !== undefined) return isCodiceFiscale(code) ? code : null
  return find(LEGAL_PERSON, OID.organizationIdentifier) ?? null
}
