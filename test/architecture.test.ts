import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { buildVerifier } from '../server/bundles/verifier-build.ts'
import { configurationTable } from '../server/config.ts'

/** Each room may use only those in the rows above it (architecture §6). */
const ROOMS: readonly (readonly string[])[] = [
  ['shared'],
  ['certificates'],
  ['forms', 'identity', 'municipalities', 'pdf', 'keys'],
  ['documents', 'signing', 'protocol', 'history', 'ratings'],
  ['procedures', 'trusted-lists'],
  ['mandates'],
  ['filings'],
  ['drafts', 'workflow'],
  ['cosigning'],
  ['submission'],
  ['bundles', 'personal-area'],
  ['offices', 'notifications'],
  ['personal-data'],
]
/** The only third level under server/. */
const THIRD_LEVELS = ['shared/italian', 'shared/asn1', 'web/client']
const SAY_NOTHING = ['utils', 'helpers', 'common', 'types', 'interfaces', 'constants', 'misc', 'lib']

const listed = (folder: string, ending: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => ending.test(name))
    .sort()

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => existsSync(file))
const server = listed('server', /\.ts$/).filter((file) => !file.startsWith('web/client/'))
const source = new Map(server.map((file) => [file, readFileSync(join('server', file), 'utf8')]))
const textOf = (file: string): string => source.get(file) ?? ''

const roomOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '')
const rowOf = (room: string): number => ROOMS.findIndex((row) => row.includes(room))
const roleOf = (file: string): string =>
  /-(routes|views|store|service|worker|command|arguments)\.ts$/.exec(file)?.[1] ?? 'domain'

type Import = Readonly<{ file: string; target: string; typeOnly: boolean }>

/** Every import between our files, the target as a path under server/. */
const imports: readonly Import[] = server.flatMap((file) =>
  [...textOf(file).matchAll(/^(import|export)( type)?[^'"]*? from '(\.[^']+)'/gms)].map(([, , type, path = '']) => ({
    file,
    target: normalize(join(dirname(file), path)),
    typeOnly: type !== undefined,
  })),
)
const packagesOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)].map(([, name = '']) => name)

/** Lists the offenders, so that a failure says what to mend. */
function expectNone(offenders: readonly string[], rule: string): void {
  expect(offenders, `${rule}:\n${offenders.join('\n')}\n`).to.be.empty
}

describe('the rooms', () => {
  it('are those of the architecture, without a folder that says nothing', () => {
    const rooms = new Set(server.map(roomOf).filter((room) => room !== '' && room !== 'web'))
    expectNone(
      [...rooms].filter((room) => rowOf(room) === -1),
      'Not a room',
    )
    const folders = tracked.flatMap((file) => dirname(file).split('/'))
    expectNone(
      SAY_NOTHING.filter((name) => folders.includes(name)),
      'Folder names that say nothing',
    )
  })

  it('are at most two levels deep', () => {
    const deep = listed('server', /\.\w+$/).filter((file) => file.split('/').length > 2)
    expectNone(
      deep.filter((file) => !THIRD_LEVELS.includes(dirname(file))),
      'Deeper than two levels',
    )
  })

  it('use only rooms above them, and those through their index', () => {
    const crossing = imports.filter(
      ({ file, target }) => roomOf(file) !== '' && rowOf(roomOf(file)) !== -1 && roomOf(target) !== roomOf(file),
    )
    const allowed = ({ file, target, typeOnly }: Import): boolean => {
      if (target === 'errors.ts') return true
      if (roomOf(target) === 'web') return roleOf(file) === 'routes'
      const isAbove = rowOf(roomOf(target)) !== -1 && rowOf(roomOf(target)) < rowOf(roomOf(file))
      // A verification is part of a document (architecture §3); the type alone crosses, not the code.
      const isReport = typeOnly && roomOf(file) === 'documents' && roomOf(target) === 'signing'
      return (isAbove || isReport) && (roomOf(target) === 'shared' || target === `${roomOf(target)}/index.ts`)
    }
    expectNone(
      crossing.filter((one) => !allowed(one)).map(({ file, target }) => `${file} → ${target}`),
      'Imports against the order',
    )
  })

  it('leave the web layer to routes, and it knows none of them', () => {
    const fromWeb = imports.filter(
      ({ file, target }) =>
        roomOf(file) === 'web' && !['web', 'shared'].includes(roomOf(target)) && target !== 'errors.ts',
    )
    expectNone(
      fromWeb.map(({ file, target }) => `${file} → ${target}`),
      'web/ imports a room',
    )
  })

  it('have no circles', () => {
    const next = (file: string) => imports.filter((one) => one.file === file)
    const done = new Set<string>()
    const circles: string[] = []
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (path.includes(file) || done.has(file)) return
      for (const { target } of next(file)) walk(target, [...path, file])
      done.add(file)
    }
    for (const file of server) walk(file, [])
    expectNone(circles, 'Circular imports')
  })
})

describe('the verifier for browsers', () => {
  it('can be built: what it takes from `server/` uses only those parts of Node that `verifier/browser/` stands in for', async () => {
    const { script, page } = await buildVerifier(process.cwd())
    expect(Math.min(script.length, page.length)).to.be.greaterThan(100_000)
  })
})

describe('the role of a file', () => {
  const inRooms = server.filter((file) => rowOf(roomOf(file)) !== -1)

  it('is in its name, in small letters and hyphens', () => {
    expectNone(
      server.filter((file) => !/^([a-z0-9-]+\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(file)),
      'Names',
    )
  })

  it('decides which outside parts it may use', () => {
    const uses = (file: string, name: string) => packagesOf(file).includes(name)
    expectNone(
      inRooms.filter((file) => uses(file, 'express') && roleOf(file) !== 'routes'),
      'express outside routes',
    )
    const stores = (file: string) => roleOf(file) === 'store'
    // An index hands its stores the connection that it is given: it names the type.
    const onlyType = (file: string) =>
      file.endsWith('/index.ts') && !/import \{[^}]*\} from 'mongoose'/.test(textOf(file))
    expectNone(
      inRooms.filter((file) => uses(file, 'mongoose') && !stores(file) && !onlyType(file)),
      'mongoose outside stores',
    )
  })

  it('leaves clock, chance and environment to those who compose', () => {
    const pure = inRooms.filter((file) => ['domain', 'service', 'views'].includes(roleOf(file)))
    // A clock that is passed in may have the real one as its default.
    const asks = /(?<!= \(\) => )\bnew Date\(\)|\bDate\.now\(\)|\bMath\.random\(/
    expectNone(
      pure.filter((file) => asks.test(textOf(file))),
      'Clock or chance inside a rule',
    )
    expectNone(
      server.filter((file) => textOf(file).includes('process.env') && file !== 'main.ts'),
      'Environment read outside config',
    )
  })

  it('has named exports only, and nothing is left for later', () => {
    expectNone(
      server.filter((file) => /^export default/m.test(textOf(file))),
      'Default exports',
    )
    expectNone(
      server.filter((file) => /\b(TODO|FIXME|XXX)\b/.test(textOf(file))),
      'Left for later',
    )
  })
})

describe('the templates', () => {
  const templates = listed('templates', /\.hbs$/)
  const all = templates.map((file) => ({ file, text: readFileSync(join('templates', file), 'utf8') }))

  it('name only icons that the sprite has', () => {
    const sprite = readFileSync('node_modules/bootstrap-italia/dist/svg/sprites.svg', 'utf8')
    const known = new Set([...sprite.matchAll(/<symbol[^>]* id="([^"]+)"/g)].map(([, id]) => id))
    const views = server.filter((file) => roleOf(file) === 'views').map((file) => ({ file, text: textOf(file) }))
    const wrong = [...all, ...views].flatMap(({ file, text }) =>
      [...text.matchAll(/(?:name|icon)(?:=|: ?)["'](it-[a-z0-9-]+)["']/g)]
        .filter(([, icon]) => !known.has(icon))
        .map(([, icon]) => `${file}: ${icon}`),
    )
    expectNone(wrong, 'Unknown icons')
  })

  it('hold no style and no script, which the security policy would refuse', () => {
    const inline = /\sstyle=|\son[a-z]+=|<style|<script(?![^>]* (src=|type="application\/ld\+json"))/
    const pages = all.filter(({ file }) => !file.startsWith('emails/') && !file.startsWith('pdf/'))
    expectNone(
      pages.filter(({ text }) => inline.test(text)).map(({ file }) => file),
      'Inline style or script',
    )
  })
})

describe('the repository', () => {
  const TEXT = /\.(ts|js|json|md|hbs|css|yml|sh|xml|pem|txt)$|^\.|\/run$/
  const texts = tracked.filter((file) => TEXT.test(file) && file !== 'package-lock.json')
  const holding = (pattern: RegExp): string[] => texts.filter((file) => pattern.test(readFileSync(file, 'utf8')))

  it('holds no private key', () => {
    expectNone(holding(/-----BEGIN (RSA |EC |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}/), 'Private keys')
  })

  it('names no folder of one machine', () => {
    expectNone(holding(/(^|[\s'"`(=])\/(work|root|home|Users|tmp)\/[a-z]/m), 'Paths of one machine')
  })

  it('explains every variable of the configuration, as config.ts has it', () => {
    const readme = readFileSync('README.md', 'utf8')
    expect(readme.includes(configurationTable()), `The README lacks this table:\n${configurationTable()}\n`).to.equal(
      true,
    )
  })
})
