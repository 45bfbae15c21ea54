import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createDocuments, reportsOf, type Documents, type StoredDocument } from '../../server/documents/index.ts'
import { lacksOurs, nextTry } from '../../server/documents/revalidation.ts'
import { registrationOf } from '../../server/filings/registration-proof.ts'
import { newId } from '../../server/shared/ids.ts'
import { issueCrl, toPem } from '../../server/certificates/certificate-builder.ts'
import { createSigning, type Signing } from '../../server/signing/index.ts'
import { p7m } from '../signing/openssl.ts'
import { authority, check, DAY, later, NOW, otherAuthority, signer } from '../signing/pki.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

describe('validating again', () => {
  const database = testDatabase()
  const trust = mkdtempSync(join(tmpdir(), 'trust-'))
  const clock = { now: NOW }
  const mario = signer()
  let signing: Signing
  let documents: Documents
  before(async () => {
    writeFileSync(join(trust, 'authority.pem'), toPem(authority.certificate))
    const now = () => clock.now
    signing = createSigning({ trustAnchors: trust, sealKeys: 'none', now })
    documents = createDocuments({ connection: database.connection, signing, now, newId })
    await modelsReady(database.connection)
  })
  after(() => rmSync(trust, { recursive: true }))

  const publish = (...revoked: { certificate: typeof mario.certificate; at: Date }[]) =>
    writeFileSync(
      join(trust, 'authority.crl'),
      issueCrl(authority, { thisUpdate: clock.now, nextUpdate: new Date(clock.now.getTime() + 30 * DAY), revoked }),
    )
  const receive = (bytes: Buffer, filing: string): Promise<StoredDocument> =>
    documents.receive(Readable.from([bytes]), {
      sender: 'giulia',
      municipality: 'vallechiara',
      filing,
      kind: 'attachment',
      at: clock.now,
      name: 'atto.p7m',
      maxBytes: 1_000_000,
      accept: ['application/pkcs7-mime'],
    })
  const results = async (document: StoredDocument): Promise<string[]> =>
    reportsOf((await documents.find('vallechiara', document.id)) ?? document).map(({ signatures: [first] }) =>
      [first?.indication, first?.subIndication].filter(Boolean).join('/'),
    )
  const hours = (count: number) => (clock.now = new Date(clock.now.getTime() + count * 3_600_000))
  const registered = new Date(NOW.getTime() + 60_000)

  it('accepts a file for whose judgement we lack data, and completes it later beside the first report', async () => {
    const document = await receive(p7m({ signers: [mario] }), 'f1')
    expect(await results(document)).to.deep.equal(['INDETERMINATE/TRY_LATER'])
    expect(await documents.validateDue(async () => registered)).to.equal(0)
    hours(1)
    expect(await documents.validateDue(async () => registered)).to.equal(1)
    // The certificate is revoked after the register had the file: what the register proves keeps the signature good.
    hours(6)
    publish({ certificate: mario.certificate, at: new Date(NOW.getTime() + 3_600_000) })
    expect(await documents.validateDue(async () => registered)).to.equal(1)
    const expected = ['INDETERMINATE/TRY_LATER', 'INDETERMINATE/TRY_LATER', 'TOTAL-PASSED']
    expect(await results(document)).to.deep.equal(expected)
    hours(1_000)
    expect(await documents.validateDue(async () => registered), 'nothing is left to do').to.equal(0)
  })

  it('gives up in the end: then a person asks', async () => {
    const document = await receive(p7m({ signers: [signer({ issuer: otherAuthority })] }), 'f2')
    for (let day = 0; day < 60; day++) {
      hours(24)
      await documents.validateDue(async () => registered)
    }
    const tries = await results(document)
    expect(tries).to.have.length(8)
    await documents.validateAgain(document, async () => registered)
    expect(await results(document)).to.have.length(9)
  })

  it('is for what we lack, and for nothing that the file is', () => {
    const good = p7m({ signers: [mario] })
    const lacks = (bytes: Buffer) => lacksOurs(check(bytes, 'a.p7m'))
    expect(lacks(good)).to.equal(false)
    expect(lacks(Buffer.concat([good, Buffer.from('x')]))).to.equal(false)
    expect(lacks(p7m({ signers: [signer({ notAfter: later(-1) })] }))).to.equal(false)
    expect(lacks(p7m({ signers: [signer({ issuer: otherAuthority })] }))).to.equal(true)
    expect(lacks(p7m({ signers: [mario], content: p7m({ signers: [signer({ issuer: otherAuthority })] }) }))).to.equal(
      true,
    )
    const report = check(good, 'a.p7m')
    const [signature] = report.signatures
    const list = { territory: 'IT', sequence: 1, issued: '', nextUpdate: '', overdue: true }
    expect(lacksOurs({ ...report, signatures: [{ ...signature!, trustedList: list }] })).to.equal(true)
    expect(nextTry(report, 0, NOW)).to.equal(null)
  })

  it('believes the register from when it took the file: with the filing, or with the later answer', () => {
    const events = [
      { type: 'submitted', at: later(-10) },
      { type: 'taken-in-charge', at: later(-9) },
      { type: 'integration-received', at: later(-5) },
    ] as const
    expect(registrationOf(events, later(-11))).to.deep.equal(later(-10))
    expect(registrationOf(events, later(-6))).to.deep.equal(later(-5))
    expect(registrationOf(events, later(-1)), 'still in a draft').to.equal(undefined)
  })
})
