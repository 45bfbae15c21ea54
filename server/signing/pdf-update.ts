import { createRequire } from 'node:module'
import type * as PdfLib from '@cantoo/pdf-lib'
import type { PDFDocument } from '@cantoo/pdf-lib'
import { MAX_EXPANDED } from '../pdf/index.ts'

/** The PDF library. Its ES build is hundreds of files, which a loader reads one by one; its CommonJS build is there at once. */
export const lib = createRequire(import.meta.url)('@cantoo/pdf-lib') as typeof PdfLib

const BOMB = 'A stream expands beyond any structure'

/** Streams that went beyond it so far: the library goes on without the objects of one that throws. */
let bombs = 0

/**
 * The library, other than our own reader, expands every object stream in a file, those that nothing needs too, to any size and outside the heap that a thread is
 * limited to: two gigabytes in a file of two megabytes. All its decoders grow by one method of their common prototype.
 */
function limitExpansion(): void {
  type Decoder = { ensureBuffer: (this: unknown, requested: number) => Uint8Array }
  const dictionary = lib.PDFContext.create().obj({ Filter: 'FlateDecode' })
  const flate = lib.decodePDFRawStream(lib.PDFRawStream.of(dictionary, Uint8Array.of(0x78, 0x9c)))
  const decoder = Object.getPrototypeOf(Object.getPrototypeOf(flate)) as Decoder
  const { ensureBuffer } = decoder
  decoder.ensureBuffer = function (requested) {
    if (requested <= MAX_EXPANDED) return ensureBuffer.call(this, requested)
    bombs += 1
    throw new Error(BOMB)
  }
}
limitExpansion()

/**
 * Millionths of a second that reading one file may take, reckoned by what is in it: a tagged plan of a thousand pages has a third
 * of it.
 */
const MOST_READ = 6_000_000
const TOO_MUCH = 'There is too much to read'

/** What may still be read of the file that is being opened; what we write ourselves is without limit. */
let left = Infinity

function spend(cost: number): void {
  left -= cost
  if (left < 0) throw new Error(TOO_MUCH)
}

/**
 * The library reads all that lies in a file, whether a cross-reference names it or not: half a million objects took it half a minute and
 * 300 MB, three megabytes of letters between two objects more than a minute.
 */
function limitReading(): void {
  type Step = (this: unknown, ...given: unknown[]) => unknown
  const on = (prototype: object) => prototype as Record<string, Step>
  const charge = (steps: Record<string, Step>, name: string, cost: number): void => {
    const step = steps[name] as Step
    steps[name] = function (...given) {
      spend(cost)
      return step.apply(this, given)
    }
  }
  const [values, objects] = [on(lib.PDFObjectParser.prototype), on(lib.PDFParser.prototype)]
  charge(values, 'parseObject', 2)
  charge(values, 'parseDict', 3)
  charge(values, 'parseName', 4)
  charge(on(lib.PDFContext.prototype), 'assign', 10)
  // Where does an object begin? Once for each, and for each character that stands between two of them.
  charge(objects, 'matchIndirectObjectHeader', 8)
  const { tryToParseInvalidIndirectObject: skip } = objects as { tryToParseInvalidIndirectObject: Step }
  objects['tryToParseInvalidIndirectObject'] = function () {
    const found = skip.call(this)
    // It looked through all the rest of the file for the end of this one object.
    if (found === undefined) spend(MOST_READ / 10)
    return found
  }
}
limitReading()

/**
 * A PDF to be appended to. Not in turns, as the library reads and writes by itself: it would wait a millisecond after every
 * fifty or hundred objects for others, and in our threads nobody waits.
 */
export async function openForUpdate(pdf: Uint8Array, most = MOST_READ): Promise<PDFDocument> {
  const before = bombs
  left = most
  try {
    const document = await lib.PDFDocument.load(pdf, {
      forIncrementalUpdate: true,
      updateMetadata: false,
      parseSpeed: lib.ParseSpeeds.Fastest,
    })
    if (bombs > before) throw new Error(BOMB)
    // It goes on after an object that throws: after the last one too.
    if (left < 0) throw new Error(TOO_MUCH)
    // At each entry of each new dictionary the library would look through all objects for the one that it changes: we say which.
    document.context.registerObjectChange = () => undefined
    return document
  } finally {
    left = Infinity
  }
}

/** What was opened, byte for byte, and what was changed in it as one more revision (ISO 32000-2 §7.5.6); it may be changed further. */
export const updated = async (document: PDFDocument): Promise<Buffer> => {
  const { buffer } = await document.commit({ useObjectStreams: false, objectsPerTick: Infinity })
  return Buffer.from(buffer)
}
