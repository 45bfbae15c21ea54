import { parseCertificate } from './certificate.ts'
import type { MissingRevocation, Trust } from './trust.ts'
import type { Evidence } from './revocation.ts'
import { anchorsOf } from './trust-index.ts'
import { loadTrustIndex } from './trusted-list-folder.ts'
import { decodeCrls, decodeOcsps } from './embedded-evidence.ts'

export type EvidenceOrder = Readonly<{ crls: readonly Uint8Array[]; ocsps: readonly Uint8Array[] }>

/** A trust that can travel to a worker thread: bytes and numbers only. */
export type TrustOrder = Readonly<{
  at: number
  anchors: readonly Uint8Array[]
  intermediates: readonly Uint8Array[]
  /** Null = revocation is not asked for. */
  evidence: EvidenceOrder | null
  registeredAt: number | null
  /** Folder of the trusted lists; a thread reads it once and again when it changes. */
  lists?: string
}>

/** What a worker lacked, likewise. */
export type MissingOrder = Readonly<{
  certificate: Uint8Array
  issuer: Uint8Array
  ocsp: readonly string[]
  crls: readonly string[]
}>

const buffers = (list: readonly Uint8Array[]): Buffer[] =>
  list.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))

export const readEvidence = ({ crls, ocsps }: EvidenceOrder): Evidence => ({
  crls: decodeCrls(buffers(crls)),
  ocsps: decodeOcsps(buffers(ocsps)),
})

export function readTrust({ at, anchors, intermediates, evidence, registeredAt, lists: folder }: TrustOrder): Trust {
  const lists = folder === undefined ? null : loadTrustIndex(folder)
  return {
    lists,
    at: new Date(at),
    anchors: [...buffers(anchors).map(parseCertificate), ...(lists ? anchorsOf(lists) : [])],
    intermediates: buffers(intermediates).map(parseCertificate),
    evidence: evidence && readEvidence(evidence),
    registeredAt: registeredAt === null ? null : new Date(registeredAt),
    missing: [],
  }
}

export const missingOrder = ({ certificate, issuer, ocsp, crls }: MissingRevocation): MissingOrder => ({
  certificate: certificate.der,
  issuer: issuer.der,
  ocsp,
  crls,
})
