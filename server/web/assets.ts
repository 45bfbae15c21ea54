import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import type { Source } from './assets-build.ts'

/** What the last build was made from, and the folder that it made under `.assets`. */
type Current = { inputs: string; folder: string }

type Variant = Readonly<{ headers: OutgoingHttpHeaders; body: Buffer }>

/** One file ready to be sent, in each encoding that a browser may ask for. */
type Asset = Readonly<{ plain: Variant; br: Variant; gzip: Variant }>

const FOLDER = '.assets'
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * Builds style, script, icons and fonts into `<root>/.assets/<hash>`, unless they are there already for the same sources.
 * The folder is named by the hash of what it holds, so that browsers may keep every file for ever.
 * Several processes may call it at once: each builds aside, then renames.
 * @returns the base path of the files, `/assets/<hash>`.
 */
export async function buildAssets(root: string): Promise<string> {
  const sources = await readSources(root)
  const inputs = hash(sources.flatMap(({ path, text }) => [path, text]))
  const current = readCurrent(root)
  if (current?.inputs === inputs && existsSync(join(root, FOLDER, current.folder))) return `/assets/${current.folder}`

  const work = join(root, FOLDER, `building-${randomBytes(6).toString('hex')}`)
  await mkdir(work, { recursive: true })
  try {
    // Loaded only here: the compilers cost a third of a second that a start without changes does not pay.
    const { build } = await import('./assets-build.ts')
    await build({ root, into: work, sources })
    return `/assets/${await publish(root, work, { inputs, before: current?.folder })}`
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * Serves what `buildAssets` made, from memory and already compressed (300 KB in all), with the headers of a file that never
 * changes. The build before stays available, for pages that were open during an update. Mount it before anything else: it needs
 * nothing of Express, which would cost four times what it does itself.
 */
export function assetRoutes(root: string): (req: IncomingMessage, res: ServerResponse, next: () => void) => void {
  const assets = readAssets(join(root, FOLDER))
  return (req, res, next) => {
    const asset = req.method === 'GET' || req.method === 'HEAD' ? assets.get(pathOf(req)) : undefined
    if (!asset) {
      next()
      return
    }
    const { headers, body } = asset[encodingOf(req)]
    res.writeHead(200, headers)
    res.end(req.method === 'HEAD' ? undefined : body)
  }
}

/** Everything that decides the outputs: the templates and views that name classes and icons, our own sources, the library. */
async function readSources(root: string): Promise<Source[]> {
  const read = async (folder: string, wanted: RegExp): Promise<Source[]> => {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => wanted.test(name)).sort()
    return Promise.all(
      names.map(async (name) => ({ path: join(folder, name), text: await readFile(join(root, folder, name), 'utf8') })),
    )
  }
  return [
    ...(await read('templates', /\.hbs$/)),
    ...(await read('server', /-views\.ts$|web[/\\](client[/\\].+|assets-build\.ts)$|shared[/\\]figure\.ts$/)),
    ...(await read('node_modules/bootstrap-italia', /^package\.json$/)),
  ]
}

/** Moves a finished build to its final name and forgets all but the one before. Another process may have been faster: its build is the same. */
async function publish(
  root: string,
  work: string,
  { inputs, before }: { inputs: string; before: string | undefined },
): Promise<string> {
  const names = (await readdir(work)).sort()
  const contents = await Promise.all(names.map((name) => readFile(join(work, name))))
  const folder = hash([...names, ...contents])
  const target = join(root, FOLDER, folder)
  await rename(work, target).catch((error: unknown) => {
    if (!existsSync(target)) throw error
  })

  const note = join(root, FOLDER, `current-${randomBytes(6).toString('hex')}.json`)
  await writeFile(note, JSON.stringify({ inputs, folder } satisfies Current))
  await rename(note, join(root, FOLDER, 'current.json'))
  const old = (await readdir(join(root, FOLDER))).filter(
    (name) => /^[0-9a-f]{16}$/.test(name) && name !== folder && name !== before,
  )
  await Promise.all(old.map((name) => rm(join(root, FOLDER, name), { recursive: true, force: true })))
  return folder
}

function readCurrent(root: string): Current | undefined {
  const path = join(root, FOLDER, 'current.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Current) : undefined
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>()
  const builds = readdirSync(folder).filter((name) => /^[0-9a-f]{16}$/.test(name))
  for (const build of builds) {
    for (const name of readdirSync(join(folder, build))) {
      const type = TYPES[extname(name)]
      if (type) assets.set(`/assets/${build}/${name}`, readAsset(join(folder, build, name), type))
    }
  }
  return assets
}

function readAsset(path: string, type: string): Asset {
  const variant = (suffix: string, encoding: Record<string, string>): Variant => {
    const body = readFileSync(`${path}${suffix}`)
    const headers = {
      'content-type': type,
      'content-length': body.length,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      ...encoding,
    }
    return { headers, body }
  }
  const plain = variant('', {})
  // Fonts are compressed in themselves and have no other form.
  if (!existsSync(`${path}.br`)) return { plain, br: plain, gzip: plain }
  return {
    plain,
    br: variant('.br', { 'content-encoding': 'br' }),
    gzip: variant('.gz', { 'content-encoding': 'gzip' }),
  }
}

/** Without the question behind it, which a file knows nothing of. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split(/[?#]/, 1)[0] ?? ''

function encodingOf(req: IncomingMessage): keyof Asset {
  const accepted = req.headers['accept-encoding'] ?? ''
  if (/\bbr\b/.test(accepted)) return 'br'
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'plain'
}

function hash(parts: readonly (string | Buffer)[]): string {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part).update('\0')
  return digest.digest('hex').slice(0, 16)
}
