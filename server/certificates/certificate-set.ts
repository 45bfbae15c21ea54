import { TAG, type Der } from '../shared/asn1/der.ts'
import { lenient } from '../shared/asn1/lenient.ts'
import { parseCertificate, type Certificate } from './certificate.ts'

const MAX_CERTIFICATES = 500

/**
 * Decodes the certificates that travel with a signature (DER). One that cannot be read cannot be the signer's either, and is
 * left out.
 */
export const decodeCertificates = (ders: readonly Buffer[]): Certificate[] =>
  ders.flatMap((der) => lenient(() => [parseCertificate(der)], []))

/** A CertificateSet (RFC 5652 §10.2.3) or SEQUENCE OF Certificate: attribute certificates and obsolete choices are passed over. */
export const readCertificates = (choices: readonly Der[]): Certificate[] =>
  decodeCertificates(
    choices
      .slice(0, MAX_CERTIFICATES)
      .filter(({ tag }) => tag === TAG.sequence)
      .map(({ raw }) => raw),
  )
