import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** The harmless file at which every scanner cries out (eicar.org); in two parts, so that none cries out at this source. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

export type TestScanner = Readonly<{
  /** As `VIRUS_SCAN` takes it. */
  address: string
  /** The files that came, complete ones only. */
  seen: Buffer[]
  stop: () => Promise<void>
}>

type Behaviour = Readonly<{
  /** Answers and hangs up as soon as it has found something, in the middle of the file. */ hasty?: boolean
}>

type Limit = Readonly<{
  /** Longest file, in bytes. */
  limit?: number
  /** Closes in the middle of a file that is longer, as the real one does, and does not read on. */
  abrupt?: boolean
  /** What it says to that. */
  words?: string
}>

/** A clamd that knows one virus, by its own protocol over a socket (clamd(8), INSTREAM); at a path, or at a free port. */
export async function startClamd({
  hasty,
  path,
  limit = Infinity,
  abrupt = false,
  words = 'INSTREAM size limit exceeded. ERROR\0',
}: Behaviour & Limit & { path?: string } = {}): Promise<TestScanner> {
  const seen: Buffer[] = []
  const server = createServer((socket) => {
    const command = 'zINSTREAM\0'
    let buffer = Buffer.alloc(0)
    let file = Buffer.alloc(0)
    let started = false
    let done = false
    const answer = (text: string): void => {
      done = true
      socket.end(`${text}\0`)
    }
    // What was not read yet makes the system reset the connection.
    const hangUp = (): void => {
      done = true
      socket.pause().end(words, () => socket.destroy())
    }
    const greet = (): boolean => {
      if (buffer.length < command.length) return false
      if (buffer.toString('latin1', 0, command.length) !== command) answer('UNKNOWN COMMAND')
      buffer = buffer.subarray(command.length)
      return (started = true)
    }
    const take = (): boolean => {
      if (buffer.length < 4 || buffer.length < 4 + buffer.readUInt32BE(0)) return false
      const length = buffer.readUInt32BE(0)
      file = Buffer.concat([file, buffer.subarray(4, 4 + length)])
      buffer = buffer.subarray(4 + length)
      judge(length === 0)
      return true
    }
    const judge = (whole: boolean): void => {
      if (whole) seen.push(file)
      if (file.length > limit && abrupt) hangUp()
      else if (file.length > limit) answer('INSTREAM size limit exceeded. ERROR')
      else if (file.includes(EICAR) && (hasty || whole)) answer('stream: Eicar-Signature FOUND')
      else if (whole) answer('stream: OK')
    }
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      buffer = Buffer.concat([buffer, piece])
      while (!done && (started ? take() : greet()));
    })
  })
  const port = await listening(server, path)
  return { address: path ? `clamd://${path}` : `clamd://127.0.0.1:${port}`, seen, stop: () => stopped(server) }
}

/** An ICAP server that knows one virus (RFC 3507): 204 for what is clean, 200 with a forbidding page otherwise. */
export async function startIcap({
  method = 'RESPMOD',
  hasty,
}: Behaviour & { method?: string } = {}): Promise<TestScanner> {
  const seen: Buffer[] = []
  const server = createServer((socket) => {
    let received = Buffer.alloc(0)
    let done = false
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece])
      if (done) return
      const request = icapRequest(received)
      if (!request || (!request.complete && !(hasty && request.body.includes(EICAR)))) return
      done = true
      if (request.complete) seen.push(request.body)
      socket.end(icapAnswer(request, method))
    })
  })
  const port = await listening(server)
  const query = method === 'RESPMOD' ? '' : `?method=${method}`
  return { address: `icap://127.0.0.1:${port}/avscan${query}`, seen, stop: () => stopped(server) }
}

type IcapRequest = Readonly<{ line: string; allows204: boolean; body: Buffer; complete: boolean }>

/** What has come so far; the body by the offset that `Encapsulated` gives, and its chunks. */
function icapRequest(bytes: Buffer): IcapRequest | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const offset = Number(/^Encapsulated: .*?(?:req|res)-body=(\d+)$/m.exec(head)?.[1])
  const chunks: Buffer[] = []
  let at = end + 4 + offset
  for (;;) {
    const line = bytes.indexOf('\r\n', at)
    const size = line < 0 ? NaN : parseInt(bytes.toString('latin1', at, line), 16)
    const complete = size === 0
    if (complete || !(line + 2 + size + 2 <= bytes.length))
      return {
        line: head.split('\r\n')[0] ?? '',
        allows204: /^Allow: 204$/m.test(head),
        complete,
        body: Buffer.concat(chunks),
      }
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

function icapAnswer({ line, allows204, body }: IcapRequest, method: string): string {
  if (!new RegExp(`^${method} icap://127\\.0\\.0\\.1:\\d+/avscan ICAP/1\\.0$`).test(line))
    return 'ICAP/1.0 405 Method not allowed\r\n\r\n'
  if (body.includes(EICAR)) {
    const page = 'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n'
    return `ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Signature;\r\nEncapsulated: res-hdr=0, res-body=${page.length}\r\n\r\n${page}4\r\nStop\r\n0\r\n\r\n`
  }
  return allows204
    ? 'ICAP/1.0 204 No Content\r\n\r\n'
    : 'ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'
}

/** A scanner that takes everything and never says a word. */
export async function startMute(): Promise<TestScanner> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).resume()
  })
  const port = await listening(server)
  return {
    address: `clamd://127.0.0.1:${port}`,
    seen: [],
    async stop() {
      for (const socket of sockets) socket.destroy()
      await stopped(server)
    },
  }
}

function listening(server: Server, path?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const ready = (): void => resolve(path ? 0 : (server.address() as AddressInfo).port)
    if (path) server.listen(path, ready)
    else server.listen(0, '127.0.0.1', ready)
  })
}

const stopped = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
