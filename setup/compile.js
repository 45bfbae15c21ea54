import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const OUT = join('.cache', 'build')
const BUNDLES = join('.cache', 'bundle')
/** A platform that runs loads some parts of its bundle late, and may run for long. */
const KEPT_MS = 30 * 24 * 3_600_000
const MAKER = join('setup', 'compile.js')
const TARGET = 'node20.19'
/** What `npm start` runs. */
const PROGRAM = ['server', 'forms', 'setup', 'test/support']
/** What is run to test and to measure it. */
export const EVERYTHING = ['server', 'forms', 'setup', 'verifier', 'test', 'bench']
const PLACE = 'placeOfModule'
const NOT_OURS = /^server.web.client/

/** A part of `setup` as JavaScript, loaded. */
export async function fromBuild(part, folders) {
  return import(pathToFileURL(resolve(await compile(folders), 'setup', part)).href)
}

/** The same in one file with all that it loads of ours: to find and link six hundred modules takes a start half a second. */
export async function fromBundle(part) {
  const sources = sourcesIn(PROGRAM)
  await compileAll(sources)
  // By what it is made of: one that still runs goes on with its own, and what a start that was cut off left is none.
  const made = createHash('sha256')
  for (const file of [...sources, MAKER]) made.update(`${file} ${timeOf(file)}\n`)
  const folder = join(BUNDLES, made.digest('hex').slice(0, 16))
  if (!existsSync(folder)) await bundle(part, folder)
  return import(pathToFileURL(resolve(folder, part)).href)
}

/**
 * Turns what changed of the sources into JavaScript under `.cache/build`, file by file, and returns that folder. Reading
 * TypeScript at each start (tsx) would take a third of the three seconds that a start may take. Types are not looked at.
 */
export async function compile(folders = PROGRAM) {
  await compileAll(sourcesIn(folders))
  return OUT
}

async function compileAll(sources) {
  const changed = sources.filter((file) => timeOf(outOf(file)) !== timeOf(file))
  if (changed.length > 0) {
    const { transform } = await import('esbuild')
    await Promise.all(changed.map((file) => write(file, transform)))
  }
}

function sourcesIn(folders) {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
    )
    .filter((file) => !NOT_OURS.test(file))
}

const outOf = (file) => join(OUT, file.replace(/\.ts$/, '.js'))

/** What is made of a file gets the file's own time: any other, earlier or later, means that it is to be made again. */
function timeOf(file) {
  return Math.round(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
}

async function write(file, transform) {
  const out = outOf(file)
  const temporary = `${out}.${process.pid}`
  mkdirSync(dirname(out), { recursive: true })
  if (file.endsWith('.json')) copyFileSync(file, temporary)
  else {
    const { code, map } = await javascript(file, transform)
    // Not in the code: a process would hold it, three times as long as the code, for as long as it lives.
    writeFileSync(`${out}.map`, map)
    writeFileSync(temporary, code)
  }
  const seconds = timeOf(file) / 1000
  utimesSync(temporary, seconds, seconds)
  renameSync(temporary, out)
}

async function javascript(file, transform) {
  const source = readFileSync(file, 'utf8')
  const options = {
    loader: 'ts',
    format: 'esm',
    target: TARGET,
    sourcemap: 'external',
    sourcefile: relative(dirname(outOf(file)), file),
  }
  const { code, map } = await transform(source, options)
  const runnable = code.replace(/((?:from|import)\s*\(?\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2')
  return { code: `${runnable}//# sourceMappingURL=${basename(file, '.ts')}.js.map\n`, map }
}

/** All at once or not at all; of two that start together the first one's serves both. */
async function bundle(part, folder) {
  const { build } = await import('esbuild')
  const temporary = `${folder}.${process.pid}`
  await build({
    entryPoints: [join('setup', part.replace(/js$/, 'ts'))],
    outdir: temporary,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: TARGET,
    // For who wants the lines of the sources in a stack: NODE_OPTIONS=--enable-source-maps.
    sourcemap: true,
    sourcesContent: false,
    define: { 'import.meta.url': PLACE },
    plugins: [{ name: 'places', setup: (asked) => void asked.onLoad({ filter: /\.ts$/ }, placed) }],
    logLevel: 'error',
  })
  forgetOld()
  if (existsSync(folder)) rmSync(temporary, { recursive: true })
  else renameSync(temporary, folder)
}

function forgetOld() {
  for (const name of readdirSync(BUNDLES)) {
    const folder = join(BUNDLES, name)
    if (Date.now() - timeOf(folder) > KEPT_MS) rmSync(folder, { recursive: true, force: true })
  }
}

/** A module says where it stands to find its threads and packages: that is where it stands alone. */
function placed({ path }) {
  const place = pathToFileURL(resolve(outOf(relative('', path)))).href
  return { contents: `const ${PLACE} = ${JSON.stringify(place)};${readFileSync(path, 'utf8')}`, loader: 'ts' }
}
