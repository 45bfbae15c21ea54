import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const OUT = join('.cache', 'build')
/** What `npm start` runs. */
const PROGRAM = ['server', 'forms', 'setup', 'test/support']
/** What is run to test and to measure it. */
export const EVERYTHING = ['server', 'forms', 'setup', 'verifier', 'test', 'bench']
const NOT_OURS = /^server.web.client/

/** A part of `setup` as JavaScript, loaded. */
export async function fromBuild(part, folders) {
  return import(pathToFileURL(resolve(await compile(folders), 'setup', part)).href)
}

/**
 * Turns what changed of the sources into JavaScript under `.cache/build`, file by file, and returns that folder. Reading
 * TypeScript at each start (tsx) would take a third of the three seconds that a start may take. Types are not looked at.
 */
export async function compile(folders = PROGRAM) {
  const files = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
    )
    .filter((file) => !NOT_OURS.test(file))
  const changed = files.filter((file) => timeOf(outOf(file)) !== timeOf(file))
  if (changed.length > 0) {
    const { transform } = await import('esbuild')
    await Promise.all(changed.map((file) => write(file, transform)))
  }
  return OUT
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
    target: 'node20.19',
    sourcemap: 'external',
    sourcefile: relative(dirname(outOf(file)), file),
  }
  const { code, map } = await transform(source, options)
  const runnable = code.replace(/((?:from|import)\s*\(?\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2')
  return { code: `${runnable}//# sourceMappingURL=${basename(file, '.ts')}.js.map\n`, map }
}
