import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ConfigError, readConfig } from '../server/config.ts'
import { start } from '../server/main.ts'
import { databaseWay } from './support/database-way.ts'
import { testPlatform } from './support/platform.ts'
import { program } from './support/program.ts'

describe('a process that cannot start', () => {
  const holder = testPlatform({ env: { WORKER: 'false' } })

  for (const [what, endsAt] of [
    ['while it makes its indexes', 'createIndexes'],
    ['as the schedule is opened', 'findAndLockNextJobIndex'],
  ] as const)
    it(`ends with a sentence when its database goes away ${what}`, async () => {
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

  it('says what is wrong with the procedures, and not where that was found', async () => {
    const root = mkdtempSync(join(tmpdir(), 'sportello-'))
    cpSync('forms', join(root, 'forms'), { recursive: true })
    mkdirSync(join(root, 'forms/ufficio/pratica'), { recursive: true })
    writeFileSync(join(root, 'forms/ufficio/pratica/procedure.json'), '{')
    try {
      const env = { ...process.env, ...holder.platform.env }
      const { status, stderr } = spawnSync(process.execPath, program('server/main.ts'), {
        cwd: root,
        env,
        encoding: 'utf8',
      })
      expect(status).to.equal(1)
      expect(stderr)
        .to.match(/^I procedimenti in forms/)
        .and.not.match(/^ +at /m)
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
