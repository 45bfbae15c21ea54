import { decodeCertificates, decodeCrls, decodeOcsps, type Certificate, type Evidence } from '../certificates/index.ts'
import type { PdfDocument } from './document.ts'
import { decodeStream } from './stream.ts'
import { dictOf, isArray, isStream, PdfError, type PdfDict, type PdfValue } from './value.ts'

/** The validation data of a PDF (`/DSS`, EN 319 142-1 §5.4.2). */
export type DocumentSecurityStore = Readonly<{
  certificates: readonly Certificate[]
  evidence: Evidence
  hasStatus: boolean
}>

const MAX_ITEMS = 2_000

/** Reads the store; data that cannot be read is left out, since it could only have helped. */
export function dssEvidence(document: PdfDocument): DocumentSecurityStore {
  const store = dictOf(document.entry(document.catalog(), 'DSS'))
  const evidence = {
    crls: decodeCrls(streams(document, store, 'CRLs')),
    ocsps: decodeOcsps(streams(document, store, 'OCSPs')),
  }
  return {
    certificates: decodeCertificates(streams(document, store, 'Certs')),
    evidence,
    hasStatus: evidence.crls.length + evidence.ocsps.length > 0,
  }
}

function streams(document: PdfDocument, store: PdfDict | null, key: string): Buffer[] {
  const list = document.entry(store, key)
  return isArray(list) ? list.slice(0, MAX_ITEMS).flatMap((item) => streamBytes(document, item)) : []
}

function streamBytes(document: PdfDocument, item: PdfValue): Buffer[] {
  const stream = document.resolve(item)
  try {
    return isStream(stream) ? [decodeStream(stream.dict, document.data(stream), document.resolve)] : []
  } catch (error) {
    if (error instanceof PdfError) return []
    throw error
  }
}
