import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SetupProblem } from '../../setup/problem.ts'
import { findChromium } from '../../setup/tools.ts'

describe('the browser of the tests', () => {
  const before = process.env['PATH']
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sportello-path-'))
    process.env['PATH'] = folder
  })
  afterEach(() => {
    process.env['PATH'] = before
    rmSync(folder, { recursive: true })
  })

  function program(name: string, mode = 0o755): string {
    const path = join(folder, name)
    writeFileSync(path, '')
    chmodSync(path, mode)
    return path
  }

  it('is the one without windows where there are both', async () => {
    program('chromium')
    expect(await findChromium(undefined)).to.equal(join(folder, 'chromium'))
    const windowless = program('chromium-headless-shell')
    expect(await findChromium(undefined)).to.equal(windowless)
  })

  it('is a program that may be run, not any file of that name', async () => {
    program('chromium', 0o644)
    const other = program('google-chrome')
    expect(await findChromium(undefined)).to.equal(other)
  })

  it('is the one that is named, whatever else there is, and never another instead', async () => {
    const windowless = program('chromium-headless-shell')
    const named = program('mine')
    expect(await findChromium(named)).to.equal(named)
    const failure: unknown = await findChromium(join(folder, 'gone')).catch((error: unknown) => error)
    expect(failure, windowless).to.be.instanceOf(SetupProblem)
    expect((failure as SetupProblem).message).to.include('CHROMIUM_PATH')
  })
})
