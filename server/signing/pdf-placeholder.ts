import type { PDFContext, PDFDict, PDFDocument, PDFObject, PDFPage, PDFRef } from '@cantoo/pdf-lib'
import { CONTENTS_BYTES, RANGE_PLACEHOLDER } from './byte-range.ts'
import { addValidationData, type ValidationData } from './pdf-dss-writer.ts'
import { tagWidget } from './pdf-tag.ts'
import { lib, openForUpdate, updated } from './pdf-update.ts'
import { drawAppearance, placedOn } from './seal-appearance.ts'
import type { SealWords } from './seal-words.ts'

/** `signed` is how many of the bytes the signature will be about. */
type Unsigned = Readonly<{ bytes: Buffer; signed: number }>

/**
 * Appends to a PDF, byte for byte unchanged, a signature field whose value waits for its signature. Zero rectangle unless an
 * appearance is asked for: an untagged visible widget would break PDF/UA (signatures-and-pdf.md §13.2). `data`, where it is known
 * before the signature, follows in a revision of its own: within the signed one EU DSS does not take it for level LT.
 */
export async function withPlaceholder(pdf: Uint8Array, words: SealWords, data?: ValidationData): Promise<Unsigned> {
  const document = await openForUpdate(pdf)
  const { context } = document
  const appearance = words.appearance && placedOn(document, words.appearance)
  const page = document.getPage(appearance?.page ?? 0)
  const field = context.nextRef()
  const signature = context.register(signatureDictionary(context, words))
  const { rect, form } = await drawAppearance(document, appearance)
  context.assign(
    field,
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: lib.PDFString.of(freeName(document, words.field)),
      ...(appearance ? { TU: lib.PDFHexString.fromText(appearance.lines.join(', ')) } : {}),
      V: signature,
      P: page.ref,
      Rect: [...rect],
      F: 132,
      AP: { N: form },
    }),
  )
  addAnnotation(context, page, field)
  if (appearance) tagWidget(document, { widget: field, page })
  addField(document, field)
  const bytes = await updated(document)
  if (!data) return { bytes, signed: bytes.length }
  addValidationData(document, data)
  return { bytes: await updated(document), signed: bytes.length }
}

function signatureDictionary(context: PDFContext, { reason, name, location, at }: SealWords): PDFDict {
  const dictionary = context.obj({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: [
      0,
      lib.PDFName.of(RANGE_PLACEHOLDER),
      lib.PDFName.of(RANGE_PLACEHOLDER),
      lib.PDFName.of(RANGE_PLACEHOLDER),
    ],
    Contents: lib.PDFHexString.of('0'.repeat(CONTENTS_BYTES * 2)),
    M: lib.PDFString.fromDate(at),
    Reason: lib.PDFHexString.fromText(reason),
    Name: lib.PDFHexString.fromText(name),
  })
  if (location !== undefined) dictionary.set(lib.PDFName.of('Location'), lib.PDFHexString.fromText(location))
  return dictionary
}

/** Field names must be unique in the form (ISO 32000-2 §12.7.4.2). */
function freeName(document: PDFDocument, field = 'Sigillo'): string {
  const taken =
    document.catalog
      .lookupMaybe(lib.PDFName.of('AcroForm'), lib.PDFDict)
      ?.lookupMaybe(lib.PDFName.of('Fields'), lib.PDFArray)
      ?.size() ?? 0
  return `${field}${taken + 1}`
}

function addAnnotation(context: PDFContext, page: PDFPage, widget: PDFRef): void {
  appendTo(context, { holder: page.node, holderRef: page.ref, key: 'Annots' }, widget)
}

function addField(document: PDFDocument, field: PDFRef): void {
  const { context, catalog } = document
  const root = context.trailerInfo.Root as PDFRef
  const value = catalog.get(lib.PDFName.of('AcroForm'))
  const form = catalog.lookupMaybe(lib.PDFName.of('AcroForm'), lib.PDFDict) ?? context.obj({ Fields: [] })
  if (value === undefined) {
    catalog.set(lib.PDFName.of('AcroForm'), context.register(form))
    markChanged(context, root)
  }
  const formRef = value instanceof lib.PDFRef ? value : root
  form.set(lib.PDFName.of('SigFlags'), lib.PDFNumber.of(3))
  markChanged(context, formRef)
  appendTo(context, { holder: form, holderRef: formRef, key: 'Fields' }, field)
}

type Place = Readonly<{ holder: PDFDict; holderRef: PDFRef; key: string }>

/** Adds to an array wherever it is written: in its own object, in its holder, or nowhere yet. */
function appendTo(context: PDFContext, { holder, holderRef, key }: Place, item: PDFObject): void {
  const name = lib.PDFName.of(key)
  const written = holder.get(name)
  const array = holder.lookupMaybe(name, lib.PDFArray)
  if (array) array.push(item)
  else holder.set(name, context.obj([item]))
  markChanged(context, array && written instanceof lib.PDFRef ? written : holderRef)
}

const markChanged = (context: PDFContext, ref: PDFRef): void => context.snapshot?.markRefForSave(ref)
