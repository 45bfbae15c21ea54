import { fork, type ChildProcess } from 'node:child_process'
import { createHash, createVerify, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { createSigning } from '../server/signing/index.ts'
import { memorySource } from '../server/shared/source.ts'
import { verify } from '../server/signing/verify.ts'
import { verifyFile } from '../server/signing/verify-file.ts'
import { runnable } from '../setup/runnable.ts'
import { p7m } from '../test/signing/openssl.ts'
import { authority, rsa, sealKeyOf, signer, trust } from '../test/signing/pki.ts'
import type { Bench } from './bench.ts'
import { atMost, median, type Figure } from './figure.ts'

const MB = 1 << 20
const ROUNDS = 30
/** Until the engine has compiled what the threads run, as in a server that has sealed for a while. */
const SEALS_BEFORE = 60
const QUEUED = 200
const PAGES = 20

/** What verifying and sealing cost, against what cannot be avoided: hash and RSA. Times are CPU time of this process. */
export const figures: Bench = async ({ mongoUri }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sportello-signing-'))
  try {
    const signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(rsaSigner) },
    })
    const { bytes: pades } = await signing.seal(await pdf({ bytes: 100_000 }), { reason: 'Prova', name: 'Prova' })
    const sealing = await sealingTime(await letter(PAGES), signing)
    return [
      atMost(
        'Verifica di un PAdES-B di 100 KB',
        cpu(ROUNDS, () => verifyBytes(pades)),
        3,
        'ms',
      ),
      messageFigure(),
      ...sizeFigures(folder),
      atMost(`Sigillo di un PDF di ${PAGES} pagine, senza la firma RSA`, sealing, 15, 'ms'),
      await queueFigure(folder, { bytes: pades, mongoUri }),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const rsaSigner = signer({ key: rsa })

async function pdf({ bytes }: { bytes: number }): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage().drawText('Una pagina')
  document.context.register(document.context.flateStream(randomBytes(bytes)))
  return document.save()
}

/** Pages of text as a letter has them. */
async function letter(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  for (let number = 1; number <= pages; number += 1) {
    const page = document.addPage()
    for (let line = 0; line < 45; line += 1)
      page.drawText(`Pagina ${number}, riga ${line}: testo di un atto del Comune, lungo quanto una riga.`, {
        x: 50,
        y: 780 - line * 16,
        size: 10,
      })
  }
  return document.save({ useObjectStreams: false })
}

function verifyBytes(bytes: Uint8Array): void {
  const { verdict } = verify({ source: memorySource(bytes), name: 'bench' }, trust())
  if (verdict !== 'TOTAL-PASSED') throw new Error(`The file of the bench is ${verdict}`)
}

/** Milliseconds of CPU of one run, the median of many after a few to warm up. */
function cpu(rounds: number, work: () => void): number {
  for (let round = 0; round < 5; round += 1) work()
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return median(times)
}

function messageFigure(): Figure {
  const content = randomBytes(5 * MB)
  const message = p7m({ signers: [rsaSigner], content })
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signature = sign('sha256', Buffer.from('x'), privateKey)
  const bare = cpu(ROUNDS, () => {
    createHash('sha256').update(content).digest()
    createVerify('sha256').update('x').verify(publicKey, signature)
  })
  const real = cpu(ROUNDS, () => verifyBytes(message))
  return atMost(`Verifica di un .p7m di 5 MB (${real.toFixed(1)} ms) / SHA-256 e RSA`, real / bare, 2, '×')
}

/** Ten times the bytes may take ten times the time, and no more memory: a file on disk is read in pieces. */
function sizeFigures(folder: string): Figure[] {
  const [small, large] = [20, 200].map((size) => {
    const path = join(folder, `${size}.p7m`)
    writeFileSync(path, p7m({ signers: [rsaSigner], content: randomBytes(size * MB) }))
    return path
  }) as [string, string]
  const time = (path: string) => cpu(3, () => void verifyFile(path, { detached: null }, trust()))
  const [short, long] = [time(small), time(large)]
  const before = process.memoryUsage().rss
  verifyFile(large, { detached: null }, trust())
  const grown = Math.max(0, process.memoryUsage().rss - before) / MB
  return [
    atMost(`Verifica di 200 MB (${long.toFixed(0)} ms) / dieci volte 20 MB`, long / (10 * short), 1.2, '×'),
    atMost('Memoria in più per verificare 200 MB', grown, 32, 'MB'),
  ]
}

async function sealingTime(bytes: Uint8Array, signing: ReturnType<typeof createSigning>): Promise<number> {
  const seal = () => signing.seal(bytes, { reason: 'Prova', name: 'Prova' })
  for (let round = 0; round < SEALS_BEFORE; round += 1) await seal()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    // Of all threads of the process.
    const before = process.cpuUsage()
    await seal()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1_000)
  }
  return median(times) - cpu(ROUNDS, () => void sign('sha256', Buffer.from('x'), rsa))
}

/** The slowest hundredth of a public page while files are verified, against the same page left alone. */
async function queueFigure(
  folder: string,
  { bytes, mongoUri }: { bytes: Uint8Array; mongoUri: string },
): Promise<Figure> {
  const path = join(folder, 'queued.pdf')
  writeFileSync(path, bytes)
  const child = fork(runnable('bench/verifying-platform.ts'), {
    env: { ...process.env, TEST_MONGODB_URI: mongoUri },
  })
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    await latencies(url, () => false, 500)
    const alone = percentile(await latencies(url, () => false, 1_000))
    const busy = percentile(await whileVerifying(child, { url, path }))
    return atMost(
      `p99 di una pagina con ${QUEUED} verifiche in coda (${busy.toFixed(1)} ms) / senza (${alone.toFixed(1)} ms)`,
      busy / alone,
      2,
      '×',
    )
  } finally {
    child.disconnect()
  }
}

async function whileVerifying(child: ChildProcess, { url, path }: { url: string; path: string }): Promise<number[]> {
  const state = { done: false }
  child.once('message', () => (state.done = true))
  child.send({ path, times: QUEUED })
  return latencies(url, () => state.done, Infinity)
}

/** Milliseconds of each request to the page, one after the other, until told or so many. */
async function latencies(url: string, isOver: () => boolean, most: number): Promise<number[]> {
  const times: number[] = []
  while (times.length < most && !isOver()) {
    const begun = performance.now()
    await (await fetch(url)).arrayBuffer()
    times.push(performance.now() - begun)
  }
  return times
}

const percentile = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * 0.99)] ?? Number.NaN
