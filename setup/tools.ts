import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { SetupProblem } from './problem.ts'
import { say } from './say.ts'

const run = promisify(execFile)

/** Programs of other makers that judge what ours produces, or stand for a signing device, and the Debian package of each. */
const JUDGES = { pdfsig: 'poppler-utils', openssl: 'openssl', 'softhsm2-util': 'softhsm2' } as const

/** The edition without windows first: nobody looks at them here, and they take half of a page's time. */
const WINDOWLESS = 'chromium-headless-shell'
const CHROMIUM_NAMES = [WINDOWLESS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** Makes sure that the independent tools of the tests are there. Throws one SetupProblem with the remedy for those that are not. */
export async function ensureJudges(): Promise<void> {
  const missing = () => Object.entries(JUDGES).filter(([program]) => onPath(program) === undefined)
  if (missing().length === 0) return
  await installPackages(missing().map(([, name]) => name))
  if (missing().length === 0) return
  const [programs, packages] = [missing().map(([program]) => program), missing().map(([, name]) => name)]
  throw new SetupProblem(
    `Per le prove serve ${programs.join(' e ')}. Installa con: sudo apt-get install ${packages.join(' ')}`,
  )
}

/** Path of a Chromium that runs here: named, on the system, Playwright's own, else installed now. Throws SetupProblem with the remedy. */
export async function findChromium(named: string | undefined): Promise<string> {
  if (named) {
    if (existsSync(named)) return named
    throw new SetupProblem(`CHROMIUM_PATH indica «${named}», che non c'è. Correggi il percorso o togli la variabile.`)
  }
  const found = installedChromium() ?? (await playwrightChromium()) ?? (await packagedChromium())
  if (found !== undefined) return found
  throw new SetupProblem(
    'Per le prove serve il browser Chromium e non sono riuscito a installarlo. Installalo con «sudo apt-get install chromium» ' +
      '(o «npx playwright-core install chromium») e riprova, oppure indica il suo percorso con CHROMIUM_PATH.',
  )
}

const installedChromium = (): string | undefined => CHROMIUM_NAMES.map(onPath).find((path) => path !== undefined)

async function playwrightChromium(): Promise<string | undefined> {
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  if (existsSync(path)) return path
  say("Chromium non c'è ancora: lo scarico con Playwright (circa 150 MB)…")
  const installer = join('node_modules', 'playwright-core', 'cli.js')
  await run(process.execPath, [installer, 'install', '--no-shell', 'chromium'], { timeout: 300_000 }).catch(
    () => undefined,
  )
  return existsSync(path) ? path : undefined
}

async function packagedChromium(): Promise<string | undefined> {
  for (const name of [WINDOWLESS, 'chromium']) {
    await installPackages([name])
    if (installedChromium() !== undefined) break
  }
  return installedChromium()
}

/** Only where it needs no question: as root on a Debian system. Whether it helped is seen by the caller. */
async function installPackages(names: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return
  say(`Installo ${names.join(', ')} con apt-get…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-q'], { env }).catch(() => undefined)
  await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], { env }).catch(() => undefined)
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
