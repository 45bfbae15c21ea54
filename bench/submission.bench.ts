import { createHash, createVerify, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import type { Connection } from 'mongoose'
import { chromium } from 'playwright-core'
import { connectDatabase } from '../server/database.ts'
import { romeDate } from '../server/shared/dates.ts'
import { findChromium } from '../setup/tools.ts'
import { beginRequest, fillRequest } from '../test/journeys/applicant.ts'
import { fileFor } from '../test/journeys/attachments.ts'
import { personAt } from '../test/journeys/person.ts'
import { JPEG_BYTES } from '../test/documents/files.ts'
import { sampleAnswers } from '../test/procedures/answers.ts'
import { personalSigner } from '../test/support/personal-signer.ts'
import { createVisitor, type Visitor } from '../test/support/visitor.ts'
import type { Bench } from './bench.ts'
import { atMost, median } from './figure.ts'

const PROCEDURE = 'scia-esercizio-di-vicinato-apertura'
const PDF_BYTES = 1_000_000
const ROUNDS = 12
/** Until the engine has compiled what it runs, as in a server that has worked for a while. */
const WARM_UP = 20

/**
 * From pressing «Invia» to the sealed receipt, one request after the other, against what cannot be avoided: the hash of
 * the file, one RSA verification and one RSA signature, and a journalled transaction of five writes.
 */
export const figures: Bench = async ({ platform, mongoUri }) => {
  const connection = await connectDatabase(mongoUri)
  const folder = mkdtempSync(join(tmpdir(), 'sportello-bench-'))
  try {
    const pdf = await signedPdf(folder)
    const { visitor, draft } = await draftWith(join(folder, 'signed.pdf'), folder, platform)
    const bare = bareCost(connection, pdf)
    const times = { bare: [] as number[], real: [] as number[] }
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const copy = await copyOf(draft, connection)
      const least = await timed(bare)
      const real = await timed(await sending(copy, { visitor, connection }))
      if (round < 0) continue
      times.bare.push(least)
      times.real.push(real)
    }
    const [real, least] = [median(times.real), median(times.bare)]
    return [
      atMost(
        `Invio con PDF firmato di 1 MB (${real.toFixed(0)} ms) / costo minimo (${least.toFixed(1)} ms)`,
        real / least,
        3,
        '×',
      ),
    ]
  } finally {
    await connection.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function bareCost(connection: Connection, pdf: Uint8Array): () => Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const signature = sign('sha256', Buffer.from('x'), privateKey)
  const things = connection.collection('bench')
  return async () => {
    createHash('sha256').update(pdf).digest()
    createVerify('sha256').update('x').verify(publicKey, signature)
    sign('sha256', Buffer.from('receipt'), privateKey)
    const session = await connection.startSession()
    const options = { writeConcern: { w: 'majority', journal: true } } as const
    await session.withTransaction(async () => {
      for (let write = 0; write < 5; write += 1) await things.insertOne({ write }, { session })
    }, options)
    await session.endSession()
  }
}

async function signedPdf(folder: string): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage().drawText('Segnalazione certificata')
  document.context.register(document.context.flateStream(randomBytes(PDF_BYTES)))
  const elena = personalSigner({ givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE76A70A475D' })
  const signed = await elena.signPdf(await document.save())
  writeFileSync(join(folder, 'signed.pdf'), signed)
  writeFileSync(join(folder, 'photo.jpg'), JPEG_BYTES)
  return signed
}

/** A complete request up to its summary, filled in by a browser once; the rounds send copies of it. */
async function draftWith(pdf: string, folder: string, platform: string): Promise<{ visitor: Visitor; draft: string }> {
  const browser = await chromium.launch({
    executablePath: await findChromium(process.env['CHROMIUM_PATH']),
    args: ['--no-sandbox'],
  })
  try {
    const context = await browser.newContext()
    const person = personAt(await context.newPage(), platform)
    await person.login('Elena Bruni', `/servizi/${PROCEDURE}/avvia`)
    const answers = sampleAnswers(romeDate(new Date()))[PROCEDURE] ?? {}
    await beginRequest(person, answers)
    const files = { pdf, pades: pdf, p7m: pdf, jpeg: join(folder, 'photo.jpg') }
    await fillRequest(person, { answers, files: (control) => fileFor(files, control) })
    const visitor = createVisitor(platform)
    const cookies = await context.cookies(platform)
    visitor.cookies.set(new URL(platform).host, new Map(cookies.map(({ name, value }) => [name, value])))
    return { visitor, draft: /\/pratiche\/([\w-]+)\//.exec(person.page.url())?.[1] ?? '' }
  } finally {
    await browser.close()
  }
}

/** The same draft again under another id, with records of its own for the same stored files. */
async function copyOf(draft: string, connection: Connection): Promise<string> {
  const filings = connection.collection<{ _id: string; key: string; answers: unknown }>('filings')
  const documents = connection.collection<{ _id: string; filing: string }>('documents')
  const id = randomBytes(16).toString('base64url')
  const files = await documents.find({ filing: draft }).toArray()
  const renamed = new Map(files.map(({ _id }) => [_id, randomBytes(16).toString('base64url')]))
  const source = await filings.findOne({ _id: draft })
  const answers = [...renamed].reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(source?.answers))
  await documents.insertMany(files.map((file) => ({ ...file, _id: renamed.get(file._id) ?? '', filing: id })))
  await filings.insertOne({ ...source, _id: id, key: id, answers: JSON.parse(answers) as unknown })
  return id
}

type Means = Readonly<{ visitor: Visitor; connection: Connection }>

/** The database tells when the receipt is there: to ask again and again would take the platform the processor that it needs. */
async function sending(id: string, { visitor, connection }: Means): Promise<() => Promise<void>> {
  const isReceiptAdded = { 'documentKey._id': id, 'updateDescription.updatedFields.receipt': { $exists: true } }
  const receipts = connection.collection('filings').watch([{ $match: isReceiptAdded }])
  await receipts.tryNext()
  const summary = await visitor.get(`/pratiche/${id}/riepilogo`)
  return async () => {
    const sent = await visitor.submit(summary, {}, { button: /invia/i })
    if (!sent.url.endsWith('/inviata')) throw new Error(`Not sent, but shown ${sent.url}:\n${sent.text}`)
    await receipts.next()
    await receipts.close()
  }
}
