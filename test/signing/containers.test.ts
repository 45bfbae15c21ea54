import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'
import { encode, integer, objectIdentifier, octetString, sequenceOf } from '../../server/shared/asn1/der-writer.ts'
import { p7m } from './openssl.ts'
import { check, result, rsa, signer, stamper } from './pki.ts'
import { stamp } from './stamps.ts'
import { zip } from './zip-maker.ts'

const mario = signer({ key: rsa })
const data = Buffer.from('il documento')
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')
const detached = (content: Buffer): Buffer => p7m({ signers: [mario], content, detached: true })

const simple = {
  mimetype: Buffer.from('application/vnd.etsi.asic-s+zip'),
  'atto.txt': data,
  'META-INF/signature.p7s': detached(data),
}

const withComment = (bytes: Buffer, comment: Buffer): Buffer => {
  const end = Buffer.concat([bytes, comment])
  end.writeUInt16LE(comment.length, bytes.length - 2)
  return end
}

describe('ASiC', () => {
  it('simple: the only file is what is signed', () => {
    const report = check(zip(simple), 'a.asics')
    expect(report).to.include({ format: 'ASiC-S', verdict: 'TOTAL-PASSED' })
    expect(report.content).to.include({ size: data.length })
    expect(result(check(zip({ ...simple, 'atto.txt': Buffer.from('altro') }), 'a.asics'))).to.equal(
      'TOTAL-FAILED/HASH_FAILURE',
    )
    expect(result(check(zip(simple, { deflate: true }), 'a.asics'))).to.equal('TOTAL-PASSED')
  })

  it('simple: a message with content of its own is not about the file beside it', () => {
    const own = p7m({ signers: [mario], content: Buffer.from('altro') })
    expect(result(check(zip({ ...simple, 'META-INF/signature.p7s': own }), 'a.asics'))).to.equal(
      'TOTAL-FAILED/HASH_FAILURE',
    )
  })

  const manifest = (files: Readonly<Record<string, Buffer>>): Buffer =>
    Buffer.from(
      `<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="META-INF/signature001.p7s"/>${Object.entries(
        files,
      )
        .map(
          ([name, content]) =>
            `<asic:DataObjectReference URI="${name}"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${sha256(content)}</ds:DigestValue></asic:DataObjectReference>`,
        )
        .join('')}</asic:ASiCManifest>`,
    )
  const extended = (files: Readonly<Record<string, Buffer>>, listed = files) => ({
    mimetype: Buffer.from('application/vnd.etsi.asic-e+zip'),
    ...files,
    'META-INF/ASiCManifest001.xml': manifest(listed),
    'META-INF/signature001.p7s': detached(manifest(listed)),
  })

  it('extended: the manifest is what is signed, and its files are what it says', () => {
    const files = { 'a.txt': data, 'b.txt': Buffer.from('secondo') }
    expect(check(zip(extended(files)), 'a.asice')).to.include({ format: 'ASiC-E', verdict: 'TOTAL-PASSED' })
    expect(result(check(zip(extended({ ...files, 'b.txt': Buffer.from('altro') }, files)), 'a.asice'))).to.equal(
      'TOTAL-FAILED/HASH_FAILURE',
    )
    expect(result(check(zip(extended({ 'a.txt': data }, files)), 'a.asice'))).to.equal(
      'INDETERMINATE/SIGNED_DATA_NOT_FOUND',
    )
    const changed = extended({ 'b.txt': Buffer.from('altro') }, files)
    expect(result(check(zip(changed), 'a.asice')), 'one missing, one changed').to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('extended: a file that the manifest does not name is not covered, and that is said', () => {
    const covered = (files: Readonly<Record<string, Buffer>>) => {
      const { signatures, warnings } = check(zip(extended(files, { 'a.txt': data })), 'a.asice')
      return [signatures[0]?.indication, signatures[0]?.coversWholeDocument, warnings.length]
    }
    expect(covered({ 'a.txt': data })).to.deep.equal(['TOTAL-PASSED', true, 0])
    expect(covered({ 'a.txt': data, 'b.txt': data })).to.deep.equal(['TOTAL-PASSED', false, 1])
  })

  it('a bomb, a lie about sizes and two files of one name are refused', () => {
    expect(check(zip({ ...simple, bomba: Buffer.alloc(20 << 20) }, { deflate: true }), 'a.asics').verdict).to.equal(
      'unreadable',
    )
    expect(check(zip(simple, { deflate: true, size: 3 }), 'a.asics').verdict).to.equal('unreadable')
    const double = zip({ ...simple, 'xtto.txt': data })
    expect(
      check(Buffer.from(double.toString('latin1').replaceAll('xtto.txt', 'atto.txt'), 'latin1'), 'a.asics').verdict,
    ).to.equal('unreadable')
  })

  it('what another program would open differently is refused: it would show a file that nobody signed', () => {
    const verdict = (bytes: Buffer) => check(bytes, 'a.asics').verdict
    const other = zip({ ...simple, 'atto.txt': Buffer.from('il pagamento') })
    expect(other).to.have.length(zip(simple).length)
    // Its directory begins at the place named, and another stands before the end, from which most programs count backwards.
    expect(verdict(Buffer.concat([zip(simple), other])), 'two directories').to.equal('unreadable')
    expect(verdict(withComment(zip(simple), Buffer.concat([other.subarray(-22), Buffer.from('..')])))).to.equal(
      'unreadable',
    )
    const more = zip({ ...simple, 'altro.txt': data })
    more.writeUInt16LE(3, more.length - 12)
    expect(verdict(more), 'one more in the directory than it counts').to.equal('unreadable')
    const named = zip(simple)
    named.write('nota', named.indexOf('atto.txt'))
    expect(result(check(named, 'a.asics')), 'another name before its bytes').to.equal('TOTAL-FAILED/FORMAT_FAILURE')
    const raw = Buffer.concat([deflateRawSync(data), Buffer.from('e altro')])
    const stored = zip({ ...simple, 'atto.txt': raw })
    const directory = stored.lastIndexOf('atto.txt') - 46
    for (const [at, value] of [
      [10, 8],
      [16, crc32(data)],
      [24, data.length],
    ] as const)
      stored.writeUIntLE(value, directory + at, at === 10 ? 2 : 4)
    expect(result(check(stored, 'a.asics')), 'packed by the directory alone').to.equal('TOTAL-FAILED/FORMAT_FAILURE')
    const cut = zip({ ...simple, 'META-INF/a\0': data })
    expect(verdict(cut), 'a name that ends for some in its middle').to.equal('unreadable')
    const field = Buffer.from('\x75\x70\x0d\0\x01....atto.pdf', 'latin1')
    expect(verdict(zip({ ...simple, 'META-INF/a': data }, { extra: field })), 'a second name').to.equal('unreadable')
    const plain = withComment(zip(simple), Buffer.from('commento'))
    expect(verdict(plain), 'a comment').to.equal('TOTAL-PASSED')
  })

  it('one whose end is written for large files is read as any other, if both its ends agree', () => {
    const end = zip(simple).subarray(-22)
    const large = Buffer.alloc(76)
    large.writeUInt32LE(0x06064b50, 0)
    large.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), 32)
    large.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40)
    large.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48)
    large.writeUInt32LE(0x07064b50, 56)
    large.writeBigUInt64LE(BigInt(zip(simple).length - 22), 64)
    const verdict = (last: Buffer) =>
      check(Buffer.concat([zip(simple).subarray(0, -22), large, last]), 'a.asics').verdict
    expect(verdict(end), 'both in full').to.equal('TOTAL-PASSED')
    const left = Buffer.from(end).fill(0xff, 8, 20)
    expect(verdict(left), 'left to the larger').to.equal('TOTAL-PASSED')
    large.writeBigUInt64LE(0n, 64)
    expect(verdict(left), 'found elsewhere by other programs').to.equal('unreadable')
    large.writeUInt32LE(0, 0)
    expect(verdict(end), 'found only elsewhere').to.equal('unreadable')
    large.writeUInt32LE(0x06064b50, 0)
    large.writeBigUInt64LE(BigInt(zip(simple).length - 22), 64)
    large.writeBigUInt64LE(1n, 32)
    expect(verdict(end), 'two counts').to.equal('unreadable')
  })

  it('a file that no other program unpacks, for its checksum, is no signed file', () => {
    for (const deflate of [false, true]) {
      const bytes = zip(simple, { deflate })
      const directory = bytes.lastIndexOf('atto.txt') - 46
      bytes.writeUInt32LE(1, directory + 16)
      expect(result(check(bytes, 'a.asics'))).to.equal('TOTAL-FAILED/FORMAT_FAILURE')
    }
  })

  it('a ZIP without signatures is a file like others', () =>
    expect(check(zip({ 'a.txt': data }), 'a.zip').verdict).to.equal('not-signed'))
})

describe('time-stamped data and transports', () => {
  const tsa = stamper()

  it('RFC 5544: the stamp is over the data, and proves the time of what is inside', () => {
    const inner = p7m({ signers: [mario] })
    const tsd = (stamped: Buffer) => {
      const evidence = encode(0xa0, sequenceOf(stamp(stamped, tsa)))
      return sequenceOf(
        objectIdentifier('1.2.840.113549.1.9.16.1.31'),
        encode(0xa0, sequenceOf(integer(1), octetString(inner), evidence)),
      )
    }
    const report = check(tsd(inner), 'a.txt.p7m.tsd')
    expect(report).to.include({ format: 'TSD', verdict: 'TOTAL-PASSED' })
    expect(report.content?.nested?.signatures[0]?.provedTime).to.be.a('string')
    expect(check(tsd(data), 'a.tsd').verdict).to.equal('TOTAL-FAILED')
  })

  it('S/MIME is opened', () => {
    const message = `MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name="a.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n${p7m({ signers: [mario] }).toString('base64')}\r\n`
    expect(check(Buffer.from(message), 'a.p7m')).to.include({ format: 'CAdES', verdict: 'TOTAL-PASSED' })
  })

  it('S/MIME, base64 or PEM behind which something else stands is not opened: other programs may read that', () => {
    const base64 = p7m({ signers: [mario] })
      .toString('base64')
      .replace(/=*$/, '')
    const headers =
      'MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    const pem = (text: string) => `-----BEGIN CMS-----\n${text}\n-----END CMS-----\n`
    const opened = (text: string) => check(Buffer.from(text), 'a.p7m').verdict
    for (const dressed of [`${headers}${base64}`, base64, pem(base64)]) expect(opened(dressed)).to.equal('TOTAL-PASSED')
    for (const dressed of [`${headers}${base64}=\n${base64}`, `${base64}=\n${base64}`, pem(base64) + pem(base64)])
      expect(opened(dressed), dressed.slice(0, 20)).to.equal('unreadable')
  })

  it('M7M: a message and a stamp over it', () => {
    const inner = p7m({ signers: [mario] })
    const part = (type: string, body: Buffer) =>
      `--x\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${body.toString('base64')}\r\n`
    const m7m = (stamped: Buffer) =>
      Buffer.from(
        `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n${part('application/pkcs7-mime', inner)}${part('application/timestamp-reply', stamp(stamped, tsa))}--x--\r\n`,
      )
    const report = check(m7m(inner), 'a.m7m')
    expect(report).to.include({ format: 'M7M', verdict: 'TOTAL-PASSED' })
    expect(report.content?.nested).to.include({ verdict: 'TOTAL-PASSED' })
    expect(check(m7m(data), 'a.m7m').verdict).to.equal('TOTAL-FAILED')
  })
})

describe('XAdES', () => {
  const reference = `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${sha256(mario.certificate.der)}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>`
  function enveloped(xml: string): string {
    const properties = `<xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"><xades:SignedProperties Id="p"><xades:SignedSignatureProperties><xades:SigningTime>2026-01-01T12:00:00Z</xades:SigningTime>${reference}</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties>`
    const signature = new SignedXml({
      privateKey: mario.keyPem,
      publicCert: mario.certificatePem,
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
      objects: [{ content: properties }],
    })
    const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
    const digestAlgorithm = 'http://www.w3.org/2001/04/xmlenc#sha256'
    signature.addReference({
      xpath: '/*',
      uri: '',
      isEmptyUri: true,
      digestAlgorithm,
      transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', exclusive],
    })
    signature.addReference({ xpath: "//*[@Id='p']", digestAlgorithm, transforms: [exclusive] })
    signature.computeSignature(xml, { location: { reference: '/*', action: 'append' } })
    return signature.getSignedXml()
  }

  it('is validated where it lies in the document', () => {
    const xml = enveloped('<?xml version="1.0"?><istanza><importo>100</importo></istanza>')
    const report = check(Buffer.from(xml), 'a.xml')
    expect(report).to.include({ format: 'XAdES', verdict: 'TOTAL-PASSED' })
    expect(report.signatures[0]).to.include({
      level: 'B',
      coversWholeDocument: true,
      signingTime: '2026-01-01T12:00:00.000Z',
    })
    expect(result(check(Buffer.from(xml.replace('100', '900')), 'a.xml'))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(result(check(Buffer.from(xml.replace('T12:', 'T13:')), 'a.xml'))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('leaves other XML alone, and what is no XML', () => {
    expect(check(Buffer.from('<?xml version="1.0"?><a/>'), 'a.xml').verdict).to.equal('not-signed')
    expect(
      check(
        Buffer.from(
          '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
        ),
        'a.xml',
      ).verdict,
    ).to.equal('unreadable')
  })
})
