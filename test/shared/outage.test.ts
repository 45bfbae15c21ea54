import { expect } from 'chai'
import { mongo } from 'mongoose'
import { createOutage } from '../../server/shared/outage.ts'

describe('an outage of the database, as work in the background tells it', () => {
  const away = new mongo.MongoNetworkError('connection refused')
  let lines: string[]
  let minutes: number
  const note = (level: string) => (facts: object, message: string) => {
    const since = 'since' in facts ? (facts.since as Date).getTime() / 60_000 : null
    lines.push(`${level} ${minutes} ${message.split(':')[0] ?? ''}${since === null ? '' : ` since ${since}`}`)
  }
  const outage = createOutage({
    log: { warn: note('warn'), error: note('error') },
    now: () => new Date(minutes * 60_000),
  })
  beforeEach(() => (lines = []))

  it('is one line when it begins, one every ten minutes, and one when it is over', () => {
    outage.answered()
    for (minutes = 0; minutes < 25; minutes += 1)
      for (let lane = 0; lane < 8; lane += 1) outage.failed(away, 'outbox cannot be reached')
    outage.answered()
    outage.answered()
    outage.failed(away, 'outbox cannot be reached')
    outage.answered()
    expect(lines).to.deep.equal([
      'error 0 the database is away since 0',
      'error 10 the database is away since 0',
      'error 20 the database is away since 0',
      'warn 25 the database answers again since 0',
      'error 25 the database is away since 25',
      'warn 25 the database answers again since 25',
    ])
  })

  it('hides no other failure', () => {
    minutes = 0
    for (const failure of [away, new TypeError('x'), new TypeError('x')]) outage.failed(failure, 'cannot be reached')
    expect(lines).to.deep.equal([
      'error 0 the database is away since 0',
      'error 0 cannot be reached',
      'error 0 cannot be reached',
    ])
  })
})
