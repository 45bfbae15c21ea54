import type { NetConnectOpts } from 'node:net'
import { scanConnection, type Answer } from './scan-connection.ts'
import type { ScanVerdict, VirusScanner } from './virus-scan.ts'

/**
 * ClamAV's daemon by its INSTREAM command (clamd(8)): `z` commands end with a zero byte, each piece goes after its length in four
 * bytes, a length of zero ends the file. Answers: `stream: OK`, `stream: <name> FOUND`, `… ERROR`, by its own words where
 * the file is beyond its `StreamMaxLength` (set it to what may be attached).
 */
export function createClamd(address: NetConnectOpts, patience?: number): VirusScanner {
  return {
    begin() {
      const connection = scanConnection(address, patience)
      const started = connection.write(Buffer.from('zINSTREAM\0'))
      return {
        async write(piece) {
          await started
          await connection.write(lengthOf(piece.length))
          await connection.write(piece)
        },
        async finish() {
          await started
          await connection.write(lengthOf(0))
          const answer = await connection.answer((answer) => answer.includes('\0'))
          return verdictOf(answer)
        },
        cancel: connection.close,
      }
    },
  }
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return length
}

function verdictOf({ text, failure, away }: Answer): ScanVerdict {
  const answer = text.replace(/\0.*$/s, '').trim()
  const threat = /^stream: (.+) FOUND$/.exec(answer)?.[1]
  if (threat !== undefined) return { verdict: 'infected', threat }
  if (answer === 'stream: OK') return { verdict: 'clean' }
  if (/^INSTREAM size limit exceeded/.test(answer)) return { verdict: 'too-large' }
  return { verdict: 'unknown', reason: answer.slice(0, 200) || (failure ?? 'the scanner hung up'), away }
}
