/**
 * What a scanner says of a file. `too-large`: it takes none of that size, now or later. `unknown`: it could not be asked, or did not
 * answer; the file is scanned again later. `away`: it is not this file's fault, the scanner says nothing at all.
 */
export type ScanVerdict =
  | Readonly<{ verdict: 'clean' }>
  | Readonly<{ verdict: 'infected'; threat: string }>
  | Readonly<{ verdict: 'too-large' }>
  | Readonly<{ verdict: 'unknown'; reason: string; away: boolean }>

/** One file on its way to the scanner. Nothing here throws: a scanner that is down must not stop a filing. */
type Scanning = Readonly<{
  /** Waits while the scanner is slower than the sender. */
  write: (piece: Uint8Array) => Promise<void>
  /** No more comes. */
  finish: () => Promise<ScanVerdict>
  /** The upload broke off. */
  cancel: () => void
}>

export type VirusScanner = Readonly<{ begin: () => Scanning }>

/** Passes the bytes through, each piece to the scanner before it is handed on: no copy of the file is held. */
export async function* passing(bytes: AsyncIterable<Buffer>, scanning: Scanning): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    await scanning.write(piece)
    yield piece
  }
}

/** Scans bytes that are stored already. */
export async function scan(scanner: VirusScanner, bytes: AsyncIterable<Uint8Array>): Promise<ScanVerdict> {
  const scanning = scanner.begin()
  try {
    for await (const piece of bytes) await scanning.write(piece)
    return await scanning.finish()
  } catch (error) {
    scanning.cancel()
    throw error
  }
}
