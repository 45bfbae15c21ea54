import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createDocuments, createScanner, type Documents } from '../../server/documents/index.ts'
import { resting } from '../../server/documents/resting-scanner.ts'
import { scan, type ScanVerdict } from '../../server/documents/virus-scan.ts'
import { AppError } from '../../server/errors.ts'
import { createSigning } from '../../server/signing/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { freePort } from '../../setup/ports.ts'
import { program } from '../support/program.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { EICAR, startClamd, startIcap, startMute, type TestScanner } from '../support/scanners.ts'
import { JPEG_BYTES } from './files.ts'
import { place } from './receiver.ts'

const PATIENCE = 1000
const VIRUS = Buffer.concat([JPEG_BYTES, Buffer.from(EICAR), Buffer.from([0xff, 0xd9])])
const MEGABYTES = Buffer.concat([randomBytes(1 << 19), Buffer.from(EICAR), randomBytes(1 << 20)])
const pieces = (bytes: Buffer): Readable => Readable.from([bytes.subarray(0, 700_000), bytes.subarray(700_000)])

describe('a virus scanner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sportello-'))
  after(() => rmSync(folder, { recursive: true }))

  const verdict = async ({ address }: Pick<TestScanner, 'address'>, bytes: Buffer) => {
    const scanner = createScanner(address, PATIENCE)
    return scanner && scan(scanner, pieces(bytes) as AsyncIterable<Buffer>)
  }

  const kinds: Readonly<Record<string, () => Promise<TestScanner>>> = {
    'clamd over TCP': () => startClamd(),
    'clamd over a socket of the file system': () => startClamd({ path: join(folder, 'clamd.ctl') }),
    'clamd that hangs up at once': () => startClamd({ hasty: true }),
    'ICAP by RESPMOD': () => startIcap(),
    'ICAP by REQMOD': () => startIcap({ method: 'REQMOD' }),
    'ICAP that hangs up at once': () => startIcap({ hasty: true }),
  }
  for (const [name, start] of Object.entries(kinds)) {
    it(`is ${name}`, async () => {
      const scanner = await start()
      expect(await verdict(scanner, JPEG_BYTES)).to.deep.equal({ verdict: 'clean' })
      expect(scanner.seen[0]?.equals(JPEG_BYTES)).to.equal(true)
      expect(await verdict(scanner, VIRUS)).to.deep.equal({ verdict: 'infected', threat: 'Eicar-Signature' })
      expect(await verdict(scanner, MEGABYTES)).to.deep.equal({ verdict: 'infected', threat: 'Eicar-Signature' })
      await scanner.stop()
    })
  }

  it('says nothing when it is down, mute or answers what nobody knows', async () => {
    const mute = await startMute()
    const odd = await answering('HTTP/1.1 400 Bad Request\r\n\r\n')
    const through = await answering('ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n')
    const down = `127.0.0.1:${await freePort()}`
    const unknown = [
      ...[`clamd://${down}`, `icap://${down}/avscan`, mute.address],
      ...[`clamd://${odd.at}`, `icap://${odd.at}/avscan`, `icap://${through.at}/avscan`],
    ]
    for (const address of unknown) expect((await verdict({ address }, MEGABYTES))?.verdict, address).to.equal('unknown')
    for (const each of [mute, odd, through]) await each.stop()
  })

  it('is understood although it hangs up with its answer', async () => {
    const clamd = spawn(process.execPath, program('test/documents/abrupt-scanner.ts'), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [address] = (await once(clamd.stdout, 'data')) as [Buffer]
    const scanner = createScanner(address.toString(), PATIENCE)
    if (!scanner) throw new Error('No scanner')
    const said: ScanVerdict[] = []
    for (let count = 0; count < 20; count += 1)
      said.push(await scan(scanner, Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(1 << 18)))))
    clamd.kill('SIGKILL')
    // Mostly: what is on its way while the connection is reset can be lost. Then the file is scanned again, and the scanner is not away.
    expect(said).to.deep.include({ verdict: 'too-large' })
    expect(said.filter((one) => one.verdict === 'unknown' && one.away)).to.deep.equal([])
  })

  it('says that a file is too large for it', async () => {
    const small = await startClamd({ limit: 100_000 })
    const icap = await answering('ICAP/1.0 413 Request Entity Too Large\r\n\r\n')
    for (const address of [small.address, `icap://${icap.at}/avscan`])
      expect(await verdict({ address }, MEGABYTES), address).to.deep.equal({ verdict: 'too-large' })
    for (const each of [small, icap]) await each.stop()
  })
})

describe('a scanner that was silent', () => {
  it('is left alone for a minute by those who send files, and asked again then', async () => {
    let clock = 0
    let asked = 0
    let says: ScanVerdict = { verdict: 'unknown', reason: 'no answer in time', away: true }
    const scanner = resting(
      {
        begin: () => {
          asked += 1
          return { write: async () => undefined, finish: async () => says, cancel: () => undefined }
        },
      },
      { now: () => new Date(clock) },
    )
    const verdict = async () => (await scan(scanner, pieces(JPEG_BYTES) as AsyncIterable<Buffer>)).verdict
    for (const [seconds, expected] of [
      [0, 1],
      [59, 1],
      [60, 2],
    ] as const) {
      clock = seconds * 1_000
      expect([await verdict(), asked]).to.deep.equal(['unknown', expected])
    }
    says = { verdict: 'clean' }
    clock = 200_000
    expect([await verdict(), await verdict(), asked]).to.deep.equal(['clean', 'clean', 4])
  })
})

/** A server that says this to everybody. */
async function answering(text: string): Promise<{ at: string; stop: () => Promise<void> }> {
  const server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end(text),
  )
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { at: `127.0.0.1:${port}`, stop: () => new Promise((resolve) => server.close(() => resolve())) }
}

describe('files that are scanned for viruses', () => {
  const database = testDatabase()
  const signing = createSigning({ trustAnchors: [], sealKeys: 'none' })
  before(() => {
    createDocuments({ connection: database.connection, signing, now: () => new Date(), newId })
    return modelsReady(database.connection)
  })

  const scannedBy = (address: string): Documents => {
    // Each a process of its own, on one database.
    const connection = database.connection.useDb(database.connection.name, { useCache: false })
    const scanner = createScanner(address, PATIENCE)
    return createDocuments({ connection, signing, scanner, now: () => new Date(), newId })
  }
  const receive = (documents: Documents, bytes: Buffer, at = place.at) =>
    documents.receive(Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), {
      ...place,
      at,
      name: 'foto.jpg',
      accept: ['image/jpeg'],
      maxBytes: 1_000_000,
    })
  const stored = () =>
    Promise.all(
      ['documents', 'contents', 'stagedContents', 'documents.files', 'documents.chunks'].map((name) =>
        database.connection.collection(name).countDocuments(),
      ),
    )

  it('are refused with a virus, in words, and nothing of them is kept', async () => {
    const clamd = await startClamd()
    const failure = await receive(scannedBy(clamd.address), VIRUS).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(AppError)
    expect((failure as AppError).explanation).to.equal(
      'Il file «foto.jpg» contiene un virus e non l’abbiamo conservato. Controlla il tuo dispositivo con un antivirus, poi allega una copia pulita.',
    )
    expect(await stored()).to.deep.equal([0, 0, 0, 0, 0])
    const clean = await receive(scannedBy(clamd.address), JPEG_BYTES)
    expect(clean.scan).to.equal('clean')
    await clamd.stop()
  })

  it('are taken while the scanner is down, and scanned when it is there again', async () => {
    const port = await freePort()
    const documents = scannedBy(`clamd://127.0.0.1:${port}`)
    const [clean, bad] = [await receive(documents, JPEG_BYTES), await receive(documents, VIRUS)]
    expect([clean.scan, bad.scan]).to.deep.equal(['pending', 'pending'])
    expect(await documents.scanUnscanned()).to.equal(0)
    const clamd = await startClamd()
    expect(await scannedBy(clamd.address).scanUnscanned()).to.equal(2)
    expect((await documents.find(place.municipality, clean.id))?.scan).to.equal('clean')
    expect((await documents.find(place.municipality, bad.id))?.scan).to.equal('infected')
    await clamd.stop()
  })

  it('are scanned although one before them is too large for the scanner', async () => {
    const down = scannedBy(`clamd://127.0.0.1:${await freePort()}`)
    const large = Buffer.concat([JPEG_BYTES.subarray(0, -2), randomBytes(200_000), JPEG_BYTES.subarray(-2)])
    const first = await receive(down, large, new Date(0))
    const second = await receive(down, JPEG_BYTES)
    const clamd = await startClamd({ limit: 100_000 })
    const documents = scannedBy(clamd.address)
    expect(await documents.scanUnscanned()).to.equal(2)
    const scans = [first, second].map(async ({ id }) => (await down.find(place.municipality, id))?.scan)
    expect(await Promise.all(scans)).to.deep.equal(['too-large', 'clean'])
    expect(await documents.scanUnscanned(), 'offered once').to.equal(0)
    expect((await receive(documents, large)).scan, 'as it comes').to.equal('too-large')
    await clamd.stop()
  })

  it('are scanned although the scanner hangs up without a word on one before them', async () => {
    const down = scannedBy(`clamd://127.0.0.1:${await freePort()}`)
    const large = Buffer.concat([JPEG_BYTES.subarray(0, -2), randomBytes(200_000), JPEG_BYTES.subarray(-2)])
    const [first, second] = [await receive(down, large, new Date(0)), await receive(down, JPEG_BYTES)]
    const clamd = await startClamd({ limit: 100_000, abrupt: true, words: '' })
    await scannedBy(clamd.address).scanUnscanned()
    const scans = [first, second].map(async ({ id }) => (await down.find(place.municipality, id))?.scan)
    expect(await Promise.all(scans)).to.deep.equal(['pending', 'clean'])
    await clamd.stop()
  })

  it('are scanned although a hundred before them are too large, and one cannot be read: that is told at the end', async () => {
    const down = scannedBy(`clamd://127.0.0.1:${await freePort()}`)
    const large = Buffer.concat([JPEG_BYTES.subarray(0, -2), randomBytes(2_000), JPEG_BYTES.subarray(-2)])
    const rows = database.connection.collection<{ _id: string }>('documents')
    const first = await rows.findOne({ _id: (await receive(down, large, new Date(0))).id })
    if (!first) throw new Error('Nothing was received')
    const lost = { ...first, _id: 'lost', sha256: 'f'.repeat(64) }
    await rows.insertMany([lost, ...Array.from({ length: 100 }, (_, number) => ({ ...first, _id: `large ${number}` }))])
    const last = await receive(down, JPEG_BYTES)
    const clamd = await startClamd({ limit: 1_000 })
    const failure = await scannedBy(clamd.address)
      .scanUnscanned()
      .catch((error: unknown) => error)
    expect((await down.find(place.municipality, last.id))?.scan).to.equal('clean')
    expect(failure)
      .to.be.instanceOf(Error)
      .and.have.property('message')
      .that.matches(/^Failed for 1 of /)
    await clamd.stop()
  })
})
