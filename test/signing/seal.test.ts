import { PDFDocument } from '@cantoo/pdf-lib'
import { expect } from 'chai'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDevelopmentSeal } from '../../server/certificates/development-pki.ts'
import { sealKeysIn } from '../../server/keys/index.ts'
import { createSigning, type Signing } from '../../server/signing/signing-service.ts'
import { expectOpenSsl } from './judges.ts'
import { file, folder, run } from './openssl.ts'
import { pdf, showing, signed, update } from './pdf-maker.ts'
import { authority, crlOf, curve, NOW, rsa, sealKeyOf, signer } from './pki.ts'

const words = { reason: 'Ricevuta di protocollo', name: 'Comune di Prova', location: 'Prova' }
const sealer = signer({
  key: rsa,
  subject: {
    country: 'IT',
    organization: 'Comune di Prova',
    organizationIdentifier: 'VATIT-00488410010',
    commonName: 'Comune di Prova',
  },
})

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

describe('sealing a PDF', () => {
  let signing: Signing
  before(() => {
    signing = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(sealer) },
      now: () => NOW,
    })
  })

  const seal = async (bytes: Uint8Array): Promise<Buffer> => Buffer.from((await signing.seal(bytes, words)).bytes)
  const trusted = async (bytes: Uint8Array) => signing.verify(bytes, 'sigillato.pdf', { revocation: false })
  const refusal = async (bytes: Uint8Array) =>
    signing.seal(bytes, words).then(
      () => null,
      (error: unknown) => error,
    )

  const sources: Record<string, () => Promise<Uint8Array>> = {
    'with a classic cross-reference': async () => pdf(),
    'with object streams': async () => {
      const document = await PDFDocument.create()
      document.addPage().drawText('Ricevuta')
      return document.save()
    },
  }
  for (const [name, make] of Object.entries(sources)) {
    it(`keeps the bytes of a file ${name} and passes pdfsig, OpenSSL and ourselves`, async () => {
      const before = await make()
      const sealed = await seal(before)
      expect(sealed.subarray(0, before.length).equals(before)).to.equal(true)

      const [report] = (await trusted(sealed)).signatures
      expect(report).to.deep.include({
        indication: 'TOTAL-PASSED',
        level: 'B',
        qualification: 'AdESeal',
        coversWholeDocument: true,
        modifications: [],
      })
      expect(report?.signedBy).to.include({ name: 'Comune di Prova', taxCode: '00488410010' })

      const seen = run('pdfsig', file(sealed, '.pdf'))
      expect(seen)
        .to.include('Signature is Valid')
        .and.include('Total document signed')
        .and.include('ETSI.CAdES.detached')
      expectOpenSsl(sealed)
    })
  }

  it('seals with an elliptic curve', async () => {
    const other = createSigning({
      trustAnchors: [authority.certificate],
      sealKeys: { of: () => sealKeyOf(signer({ key: curve('prime256v1') })) },
      now: () => NOW,
    })
    expectOpenSsl(Buffer.from((await other.seal(pdf(), words)).bytes))
  })

  it('adds a second seal, visible as a mark, without hurting the first', async () => {
    const once = await seal(pdf())
    const appearance = {
      page: 0,
      rect: [20, 150, 220, 190] as const,
      lines: ['Comune di Prova', 'Prot. n. 123/2026 (è qui)'],
    }
    const { bytes: twice } = await signing.seal(once, { ...words, appearance })
    const report = await trusted(twice)
    expect(report.verdict).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.modifications).to.deep.include({
      what: 'signature field “Sigillo3” shown on page 1',
      allowed: 'flag',
    })
    expect(run('pdftotext', file(twice, '.pdf'), '-')).to.include('Prot. n. 123/2026 (è qui)')
    expect(run('pdfsig', file(twice, '.pdf')).match(/Signature is Valid/g)).to.have.length(2)
  })

  it('does not append to what must not be appended to', async () => {
    const key = sealKeyOf(sealer)
    const certified = await signed(pdf(), { key, also: showing(20), docMdp: 1 })
    const broken = update(await signed(pdf(), { key, also: showing(20) }), {
      4: '<< /Length 0 >>\nstream\n\nendstream',
    })
    const encrypted = Buffer.from(
      pdf().toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Encrypt << /Filter /Standard >>'),
      'latin1',
    )
    for (const bytes of [certified, broken, encrypted, pdf().subarray(0, 400), Buffer.from('testo')]) {
      expect(await refusal(bytes))
        .to.include({ name: 'AppError', code: 'INVALID_INPUT' })
        .and.have.property('explanation')
        .that.is.a('string')
    }
  })

  it('gives out nothing that our own verifier does not accept', async () => {
    const wrong = { ...sealKeyOf(sealer), sign: sealKeyOf(signer({ key: otherKey })).sign }
    const careless = createSigning({ trustAnchors: [], sealKeys: { of: () => wrong } })
    const of = (made: Promise<unknown>) =>
      made.then(
        () => null,
        (error: unknown) => (error as Error).message,
      )
    expect(await of(careless.seal(pdf(), words))).to.equal('The seal does not verify')
    expect(await of(careless.sealFile(Buffer.from('indice')))).to.include('does not verify: TOTAL-FAILED')
  })

  it('reports a file that exceeds its time as unreadable, and goes on with the next', async () => {
    const hurried = createSigning({
      trustAnchors: [],
      sealKeys: { of: () => sealKeyOf(sealer) },
      limits: { threads: 1, time: 1, memory: 256 },
    })
    expect(await hurried.verify(pdf(), 'a.pdf')).to.deep.include({ verdict: 'unreadable' })
    expect(await signing.verify(pdf(), 'b.pdf')).to.deep.include({ verdict: 'not-signed' })
  })
})

describe('the development seal', () => {
  const base = join(folder, 'certs')
  const pki = {
    authority: join(base, 'authority'),
    trust: join(base, 'trust'),
    seals: join(base, 'seal'),
    municipality: { id: 'valle', name: 'Comune di Valle', cf: '00488410010' },
    now: NOW,
  }

  it('is made once, and is valid for our own verifier', async () => {
    ensureDevelopmentSeal(pki)
    const certificate = readFileSync(join(base, 'seal/valle/certificate.pem'), 'utf8')
    ensureDevelopmentSeal(pki)
    expect(readFileSync(join(base, 'seal/valle/certificate.pem'), 'utf8')).to.equal(certificate)

    const signing = createSigning({ trustAnchors: pki.trust, sealKeys: pki.seals, now: () => NOW })
    const { bytes } = await signing.seal(pdf(), { ...words, municipality: 'valle' })
    const report = await signing.verify(bytes, 'a.pdf')
    expect(report.verdict).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.signedBy.taxCode).to.equal('00488410010')
  })

  it('refuses a key that is not the certificate’s', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    expect(() => sealKeyOf({ ...sealer, key: privateKey })).to.throw('do not belong together')
    const missing = await Promise.resolve(sealKeysIn(join(base, 'seal')).of('altro')).catch((error: unknown) => error)
    expect(missing).to.include({ name: 'KeyFailure', problem: 'unavailable' })
  })

  it('reads the revocation lists of the trust folder', () => {
    expect(crlOf(authority).thisUpdate.getTime()).to.be.lessThan(NOW.getTime())
  })
})
