import { createGate } from '../shared/gate.ts'

/** What whoever takes a file is given at a time: so much, copied out of its piece, waits for each slow line. */
const SLICE_BYTES = 64 * 1024

/** A piece of a file and where in the file it begins. */
export type Piece = Readonly<{ start: number; bytes: Uint8Array }>

type Hold = Readonly<{
  /** Pieces held at a time by all flows together. */
  most: number
  /** Calls back for a flow of which nothing is taken any more; returns what calls that off. */
  stalled: (letGo: () => void) => () => void
}>

/**
 * Files flow to those who take them, a slice at a time, and few of their pieces are held at once, however many take. A flow
 * that stalls lets its piece go, for others to hold theirs, and reads it again once it goes on: a slow line costs reads, not
 * memory, and holds nobody up.
 */
export function createFlow({ most, stalled }: Hold) {
  const gate = createGate(most)
  const enter = () => new Promise<() => void>((entered) => void gate(() => new Promise<void>(entered)))

  return async function* flow(size: number, pieceAt: (offset: number) => Promise<Piece>): AsyncGenerator<Uint8Array> {
    let offset = 0
    while (offset < size) {
      const turn: Turn = { leave: await enter(), goesOn: () => undefined }
      const letGo = (): void => {
        delete turn.piece
        turn.leave()
      }
      try {
        turn.piece = await pieceAt(offset)
        for (let slice = sliceAt(turn, offset); slice; slice = sliceAt(turn, offset)) {
          offset += slice.length
          turn.goesOn = stalled(letGo)
          yield slice
          turn.goesOn()
        }
      } finally {
        turn.goesOn()
        turn.leave()
      }
    }
  }
}

/** While a piece is held. */
type Turn = { piece?: Piece; leave: () => void; goesOn: () => void }

/** Undefined when the piece has gone, or has no more. A copy: what waits in a socket would otherwise keep the whole piece. */
function sliceAt({ piece }: Turn, offset: number): Uint8Array | undefined {
  if (!piece) return undefined
  const from = offset - piece.start
  return from < piece.bytes.length ? new Uint8Array(piece.bytes.subarray(from, from + SLICE_BYTES)) : undefined
}
