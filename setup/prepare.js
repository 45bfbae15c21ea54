// Plain JavaScript, built-in modules only and old syntax: this runs before anything is installed, also on a Node that is too old.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { clearInterval, setInterval } from 'node:timers'

const NEEDED_NODE = [20, 19]

/**
 * Makes the machine ready for the TypeScript part of a command: right Node, packages of the lock file. Then runs the `main`
 * of the module that `load` gives and ends with its exit code. What fails is told in one sentence.
 */
export async function run(load) {
  try {
    checkNode()
    if (!packagesAreCurrent()) await installPackages()
    const { main } = await load()
    const code = await main(process.argv.slice(2))
    // Not by letting the process run out: who has just run a job of the schedule would still wait five minutes (Agenda's watch).
    process.exit(code)
  } catch (error) {
    const forPeople = ['SetupProblem', 'ConfigError', 'CatalogueError'].includes(error.name)
    process.stderr.write(`\n${forPeople ? error.message : error.stack}\n`)
    process.exit(1)
  }
}

function problem(message) {
  return Object.assign(new Error(message), { name: 'SetupProblem' })
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [neededMajor, neededMinor] = NEEDED_NODE
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return
  throw problem(
    `Serve Node.js ${NEEDED_NODE.join('.')} o successivo; questo è ${process.versions.node}. ` +
      'Installa una versione recente da https://nodejs.org (o con «nvm install --lts») e riprova.',
  )
}

/** npm writes what it installed in a lock file of its own, last: after a broken or older installation the two differ. */
function packagesAreCurrent() {
  try {
    const wanted = packagesOf('package-lock.json')
    const installed = packagesOf('node_modules/.package-lock.json')
    const isNeeded = ({ optional, dev }) => !optional && !(dev && process.env.NODE_ENV === 'production')
    // Optional packages are those of other systems (binaries of esbuild): npm leaves them out.
    return Object.keys(wanted).every(
      (path) => path === '' || !isNeeded(wanted[path]) || installed[path]?.version === wanted[path].version,
    )
  } catch {
    return false
  }
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

async function installPackages() {
  process.stdout.write('Installo i pacchetti: la prima volta serve un minuto o due')
  const ticking = setInterval(() => process.stdout.write('.'), 2000)
  const { code, output } = await npm([
    'ci',
    '--no-progress',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ])
  clearInterval(ticking)
  process.stdout.write('\n')
  if (code === 0) return
  throw problem(`Non riesco a installare i pacchetti: ${reasonOf(output)}`)
}

function reasonOf(output) {
  if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(output)) {
    return 'il registro dei pacchetti npm non risponde. Controlla la rete (o il proxy: «npm config get proxy») e riprova.'
  }
  if (/ENOSPC/.test(output)) return 'il disco è pieno. Libera almeno 1 GB e riprova.'
  if (/EACCES|EPERM|EROFS/.test(output))
    return 'non posso scrivere nella cartella del progetto. Controllane i permessi e riprova.'
  if (/ENOENT.*npm|spawn/.test(output))
    return 'manca il programma npm, che arriva con Node.js. Reinstalla Node.js e riprova.'
  return `ecco che cosa dice npm.\n${output.trim().split('\n').slice(-8).join('\n')}`
}

function npm(args) {
  return new Promise((resolve) => {
    const child = spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('error', (error) => resolve({ code: 1, output: `spawn npm: ${error.message}` }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
