import type { PDFDocument } from '@cantoo/pdf-lib'
import { lib } from './pdf-update.ts'

/** A point of a page, in its coordinates: pages count from 0. */
type PagePoint = Readonly<{ page: number; left: number; top: number }>

/** Where a document names a place by itself (ISO 32000-1 §12.3.2.3, name tree without branches); undefined if it does not. */
export function placeIn(document: PDFDocument, wanted: string): PagePoint | undefined {
  const { PDFArray, PDFDict, PDFHexString, PDFName, PDFNumber, PDFString } = lib
  const names = document.catalog
    .lookupMaybe(PDFName.of('Names'), PDFDict)
    ?.lookupMaybe(PDFName.of('Dests'), PDFDict)
    ?.lookupMaybe(PDFName.of('Names'), PDFArray)
  for (let at = 0; names && at + 1 < names.size(); at += 2) {
    if (names.lookup(at, PDFString, PDFHexString).decodeText() !== wanted) continue
    const destination = names.lookup(at + 1, PDFArray)
    const page = document.getPages().findIndex(({ ref }) => ref === destination.get(0))
    const [left, top] = [2, 3].map((index) => destination.lookup(index, PDFNumber).asNumber())
    return page < 0 || left === undefined || top === undefined ? undefined : { page, left, top }
  }
  return undefined
}
