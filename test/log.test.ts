import { expect } from 'chai'
import { AppError } from '../server/errors.ts'
import { createLog } from '../server/log.ts'
import { testDatabase } from './support/database.ts'

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
})
