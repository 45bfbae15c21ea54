import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { AppError } from '../server/errors.ts'
import { createLog } from '../server/log.ts'
import { testDatabase } from './support/database.ts'
import { program } from './support/program.ts'

const CF = 'CNTGLI85H54G478Q'

describe('the log', () => {
  const database = testDatabase()
  const thrownBy = async (work: () => Promise<unknown>): Promise<unknown> =>
    work().then(
      () => undefined,
      (error: unknown) => error,
    )

  function lineOf(err: unknown): string {
    const lines: string[] = []
    createLog('info', { write: (line: string) => lines.push(line) }).error({ err }, 'request failed')
    return lines.join('')
  }

  it('says what failed and where, and not whose key was there already', async () => {
    const people = database.connection.collection('people')
    await people.createIndexes([{ key: { cf: 1 }, unique: true }])
    await people.insertOne({ cf: CF })
    const error = await thrownBy(() => people.insertOne({ cf: CF }))
    expect((error as Error).message, 'what the driver says').to.include(CF)
    const line = lineOf(new Error('Not written', { cause: error }))
    expect(line).not.to.include(CF)
    expect(JSON.parse(line)).to.have.nested.include({ 'err.message': 'Not written', 'err.cause.code': 11000 })
    expect(line).to.match(/log\.test\.ts/)
  })

  it('leaves out what a failure tells the person: it may name their file', () => {
    const line = lineOf(
      new AppError('INVALID_INPUT', 'Upload refused', { explanation: `Il file «${CF}.pdf» è vuoto.` }),
    )
    expect(line).to.include('Upload refused').and.not.include(CF)
  })

  it('stops nobody when it cannot be written, as on a full disk', async () => {
    // Opened to be read: every write fails.
    const output = openSync('package.json', 'r')
    const child = spawn(process.execPath, program('test/log-without-room.ts'), { stdio: ['ignore', output, 'pipe'] })
    const ended = once(child, 'exit')
    after(() => child.kill('SIGKILL'))
    expect(await text(child.stderr as NodeJS.ReadableStream)).to.equal('served all')
    expect(await ended).to.deep.equal([0, null])
  })
})
