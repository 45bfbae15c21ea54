import busboy, { type Busboy } from 'busboy'
import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { StoredDocument } from './document.ts'
import { cleanName } from './file-name.ts'
import { formatSize } from '../shared/file-size.ts'

/** What was typed, by name of field: several values under a name that came several times (ticked boxes). */
type FormFields = ReadonlyMap<string, string | readonly string[]>

export type UploadHandlers = Readonly<{
  /**
   * Called once, with the fields that came before the first file (all of them, if there is no file): throws unless the
   * anti-forgery token among them is right. The token is therefore the first field of the form.
   */
  authorize: (fields: FormFields) => unknown
  /** Takes one file, most often with `documents.receive`. An `AppError` concerns that file only, and the others go on. */
  receive: (
    file: Readonly<{ field: string; name: string; stream: Readable; fields: FormFields }>,
  ) => Promise<StoredDocument>
  maxFiles?: number
  /** Of the whole request. A longer one is refused before anything is stored, if the browser says its length. */
  maxBytes?: number
}>

type UploadedFile =
  | Readonly<{ field: string; name: string; document: StoredDocument; error?: never }>
  | Readonly<{ field: string; name: string; error: AppError; document?: never }>

export type UploadedForm = Readonly<{ fields: FormFields; files: readonly UploadedFile[] }>

const MOST_FIELDS = 200
const LARGEST_FIELD = 100_000
/** Of all fields together, as of a form without files: they are kept with the draft. */
const LARGEST_TEXT = 512 * 1024
const MOST_FILES = 20
/** A browser shows our answer only when it has sent its last byte; this much of what we refuse we let it send. */
const MOST_DISCARDED = 512 * 1024 * 1024

/**
 * Reads a `multipart/form-data` request and hands each file on as a stream. A file input left empty is no file.
 * Fails with an `AppError` for the form as a whole (wrong token, interrupted, too long), after the files under way have been
 * given up and the rest of the request has been thrown away: otherwise the browser would show a broken connection in place
 * of the page that explains.
 */
export async function uploadForm(req: IncomingMessage, handlers: UploadHandlers): Promise<UploadedForm> {
  try {
    const { maxBytes = Infinity } = handlers
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw formTooLarge(maxBytes)
    return await readForm(req, createParser(req, handlers), handlers)
  } catch (error) {
    await discardRest(req)
    throw error
  }
}

function createParser(req: IncomingMessage, { maxFiles = MOST_FILES }: UploadHandlers): Busboy {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: { fields: MOST_FIELDS, fieldSize: LARGEST_FIELD, files: maxFiles },
    })
  } catch (cause) {
    throw broken(cause)
  }
}

function readForm(req: IncomingMessage, parser: Busboy, handlers: UploadHandlers): Promise<UploadedForm> {
  const fields = new Map<string, string | readonly string[]>()
  let typed = 0
  const files: Promise<UploadedFile>[] = []
  const authorize = once(() => handlers.authorize(fields))

  return new Promise((resolve, reject) => {
    const stop = once((error: unknown) => {
      req.unpipe(parser)
      // Breaks the streams of the files under way; their bytes are gone before we answer.
      parser.destroy()
      void Promise.allSettled(files).then(() => reject(error as Error))
    })
    /** A listener that throws would throw inside the parser. */
    const guarded = <Parts extends unknown[]>(listener: (...parts: Parts) => void) => {
      return (...parts: Parts): void => {
        try {
          listener(...parts)
        } catch (error) {
          stop(error)
        }
      }
    }
    const onField = (given: string | undefined, text: unknown, { valueTruncated }: busboy.FieldInfo): void => {
      const name = named(given)
      const value = decoded(text)
      typed += name.length + value.length
      if (valueTruncated || typed > LARGEST_TEXT) throw tooMuch('too much text')
      const before = fields.get(name)
      fields.set(name, before === undefined ? value : [before, value].flat())
    }
    const onFile = (given: string | undefined, part: Readable, { filename }: Partial<busboy.FileInfo>): void => {
      part.on('error', (cause) => stop(broken(cause)))
      authorize()
      const field = named(given)
      if (!filename) {
        part.resume()
        return
      }
      const file = take({ field, name: unescaped(filename), part, fields }, handlers)
      file.catch(stop)
      files.push(file)
    }
    const onClose = (): void => {
      authorize()
      Promise.all(files).then((taken) => resolve({ fields, files: taken }), stop)
    }
    parser.on('field', guarded(onField)).on('file', guarded(onFile)).on('close', guarded(onClose))
    parser
      // The parser skips the files beyond the limit: what was typed, and the files before them, are not lost.
      .on('filesLimit', () => files.push(Promise.resolve(beyond(handlers.maxFiles))))
      .on('fieldsLimit', () => stop(tooMuch('too many fields')))
    parser.on('error', (cause) => stop(broken(cause)))
    req.once('close', () => req.complete || stop(broken(new Error('The connection was closed'))))
    req.pipe(parser)
  })
}

type Part = Readonly<{ field: string; name: string; part: Readable; fields: FormFields }>

async function take({ field, name, part, fields }: Part, handlers: UploadHandlers): Promise<UploadedFile> {
  // A stream of our own between parser and receiver: the receiver may give the file up, and the parser must still read past
  // it.
  const stream = new PassThrough()
  part.once('error', (error) => stream.destroy(error))
  stream.on('error', () => undefined)
  part.pipe(stream)
  try {
    return { field, name: cleanName(name), document: await handlers.receive({ field, name, stream, fields }) }
  } catch (error) {
    if (error instanceof AppError) return { field, name: cleanName(name), error }
    throw error
  } finally {
    part.unpipe(stream).resume()
    stream.destroy()
  }
}

/** Reads on to the end of a request and keeps nothing of it. */
export async function discardRest(req: IncomingMessage): Promise<void> {
  if (req.complete || req.destroyed) return
  await new Promise<void>((done) => {
    let discarded = 0
    req.on('data', (chunk: Buffer) => {
      discarded += chunk.length
      if (discarded > MOST_DISCARDED) done()
    })
    req
      .once('end', done)
      .once('close', done)
      .once('error', () => done())
    req.resume()
  })
}

function once<Arguments extends unknown[]>(work: (...parts: Arguments) => void): (...parts: Arguments) => void {
  let done = false
  return (...parts) => {
    if (done) return
    done = true
    work(...parts)
  }
}

/** Every part has a name (RFC 7578 §4.2); busboy passes one without it on all the same. */
function named(name: string | undefined): string {
  if (name === undefined) throw broken(new Error('A part has no name'))
  return name
}

/** A file's name as its device has it: browsers write these three characters of it so (HTML, multipart/form-data encoding algorithm), and no `%`. */
const unescaped = (name: string): string => name.replaceAll(/%(?:22|0D|0A)/g, decodeURIComponent)

/** In place of a text whose part names an encoding that it does not know, busboy passes nothing. */
function decoded(text: unknown): string {
  if (typeof text !== 'string') throw broken(new Error('A part is in an unknown encoding'))
  return text
}

const broken = (cause: unknown): AppError =>
  new AppError('BAD_REQUEST', 'Interrupted or malformed form', {
    explanation: 'Il caricamento si è interrotto prima della fine. Controlla la connessione e allega di nuovo il file.',
    cause,
  })

const tooMuch = (what: string): AppError =>
  new AppError('TOO_LARGE', `Form refused: ${what}`, {
    explanation: 'Hai inviato troppi dati in una volta sola. Allega meno file per volta e riprova.',
  })

/** Stands for the files that were one too many. */
const beyond = (most = MOST_FILES): UploadedFile => ({
  field: '',
  name: '',
  error: new AppError('TOO_LARGE', `More than ${most} files`, {
    explanation: `Si possono inviare al massimo ${most} file alla volta: gli altri non sono stati caricati. Aggiungili con un altro invio.`,
  }),
})

const formTooLarge = (maxBytes: number): AppError =>
  new AppError('TOO_LARGE', `Form refused: more than ${maxBytes} bytes`, {
    explanation: `Hai inviato più di ${formatSize(maxBytes)} in una volta sola. Allega file più piccoli, oppure uno per volta.`,
  })
