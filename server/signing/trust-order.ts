import { parseCertificate, readEvidence, type EvidenceOrder } from '../certificates/index.ts'
import type { Trust } from './trust.ts'
import { anchorsOf } from './trust-index.ts'
import { loadTrustIndex } from './trusted-list-folder.ts'

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

const buffers = (list: readonly Uint8Array[]): Buffer[] =>
  list.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))

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
