import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { program } from '../support/program.ts'
import { testDatabase } from '../support/database.ts'
import { largePdf } from './files.ts'

/** As long as a browser's: the noise of a large file would contain a short one in a run of some thousand. */
const BOUNDARY = `----${randomBytes(16).toString('hex')}`

type Memory = { now: number; peak: number }

describe('the memory of a process that takes large files', function () {
  this.timeout(120_000)
  const database = testDatabase()
  let server: ChildProcess
  let port: number
  let base: number

  before(async () => {
    const told = [process.env['TEST_MONGODB_URI']!, database.connection.name]
    const command = [...program('test/documents/upload-server.ts'), ...told]
    server = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    ;[{ port }] = (await once(server, 'message')) as [{ port: number }]
    await upload(2_000_000)
    base = (await memory()).peak
  })
  after(() => server.kill())

  async function memory(): Promise<Memory> {
    server.send({})
    return ((await once(server, 'message')) as [Memory])[0]
  }

  /** Sends a PDF as a browser does; its SHA-256, if the server has counted the same. */
  async function upload(bytes: number): Promise<string> {
    const hash = createHash('sha256')
    function* body(): Generator<Buffer | string> {
      yield `--${BOUNDARY}\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\nx\r\n`
      yield `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\n\r\n`
      for (const piece of largePdf(bytes)) {
        hash.update(piece)
        yield piece
      }
      yield `\r\n--${BOUNDARY}--\r\n`
    }
    const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
    const sending = request({ port, method: 'POST', headers })
    const answered = once(sending, 'response') as Promise<[Readable]>
    await pipeline(body, sending)
    const [answer] = JSON.parse(await text((await answered)[0])) as [{ sha256?: string; error?: string }]
    const sha256 = hash.digest('hex')
    expect(answer, answer.error).to.have.property('sha256', sha256)
    return sha256
  }

  /** Garbage that is not yet collected is some 40 MB a thread; holding the files would be at least their size. */
  const ALLOWED = 140_000_000

  it('stays flat under eight files of 20 MB at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => upload(20_000_000)))
    expect((await memory()).peak - base).to.be.below(ALLOWED)
  })

  it('stays flat under one file of 200 MB', async () => {
    await upload(200_000_000)
    expect((await memory()).peak - base).to.be.below(ALLOWED)
  })
})
