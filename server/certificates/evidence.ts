import { lenient } from '../shared/asn1/lenient.ts'
import { parseCrl, type Crl } from './crl.ts'
import { parseOcsp, type Ocsp } from './ocsp.ts'

/** What is known of revocation when a validation begins: from the file, from the command line, from the cache. */
export type Evidence = Readonly<{ crls: readonly Crl[]; ocsps: readonly Ocsp[] }>

/** Evidence that can travel to a worker thread and on the network, DER. */
export type EvidenceOrder = Readonly<{ crls: readonly Uint8Array[]; ocsps: readonly Uint8Array[] }>

/** Decodes what can be read. The rest is left out: it could only have helped. */
export const decodeCrls = (ders: readonly Buffer[]): Crl[] => ders.flatMap((der) => lenient(() => [parseCrl(der)], []))
export const decodeOcsps = (ders: readonly Buffer[]): Ocsp[] =>
  ders.flatMap((der) => lenient(() => [parseOcsp(der)], []))

export const readEvidence = ({ crls, ocsps }: EvidenceOrder): Evidence => ({
  crls: decodeCrls(crls.map(toBuffer)),
  ocsps: decodeOcsps(ocsps.map(toBuffer)),
})

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
