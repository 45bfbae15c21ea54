import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

describe('the bundle that npm start runs', () => {
  const root = mkdtempSync(join(tmpdir(), 'sportello-bundle-'))
  const program = `import { fromBundle } from ${JSON.stringify(pathToFileURL(resolve('setup/compile.js')).href)}
    const { said } = await fromBundle('start.js')
    console.log(said())`

  before(() => {
    for (const folder of ['server', 'forms', 'setup', 'test/support'])
      mkdirSync(join(root, folder), { recursive: true })
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
    write('setup/start.ts', "import { word } from '../server/word.ts'\nexport const said = (): string => word()\n")
  })
  after(() => rmSync(root, { recursive: true }))

  let written = 0
  /** Each at a second of its own: a change within the same millisecond is none. */
  function write(file: string, text: string): void {
    writeFileSync(join(root, file), text)
    utimesSync(join(root, file), 1_000_000 + written, 1_000_000 + written)
    written += 1
  }
  const run = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' }).trim()
  const bundles = (): string[] => readdirSync(join(root, '.cache/bundle'))

  it('is of the sources as they are, and one that may still run stays', () => {
    write('server/word.ts', "export const word = (): string => 'prima'\n")
    expect([run(), run()]).to.deep.equal(['prima', 'prima'])
    expect(bundles()).to.have.length(1)
    write('server/word.ts', "export const word = (): string => 'poi'\n")
    expect(run()).to.equal('poi')
    expect(bundles()).to.have.length(2)
  })

  it('tells each module the place where it stands alone, for its threads and packages', () => {
    write('server/word.ts', 'export const word = (): string => import.meta.url\n')
    expect(run()).to.equal(pathToFileURL(join(root, '.cache/build/server/word.js')).href)
  })
})
