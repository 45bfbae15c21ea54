import { expect } from 'chai'
import type { KeyObject } from 'node:crypto'
import { check, curve, later, result, rsa, signer, stamper, trust } from './pki.ts'
import { memorySource } from '../../server/shared/source.ts'
import { verify } from '../../server/signing/verify.ts'
import { stamp } from './stamps.ts'
import { detachedXades } from './xades-maker.ts'
import { zip } from './zip-maker.ts'

describe('ASiC with XAdES', () => {
  const mario = signer()
  const files = { 'relazione tecnica.txt': Buffer.from('la relazione'), 'b.txt': Buffer.from('secondo') }
  const container = (content: Readonly<Record<string, Buffer>>, signatures: Buffer) =>
    zip({
      mimetype: Buffer.from('application/vnd.etsi.asic-e+zip'),
      ...content,
      'META-INF/signatures001.xml': signatures,
    })
  const read = (content: Readonly<Record<string, Buffer>>, signatures: Buffer, at?: Date) =>
    check(container(content, signatures), 'a.asice', at ? { at } : {})

  it('each file is the one that the signature names', () => {
    const signed = detachedXades({ files, signer: mario })
    const report = read(files, signed)
    expect(report).to.include({ format: 'ASiC-E', verdict: 'TOTAL-PASSED' })
    expect(report.signatures[0]).to.include({ level: 'B', coversWholeDocument: true, signatureValid: true })
    expect(report.warnings).to.deep.equal([])
    expect(result(read({ ...files, 'b.txt': Buffer.from('altro') }, signed))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(result(read({ 'b.txt': files['b.txt'] }, signed))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('the list of files of ODF is not needed, and says nothing (EN 319 162-1 §4.4.3.2)', () => {
    const signed = detachedXades({ files, signer: mario })
    const listed = { 'META-INF/manifest.xml': Buffer.from('<manifest:file-entry manifest:full-path="altro.txt"/>') }
    expect(read({ ...files, ...listed }, signed)).to.deep.include({ verdict: 'TOTAL-PASSED', warnings: [] })
    expect(read(files, signed)).to.deep.include({ verdict: 'TOTAL-PASSED', warnings: [] })
  })

  it('a file that no signature names is not covered', () => {
    const signed = detachedXades({ files: { 'b.txt': files['b.txt'] }, signer: mario })
    expect(read(files, signed).signatures[0]).to.include({ indication: 'TOTAL-PASSED', coversWholeDocument: false })
  })

  it('a file that is transformed before it is hashed says nothing for or against the signature', () => {
    const transform =
      '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Transform></ds:Transforms>'
    const signed = detachedXades({ files, signer: mario, transform })
    expect(result(read(files, signed))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('a time stamp proves when, and lets the signature outlive its certificate', () => {
    const brief = signer({ notAfter: later(1) })
    const tsa = stamper()
    const stamped = detachedXades({ files, signer: brief, stamp: (data) => stamp(data, tsa) })
    const report = read(files, stamped, later(30))
    expect(report.verdict).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]).to.include({ level: 'T' })
    expect(report.signatures[0]?.timestamps[0]).to.include({ kind: 'signature', indication: 'TOTAL-PASSED' })
    expect(result(read(files, detachedXades({ files, signer: brief }), later(30)))).to.equal(
      'INDETERMINATE/OUT_OF_BOUNDS_NO_POE',
    )
    const other = detachedXades({ files, signer: brief, stamp: () => stamp(Buffer.from('altro'), tsa) })
    expect(result(read(files, other, later(30)))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NO_POE')
  })
})

describe('detached XAdES', () => {
  const content = Buffer.from('la relazione')
  const about = (signed: Buffer, detached?: Buffer) =>
    verify(
      { source: memorySource(signed), name: 'a.xml', ...(detached && { detached: memorySource(detached) }) },
      trust(),
    )
  const nameless = detachedXades({ files: { '': content }, signer: signer() })

  it('a reference without URI is to the file given, and to nothing else (RFC 3275 §4.3.3.1)', () => {
    const report = about(nameless, content)
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]).to.include({ coversWholeDocument: true })
    expect(result(about(nameless, Buffer.from('altro')))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    const alone = about(nameless)
    expect(result(alone)).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
    expect(alone.signatures[0]).to.include({ coversWholeDocument: false })
  })

  it('of which there may be one only', () => {
    const twice = Buffer.from(nameless.toString().replace(/<ds:Reference [^U]*?<\/ds:Reference>/, '$&$&'))
    expect(result(about(twice, content))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('a signature over its own document says nothing of the file given', () => {
    const properties = detachedXades({ files: {}, signer: signer() })
    expect(result(about(properties, content))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('a manifest’s files are signed by their digests, which core validation does not look at (XML-DSig §5.1)', () => {
    const listed = detachedXades({ files: { 'a.txt': content }, signer: signer(), inManifest: true })
    const report = about(listed, content)
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]).to.include({ coversWholeDocument: true })
    expect(result(about(listed, Buffer.from('altro')))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(result(about(listed))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
    const changed = Buffer.from(listed.toString().replace('allegato', 'allegata'))
    expect(result(about(changed, content))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('an element may be named by an XPointer (XML-DSig §4.4.3.3), in the form that is known here', () => {
    const pointed = detachedXades({ files: { 'a.txt': content }, signer: signer(), byPointer: true })
    expect(result(about(pointed, content))).to.equal('TOTAL-PASSED')
    const changed = pointed.toString().replace('2026-01-01T12', '2026-01-01T13')
    expect(result(about(Buffer.from(changed), content))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    const other = pointed.toString().replace("xpointer(id('p'))", 'xpointer(/)')
    expect(result(about(Buffer.from(other), content))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('is made by any method of RFC 9231 §2.3 whose hash counts', () => {
    const [more, newer] = ['http://www.w3.org/2001/04/xmldsig-more#', 'http://www.w3.org/2007/05/xmldsig-more#']
    const by = (key: KeyObject, ...method: [string, string]) =>
      result(about(detachedXades({ files: { '': content }, signer: signer({ key }), method }), content))
    const elliptic = curve('prime256v1')
    expect(by(elliptic, `${more}ecdsa-sha224`, 'sha224')).to.equal('TOTAL-PASSED')
    expect(by(elliptic, `${more}ecdsa-sha1`, 'sha1')).to.equal('INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
    expect(by(rsa, `${newer}sha224-rsa-MGF1`, 'sha224')).to.equal('TOTAL-PASSED')
    expect(by(rsa, `${newer}sha3-384-rsa-MGF1`, 'sha3-384')).to.equal('TOTAL-PASSED')
  })

  it('a reference of a signature that somebody put into it is not its own', () => {
    const foreign = '<ds:Signature><ds:SignedInfo><ds:Reference URI="a.txt"/></ds:SignedInfo></ds:Signature>'
    const properties = detachedXades({ files: {}, signer: signer() }).toString()
    const added = properties.replace('</ds:Signature>', `<ds:Object>${foreign}</ds:Object></ds:Signature>`)
    const [own] = about(Buffer.from(added), content).signatures
    expect(own).to.include({ subIndication: 'SIGNED_DATA_NOT_FOUND', coversWholeDocument: false })
  })

  it('in a container every file has a name', () => {
    const container = zip({
      mimetype: Buffer.from('application/vnd.etsi.asic-e+zip'),
      'a.txt': content,
      'META-INF/signatures.xml': nameless,
    })
    expect(result(check(container, 'a.asice'))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })
})
