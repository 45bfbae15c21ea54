import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

export type ZippedFile = Readonly<{ path: string; size: number; content: Buffer | (() => AsyncIterable<Uint8Array>) }>

/**
 * A ZIP as a stream: one file is open at a time, and nothing is held but what is on its way. Documents are stored as they are
 * (they are packed already), our own text is deflated. Ends with an error, and so without a directory, when a file cannot be
 * read to its end or is not as long as was said.
 */
export function zipped(files: readonly ZippedFile[], mtime: Date): Readable {
  const zip = new ZipFile()
  // Its types are older than streams that say so.
  const output = Readable.from(zip.outputStream as AsyncIterable<Buffer>, { objectMode: false })
  for (const { path, size, content } of files) {
    if (Buffer.isBuffer(content)) {
      zip.addBuffer(content, path, { mtime })
      continue
    }
    zip.addReadStreamLazy(path, { mtime, size, compress: false }, (use) => {
      use(null, Readable.from(content(), { objectMode: false }))
    })
  }
  zip.on('error', (error: Error) => output.destroy(error))
  zip.end()
  return output
}
