import type { Certificate } from './certificate.ts'

/** Revocation data that would let a validation conclude, and where the certificate says to find it. */
export type MissingRevocation = Readonly<{
  certificate: Certificate
  issuer: Certificate
  ocsp: readonly string[]
  crls: readonly string[]
}>

/** The same in bytes, for whoever fetches it: it may come out of a worker thread. */
export type MissingOrder = Readonly<{
  certificate: Uint8Array
  issuer: Uint8Array
  ocsp: readonly string[]
  crls: readonly string[]
}>

export const missingOrder = ({ certificate, issuer, ocsp, crls }: MissingRevocation): MissingOrder => ({
  certificate: certificate.der,
  issuer: issuer.der,
  ocsp,
  crls,
})
