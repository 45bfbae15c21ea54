import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { detachedSignature } from '../../server/signing/cms-builder.ts'
import { readDer, sequence } from '../../server/shared/asn1/der.ts'
import { encode, sequenceOf } from '../../server/shared/asn1/der-writer.ts'
import { authority, check, crlOf, later, result, sealKeyOf, signer, stamper } from './pki.ts'
import { stamp } from './stamps.ts'
import { zip } from './zip-maker.ts'
import { issueCrl } from '../../server/certificates/certificate-builder.ts'

type Files = Readonly<Record<string, Buffer>>

const mario = signer({ notAfter: later(1) })
const brief = stamper({ notAfter: later(1) })
const tsa = stamper()

const digest = (bytes: Buffer, name = 'sha256'): Buffer => createHash(name).update(bytes).digest()
const manifest = (about: string, files: Files, method = 'http://www.w3.org/2001/04/xmlenc#sha256', hash = 'sha256') =>
  Buffer.from(
    `<a:ASiCManifest xmlns:a="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><a:SigReference URI="${about}"/>${Object.entries(
      files,
    )
      .map(
        ([name, content]) =>
          `<a:DataObjectReference URI="${name}"><ds:DigestMethod Algorithm="${method}"/><ds:DigestValue>${digest(content, hash).toString('base64')}</ds:DigestValue></a:DataObjectReference>`,
      )
      .join('')}</a:ASiCManifest>`,
  )

/** The message with a CRL in it, as level LT demands (RFC 5652 §5.1: after the certificates). */
function withCrl(message: Buffer, crl: Buffer): Buffer {
  const [type, wrapper] = sequence(readDer(message))
  const fields = sequence(sequence(wrapper, 0xa0)[0]).map(({ raw }) => raw)
  return sequenceOf(
    type?.raw ?? Buffer.alloc(0),
    encode(0xa0, sequenceOf(...fields.toSpliced(4, 0, encode(0xa1, crl)))),
  )
}

/** Level LT: after a day neither its certificate nor that of its time stamp is valid any more. */
async function container(files: Files = { 'a.txt': Buffer.from('atto'), 'b.txt': Buffer.from('secondo') }) {
  const signed = manifest('META-INF/signature001.p7s', files)
  const facts = {
    digest: digest(signed),
    signingTime: new Date(),
    timestamp: async (value: Buffer) => stamp(value, brief),
  }
  const crl = issueCrl(authority, { thisUpdate: later(-1), nextUpdate: later(30) })
  return {
    mimetype: Buffer.from('application/vnd.etsi.asic-e+zip'),
    ...files,
    'META-INF/ASiCManifest.xml': signed,
    'META-INF/signature001.p7s': withCrl(await detachedSignature(facts, sealKeyOf(mario)), crl),
  }
}

const TOKEN = 'META-INF/timestamp001.tst'
const without = (files: Files, ...names: readonly string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)))
const withoutMimetype = (files: Files): Files => without(files, 'mimetype')
const archived = (files: Files, listed = withoutMimetype(files), over = manifest(TOKEN, listed)): Files => ({
  ...files,
  'META-INF/ASiCArchiveManifest.xml': manifest(TOKEN, listed),
  [TOKEN]: stamp(over, tsa),
})

const evidence = { crls: [crlOf(authority, { thisUpdate: later(-1), nextUpdate: later(30) })], ocsps: [] }
const read = (files: Files) => check(zip(files), 'a.asice', { at: later(30), evidence })
const verdictOf = (files: Files) => {
  const report = read(files)
  return `${report.signatures[0]?.level} ${result(report)}`
}
const LAPSED = 'LT INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED'

describe('ASiC-E with CAdES and an archive time stamp (EN 319 162-1 Annex A.7)', () => {
  it('the stamp over the archive manifest lets the signature outlive all its certificates', async () => {
    const files = await container()
    expect(verdictOf(files)).to.equal(LAPSED)
    const report = read(archived(files))
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]).to.include({ level: 'LTA' })
    expect(report.signatures[0]?.timestamps.map(({ kind, indication }) => `${kind} ${indication}`)).to.have.members([
      'signature TOTAL-PASSED',
      'archive TOTAL-PASSED',
    ])
    expect(report.warnings).to.deep.equal([])
  })

  it('proves nothing when it is over another manifest, or a file is not the one that the manifest names', async () => {
    const files = await container()
    const listed = withoutMimetype(files)
    expect(verdictOf(archived(files, listed, Buffer.from('altro')))).to.equal(LAPSED)
    expect(verdictOf(archived(files, { ...listed, 'a.txt': Buffer.from('altro') }))).to.equal(LAPSED)
    const missing = verdictOf(archived(files, { ...listed, 'c.txt': Buffer.from('terzo') }))
    expect(missing).to.equal(LAPSED.replace('LT', 'LTA'))
  })

  it('is not the signature’s when its manifest leaves out the message or a file that it signs', async () => {
    const files = await container()
    for (const left of ['META-INF/signature001.p7s', 'META-INF/ASiCManifest.xml', 'b.txt']) {
      expect(verdictOf(archived(files, without(files, 'mimetype', left))), left).to.equal(LAPSED)
    }
    const { 'a.txt': only } = files as Files
    expect(read(archived(files, only ? { 'a.txt': only } : {})).warnings).to.deep.equal([
      'timestamp001.tst was not verified',
    ])
  })

  it('a broken archive manifest only fails to help', async () =>
    expect(
      verdictOf({ ...archived(await container()), 'META-INF/ASiCArchiveManifest.xml': Buffer.from('<a') }),
    ).to.equal(LAPSED))

  it('each renewal proves the stamp before it', async () => {
    const files = await container()
    const first = {
      ...files,
      'META-INF/ASiCArchiveManifest1.xml': manifest(TOKEN, withoutMimetype(files)),
      [TOKEN]: stamp(manifest(TOKEN, withoutMimetype(files)), brief),
    }
    expect(verdictOf(first)).to.equal('LTA INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED')
    const second = 'META-INF/timestamp002.tst'
    const renewed = manifest(second, withoutMimetype(first))
    const report = read({ ...first, 'META-INF/ASiCArchiveManifest.xml': renewed, [second]: stamp(renewed, tsa) })
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.timestamps.map(({ indication }) => indication)).to.deep.equal(
      Array(3).fill('TOTAL-PASSED'),
    )
  })

  it('a manifest may not name its files by SHA-1', async () => {
    const files = without(await container(), 'META-INF/ASiCManifest.xml', 'META-INF/signature001.p7s')
    const signed = manifest(
      'META-INF/signature001.p7s',
      withoutMimetype(files),
      'http://www.w3.org/2000/09/xmldsig#sha1',
      'sha1',
    )
    const message = await detachedSignature({ digest: digest(signed), signingTime: new Date() }, sealKeyOf(signer()))
    const weak = { ...files, 'META-INF/ASiCManifest.xml': signed, 'META-INF/signature001.p7s': message }
    expect(result(check(zip(weak), 'a.asice'))).to.equal('INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
  })
})
