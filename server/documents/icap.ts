import { scanConnection, type Answer } from './scan-connection.ts'
import type { ScanVerdict, VirusScanner } from './virus-scan.ts'

const DEFAULT_PORT = 1344
const END = '\r\n\r\n'

/**
 * A scanner behind ICAP (RFC 3507). The file is shown as the answer (RESPMOD) or, with `?method=REQMOD`, as the body of a request
 * that passes by. `Allow: 204` lets the scanner answer "No Content" when there is nothing to change in it (§4.6): the only "clean".
 */
export function createIcap(service: URL, patience?: number): VirusScanner {
  const head = headOf(service)
  return {
    begin() {
      const address = { host: service.hostname.replace(/^\[|\]$/g, ''), port: Number(service.port || DEFAULT_PORT) }
      const connection = scanConnection(address, patience)
      const started = connection.write(Buffer.from(head))
      return {
        async write(piece) {
          await started
          if (piece.length === 0) return
          await connection.write(Buffer.from(`${piece.length.toString(16)}\r\n`))
          await connection.write(piece)
          await connection.write(Buffer.from('\r\n'))
        },
        async finish() {
          await started
          await connection.write(Buffer.from(`0${END}`))
          const answer = await connection.answer(isComplete)
          return verdictOf(answer)
        },
        cancel: connection.close,
      }
    },
  }
}

/** The request's head with the HTTP message around the file, whose parts are found by their offsets (§4.4.1). No name, no person. */
function headOf(service: URL): string {
  const asked = service.searchParams.get('method') === 'REQMOD' ? 'REQMOD' : 'RESPMOD'
  const request = `${asked === 'REQMOD' ? 'POST' : 'GET'} http://sportello.invalid/documento HTTP/1.1\r\nHost: sportello.invalid${END}`
  const response = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream${END}`
  const message = asked === 'REQMOD' ? request : request + response
  const parts =
    asked === 'REQMOD'
      ? `req-hdr=0, req-body=${request.length}`
      : `req-hdr=0, res-hdr=${request.length}, res-body=${message.length}`
  return [
    `${asked} icap://${service.host}${service.pathname} ICAP/1.0`,
    `Host: ${service.host}`,
    'User-Agent: sportello',
    'Allow: 204',
    'Connection: close',
    `Encapsulated: ${parts}${END}${message}`,
  ].join('\r\n')
}

/** All headers of the answer, and where something comes back (200) also those of the HTTP message in it. */
const isComplete = (text: string): boolean => text.split(END).length > (statusOf(text) === '200' ? 2 : 1)

/** Headers by which scanners name what they found: no standard, but in use by all. */
const FOUND = /^(?:X-Infection-Found|X-Virus-ID|X-Violations-Found|X-Virus-Name): *(.*)$/im

function verdictOf({ text, failure, away }: Answer): ScanVerdict {
  const threat = threatIn(text)
  if (threat !== undefined) return { verdict: 'infected', threat }
  const status = statusOf(text)
  if (status === '204') return { verdict: 'clean' }
  // The codes are HTTP's where ICAP has none of its own (§4.3.3).
  if (status === '413') return { verdict: 'too-large' }
  const reason = status ? `ICAP status ${status}` : (failure ?? 'the scanner hung up')
  return { verdict: 'unknown', reason, away }
}

function threatIn(text: string): string | undefined {
  const [head = '', message = ''] = text.split(END)
  const found = FOUND.exec(head)?.[1]
  if (found !== undefined) return /Threat=([^;]+)/.exec(found)?.[1] ?? found.trim()
  // A page that forbids instead of the file. One that is let through with 200 says nothing: that scanner ignores `Allow`.
  return statusOf(text) === '200' && /^HTTP\/1\.\d [45]/.test(message) ? 'blocked' : undefined
}

const statusOf = (text: string): string | undefined => /^ICAP\/1\.\d (\d{3})/.exec(text)?.[1]
