import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { execFileSync } from 'node:child_process'
import { sendBundle } from '../../server/bundles/index.ts'
import { buildVerifier } from '../../server/bundles/verifier-build.ts'
import { localSealKey } from '../../server/keys/seal-key.ts'
import { createSigning, type Signing } from '../../server/signing/signing-service.ts'
import { memorySource } from '../../server/shared/source.ts'
import { checkBundle, type BundleReport } from '../../verifier/bundle-check.ts'
import { loggedIn, receiptMade, sent } from '../filings/citizen.ts'
import { authority, signer } from '../signing/pki.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import { download, indexIn, packed, pemOf, renamed, unpacked, type Files } from './archive.ts'
import { attacks, handsOn } from './attacks.ts'
import { madeBundles, type Made } from './case.ts'

const OFFICER_CF = 'VLLRRT68L62F205A'

describe('the bundle of a filing', () => {
  const site = testPlatform()
  const browser = testBrowser()
  let made: Made
  let folder: string

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sportello-'))
    made = await madeBundles(site.platform)
  })
  after(() => rmSync(folder, { recursive: true }))

  const check = (zip: Buffer, known = made.anchors): BundleReport =>
    checkBundle(memorySource(zip), {
      at: new Date(),
      intermediates: [],
      evidence: null,
      registeredAt: null,
      missing: [],
      anchors: known,
    })
  const complaints = ({ checks }: BundleReport): string =>
    checks
      .filter(({ outcome }) => outcome !== 'passed')
      .flatMap(({ id: name, outcome, details }) => [`${name} ${outcome}`, ...details])
      .join('\n')

  it('proves the whole case to whoever knows the authority of the seal', () => {
    const report = check(made.ofFiler)
    expect(complaints(report)).to.equal('')
    expect(report.verdict).to.equal('TOTAL-PASSED')
    const roles = indexIn(unpacked(made.ofFiler)).files.map(({ role, document }) => document?.kind ?? role)
    expect(roles).to.include.members(['application', 'attachment', 'receipt', 'letter', 'segnatura', 'history'])
    expect(check(made.ofOffice).verdict).to.equal('TOTAL-PASSED')
  })

  it('is not confirmed to whoever does not, and says who sealed', () => {
    const report = check(made.ofFiler, [])
    expect(report.verdict).to.equal('INDETERMINATE')
    expect(report.sealedBy?.name).to.include('Vallechiara')
    expect(complaints(report)).to.include('non è tra quelle conosciute qui')
  })

  it('says of one event and one entry that they are one, as long as nothing followed the sending', async () => {
    const { visitor, id } = await sent(site.platform, 'Marco Rinaldi')
    await receiptMade(site.platform, id)
    const { bytes } = await download(visitor, new URL(`/pratiche/${id}/fascicolo.zip`, site.platform.url))
    const said = check(bytes).checks.flatMap(({ details }) => details)
    expect(said).to.include('1 evento, quello indicato dall’indice.')
    expect(said.join('\n')).to.match(/^1 registrazione, uguale a quella nominata dalla storia/m)
  })

  it('tells the filer no officer’s tax code, and says so; the chain can be checked all the same', () => {
    const [filer, office] = [unpacked(made.ofFiler), unpacked(made.ofOffice)]
    const texts = [...filer].filter(([path]) => !path.startsWith('documenti/')).map(([, bytes]) => bytes.toString())
    expect(texts.filter((text) => text.includes(OFFICER_CF))).to.deep.equal([])
    expect(office.get('storia.json')?.toString()).to.include(OFFICER_CF)
    expect(JSON.stringify(indexIn(filer).withheld)).to.include('codici fiscali dei funzionari')
    expect(indexIn(office).withheld).to.deep.equal([])
    expect(indexIn(filer).history).to.deep.equal(indexIn(office).history)
  })

  it('is nobody else’s: the same page as for a filing that does not exist', async () => {
    const { platform } = site
    const { visitor } = await loggedIn(platform, 'Marco Rinaldi', '/area-personale')
    const ways = [
      `/pratiche/${made.id}/fascicolo.zip`,
      '/pratiche/nessuna/fascicolo.zip',
      `/ufficio/pratiche/${made.id}/fascicolo.zip`,
    ]
    for (const way of ways) expect((await visitor.get(way)).status, way).to.equal(404)
    const stranger = await platform.visitor().get(`/pratiche/${made.id}/fascicolo.zip`)
    expect(stranger.url).to.include('/accesso')
  })

  it('is told of without being made', async () => {
    let times = 0
    const make = () => Promise.resolve(Readable.from([Buffer.from(`${(times += 1)}`)]))
    const app = express().get('/', (_req, res) => sendBundle(res, { name: 'pratica-1-2026.zip', make }, 'giulia'))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const asked = async (method: string) => {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method })
      await response.arrayBuffer()
      return ['content-type', 'content-disposition', 'cache-control'].map((name) => response.headers.get(name))
    }
    try {
      expect(await asked('HEAD')).to.deep.equal(await asked('GET'))
    } finally {
      server.close()
    }
    expect(times).to.equal(1)
  })

  it('holds the verifier, which runs alone and says the same', () => {
    const script = join(folder, 'verifica.mjs')
    const zip = join(folder, 'fascicolo.zip')
    writeFileSync(script, unpacked(made.ofFiler).get('verifica/verifica.mjs') ?? '')
    writeFileSync(zip, made.ofFiler)
    const run = (...words: string[]): [number, string] => {
      try {
        return [0, execFileSync(process.execPath, [script, zip, ...words], { cwd: folder, encoding: 'utf8' })]
      } catch (error) {
        const { status, stdout } = error as { status: number; stdout: string }
        return [status, stdout]
      }
    }
    const [status, text] = run()
    expect(status, text).to.equal(1)
    expect(text).to.include('resta da accertare chi lo ha sigillato')
    const pem = join(folder, 'sigillo.pem')
    writeFileSync(pem, made.anchors.map(({ der }) => pemOf(der)).join(''))
    const [known, json] = run('--autorita', pem, '--json')
    expect(known, json).to.equal(0)
    expect(JSON.parse(json)).to.deep.include({ verdict: 'TOTAL-PASSED' })
  })

  const unscanned = [
    ['pending', /ricerca di virus non è ancora avvenuta/, 'non è ancora stato controllato contro i virus'],
    [
      'too-large',
      /troppo grande per (la ricerca di virus|il controllo)/,
      'è troppo grande per il controllo contro i virus',
    ],
  ] as const
  for (const [scan, warning, why] of unscanned) {
    it(`travels without what no scanner has seen, of which the office is warned: ${scan}`, async () => {
      const { platform } = site
      const documents = platform.connection.collection('documents')
      const which = { filing: made.id, kind: 'attachment' }
      const { _id } = (await documents.findOneAndUpdate(which, { $set: { scan } })) ?? {}
      const way = `/ufficio/pratiche/${made.id}`
      const { visitor, page } = await loggedIn(platform, 'Roberta Villa', `${way}/documenti/${String(_id)}`)
      expect(page.text).to.match(warning)
      expect((await visitor.get(way)).text).to.match(warning)
      const taken = await visitor.follow(page, 'Scarica lo stesso')
      expect(taken.headers.get('content-disposition')).to.include('NON-CONTROLLATO-')
      const { bytes } = await download(visitor, new URL(`${way}/fascicolo.zip`, platform.url))
      await documents.updateOne(which, { $unset: { scan: 1 } })
      expect(check(bytes).verdict).to.equal('TOTAL-PASSED')
      const { withheld } = indexIn(unpacked(bytes))
      expect(withheld.flatMap((left) => (left.documents ? [[left.why, ...left.documents]] : []))).to.deep.equal([
        [why, _id],
      ])
    })
  }

  describe('when somebody laid hands on it', () => {
    let attacker: Signing
    let files: Files

    before(() => {
      const own = signer({
        subject: { country: 'IT', organization: 'Comune di Vallechiara', commonName: 'Comune di Vallechiara' },
      })
      attacker = createSigning({
        trustAnchors: [],
        sealKeys: { of: () => localSealKey(own.key, [own.certificate, authority.certificate]) },
      })
    })
    beforeEach(() => (files = unpacked(made.ofFiler)))

    for (const [name, complaint, attack] of attacks) {
      it(name, async () => {
        await attack(handsOn(files, attacker))
        let zip = await packed(files)
        if (name === 'a name outside the folder') zip = renamed(zip, 'fuori.txt', '../a/.txt')
        const report = check(zip)
        expect(report.verdict).to.be.oneOf(['TOTAL-FAILED', 'unreadable'])
        expect(complaints(report)).to.match(complaint)
      })
    }

    it('an index sealed by a certificate that says it is the municipality: named, and never confirmed', async () => {
      const { edit, first, reindex, reseal } = handsOn(files, attacker)
      edit(first('documenti/01'), (text) => text.replace('Via della Stazione', 'Via Roma'))
      reindex()
      await reseal()
      const report = check(await packed(files))
      expect(report.verdict).to.equal('TOTAL-FAILED')
      const seal = report.checks.find(({ id: check }) => check === 'seal')
      expect(seal?.outcome).to.equal('unknown')
      expect(seal?.details.join()).to.include('Autorità di prova').and.to.include('non è tra quelle conosciute')
    })

    it('a name twice, a name or a way of packing that differs in its two places, bytes that two files share', async () => {
      const twice = renamed(
        await packed([['a.txt', Buffer.from('1')], ...files, ['b.txt', Buffer.from('2')]]),
        'b.txt',
        'a.txt',
      )
      expect(check(twice).verdict).to.equal('unreadable')
      const [path = ''] = files.keys()
      const zip = await packed(files)
      const other = Buffer.from(zip)
      other.write('X', other.indexOf(path))
      expect(complaints(check(other))).to.match(/^archive failed/m)
      const unpackedTwice = Buffer.from(zip)
      unpackedTwice.writeUInt16LE(0, zip.indexOf(path) - 22)
      expect(complaints(check(unpackedTwice)), 'packed by the directory alone').to.match(/^archive failed/m)
      const shared = Buffer.concat([Buffer.from('hidden'), zip])
      expect(check(shared).verdict).to.be.oneOf(['TOTAL-FAILED', 'unreadable'])
    })

    it('a bomb', async () => {
      files.set('bomba.txt', Buffer.alloc(60 << 20))
      const report = check(await packed(files))
      expect(report.verdict).to.equal('unreadable')
    })
  })

  it('is checked by a page without a network, whose policy lets nothing out', async () => {
    const { page } = await buildVerifier(process.cwd())
    const files = unpacked(made.ofFiler)
    expect(files.get('verifica/verifica.html')?.equals(page)).to.equal(true)
    expect(page.toString()).to.include("default-src 'none'; script-src 'sha256-")
    expect(page.toString().match(/[^\P{Cc}\t\n]/u), 'a character that HTML forbids').to.equal(null)
    const at = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes)
      return join(folder, name)
    }
    const visit = await browser.visit({ javascript: true, width: 360 })
    await visit.context().setOffline(true)
    await visit.goto(pathToFileURL(at('verifica.html', page)).href)
    await visit.getByLabel(/Fascicolo/).setInputFiles(at('fascicolo.zip', made.ofFiler))
    await visit.getByText('resta da accertare chi lo ha sigillato').waitFor()
    const pem = made.anchors.map(({ der }) => pemOf(der)).join('')
    await visit.getByLabel(/Certificato dell’autorità/).setInputFiles(at('ca.pem', Buffer.from(pem)))
    await visit.getByText('Integro e autentico').waitFor()
    expect(await visit.getByText('Non superato').count()).to.equal(0)
    expect(await visit.evaluate('document.documentElement.scrollWidth')).to.be.at.most(360)
    files.set('storia.json', Buffer.from(files.get('storia.json')?.toString().replace('Via', 'Vic') ?? ''))
    await visit.getByLabel(/Fascicolo/).setInputFiles(at('alterato.zip', await packed(files)))
    await visit.getByText('Alterato o incompleto').waitFor()
  })
})
