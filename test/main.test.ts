import { expect } from 'chai'
import { ConfigError, readConfig } from '../server/config.ts'
import { start } from '../server/main.ts'
import { databaseWay } from './support/database-way.ts'
import { testPlatform } from './support/platform.ts'

describe('a process that starts while its database goes away', () => {
  const holder = testPlatform({ env: { WORKER: 'false' } })

  for (const [what, endsAt] of [
    ['while it makes its indexes', 'createIndexes'],
    ['when the schedule is opened', 'findAndLockNextJobIndex'],
  ] as const)
    it(`ends with a sentence: ${what}`, async () => {
      const { mongoUri, env } = holder.platform
      const { way, uri, close } = await databaseWay(mongoUri)
      way.endsAt = endsAt
      try {
        const worker = { ...env, MONGODB_URI: uri, WEB: 'false', WORKER: 'true', LOG_LEVEL: 'silent' }
        const failure: unknown = await start(readConfig(worker)).catch((error: unknown) => error)
        expect(failure).to.be.instanceOf(ConfigError)
        expect((failure as ConfigError).problems.join()).to.match(/^MONGODB_URI: il database ha smesso di rispondere/)
      } finally {
        close()
      }
    })
})
