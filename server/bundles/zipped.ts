import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** A file of an archive; `size` where it is known before, as that of a document is. */
export type ZippedFile = Readonly<{ path: string; size?: number; content: Buffer | (() => AsyncIterable<Uint8Array>) }>

/**
 * A ZIP as a stream: one file is open at a time, the next is asked for when it was sent, and nothing is held but what is on its way.
 * Documents are stored as they are (they are packed already), our own text is deflated. Ends with an error, and so without a
 * directory, when a file cannot be read to its end or is not as long as was said. Whatever is open is let go with the stream.
 */
export function zipped(files: Iterable<ZippedFile> | AsyncIterable<ZippedFile>, mtime: Date): Readable {
  const zip = new ZipFile()
  // Its types are older than streams that say so.
  const output = zip.outputStream as unknown as Readable
  const fail = (error: unknown): void => void output.destroy(error as Error)
  zip.on('error', fail)
  void fill(zip, output, { files, mtime }).catch(fail)
  return output
}

type Filling = Readonly<{ files: Iterable<ZippedFile> | AsyncIterable<ZippedFile>; mtime: Date }>

async function fill(zip: ZipFile, output: Readable, { files, mtime }: Filling): Promise<void> {
  for await (const { path, size, content } of files) {
    if (Buffer.isBuffer(content)) zip.addBuffer(content, path, { mtime })
    else
      await sent(zip, output, {
        content,
        path,
        options: size === undefined ? { mtime } : { mtime, size, compress: false },
      })
    // Also lets go of what the list of files holds.
    if (output.destroyed) return
  }
  zip.end()
}

type Sending = Readonly<{
  content: () => AsyncIterable<Uint8Array>
  path: string
  options: { mtime: Date; size?: number; compress?: false }
}>

/** Adds a file and waits until all of it was taken, or nobody takes it any more. */
function sent(zip: ZipFile, output: Readable, { content, path, options }: Sending): Promise<void> {
  return new Promise((resolve) => {
    const letGo = (): void => resolve()
    output.once('close', letGo)
    zip.addReadStreamLazy(path, options, (use) => {
      const source = Readable.from(content(), { objectMode: false })
      const end = (): void => void source.destroy()
      // Nobody else listens: unheard it would end the process.
      source.once('error', (error) => output.destroy(error))
      output.once('close', end)
      source.once('close', () => {
        output.off('close', letGo).off('close', end)
        resolve()
      })
      use(null, source)
    })
  })
}
