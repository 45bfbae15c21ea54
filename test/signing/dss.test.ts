import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { verify } from '../../server/signing/verify.ts'
import { memorySource } from '../../server/shared/source.ts'
import { check, result, signer, trust } from './pki.ts'
import { faithful } from '../../server/signing/xml-transforms.ts'
import { parseXml } from '../../server/signing/xml.ts'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { zip } from './zip-maker.ts'
import { detachedXades } from './xades-maker.ts'

const folder = join('test', 'signing', 'fixtures')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const anchors = readCertificateFile(read('dss-ca.pem'))
const circumstances = { anchors, evidence: null, at: new Date('2026-12-01T00:00:00Z') }
const validate = (bytes: Buffer) => check(bytes, 'a.xml', circumstances)
const replaced = (name: string, from: string, to: string): Buffer => {
  const text = read(name).toString('utf8')
  expect(text).to.include(from)
  return Buffer.from(text.replace(from, to))
}

describe('XAdES of EU DSS', () => {
  it('an enveloped signature leaves itself out by a filter (XML-Signature XPath Filter 2.0)', () => {
    const report = validate(read('dss-enveloped.xml'))
    expect(report).to.include({ format: 'XAdES', verdict: 'TOTAL-PASSED' })
    expect(report.signatures[0]).to.include({ level: 'B', coversWholeDocument: true, digestIntact: true })
    expect(result(validate(replaced('dss-enveloped.xml', 'CONTENUTO', 'CONTENUTA')))).to.equal(
      'TOTAL-FAILED/HASH_FAILURE',
    )
  })

  it('or by an XPath expression', () => {
    expect(result(validate(read('dss-xpath.xml')))).to.equal('TOTAL-PASSED')
    expect(result(validate(replaced('dss-xpath.xml', 'CONTENUTO', 'CONTENUTA')))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('an expression that could select nothing is not evaluated, and proves nothing', () => {
    const empty = replaced('dss-xpath.xml', 'not(ancestor-or-self::ds:Signature)', 'false()')
    expect(result(validate(empty))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
    const foreign = replaced('dss-enveloped.xml', '/descendant::ds:Signature', '/descendant::a:testo')
    expect(result(validate(foreign))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })

  it('a small file of very many elements is looked at in time, and what would take too long is not looked at', () => {
    const filled = (content: string) => result(validate(replaced('dss-enveloped.xml', '<vuoto/>', `<v>${content}</v>`)))
    expect(filled('<a>x</a>'.repeat(40_000))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(filled('<!--x-->'.repeat(20_000))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
    expect(filled('<a/>'.repeat(300_001))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
    expect(check(Buffer.from(`<v>${'<a/>'.repeat(1_000_001)}</v>`), 'a.xml', circumstances).signatures).to.deep.equal(
      [],
    )
  })

  it('a signed text that was put into an instruction, or a line that was ended otherwise, is another one', () => {
    const hidden = replaced('dss-enveloped.xml', 'CONTENUTO', '<?x CONTENUTO?>')
    expect(result(validate(hidden))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    const ended = replaced('dss-enveloped.xml', '\n  <vuoto/>', '\u2028  <vuoto/>')
    expect(result(validate(ended))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    const noCharacter = replaced('dss-enveloped.xml', '\n  <vuoto/>', '\u000b  <vuoto/>')
    expect(result(validate(noCharacter))).to.equal('unreadable')
  })

  it('a second element with the name of the signed one proves nothing', () => {
    const text = read('dss-enveloping.xml')
      .toString('utf8')
      .replace(/^<\?xml.*?\?>/, '')
    const [name] = /(?<=URI="#)(?!xades)[^"]+/.exec(text) ?? []
    const inside = (other: string) => result(validate(Buffer.from(`<a>${text}<b Id="${other}"/></a>`)))
    expect(inside('another')).to.equal('TOTAL-PASSED')
    expect(inside(String(name))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('an enveloping signature is over the bytes that its base64 stands for', () => {
    expect(result(validate(read('dss-enveloping.xml')))).to.equal('TOTAL-PASSED')
    const content = Buffer.from('CONTENUTO del documento').toString('base64').slice(0, 16)
    expect(result(validate(replaced('dss-enveloping.xml', content, `AAAA${content.slice(4)}`)))).to.equal(
      'TOTAL-FAILED/HASH_FAILURE',
    )
  })

  it('a style sheet beside the root is signed with the document (Canonical XML §2.3)', () => {
    expect(result(validate(read('dss-instructions.xml')))).to.equal('TOTAL-PASSED')
    expect(result(validate(replaced('dss-instructions.xml', 'f.xsl', 'g.xsl')))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    const added = Buffer.concat([read('dss-enveloped.xml'), Buffer.from('<?xml-stylesheet href="g.xsl"?>')])
    expect(result(validate(added))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('the signer is found among the certificates in whatever order they come', () => {
    const text = read('dss-enveloped.xml').toString('utf8')
    const certificates =
      /(<ds:X509Certificate>[^<]*<\/ds:X509Certificate>)(<ds:X509Certificate>[^<]*<\/ds:X509Certificate>)/
    expect(text).to.match(certificates)
    expect(result(validate(Buffer.from(text.replace(certificates, '$2$1'))))).to.equal('TOTAL-PASSED')
  })

  it('an Edwards curve is known in XML too (RFC 9231 §2.3.12), an unknown algorithm says nothing of the data', () => {
    expect(result(validate(read('dss-ed25519.xml')))).to.equal('TOTAL-PASSED')
    const unknown = replaced('dss-ed25519.xml', '#eddsa-ed25519', '#eddsa-ed1')
    expect(result(validate(unknown))).to.equal('INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
  })

  it('a counter-signature belongs to the signature that it is about', () => {
    const report = validate(read('dss-counter.xml'))
    expect(report.signatures).to.have.length(1)
    expect(report.signatures[0]?.counterSignatures?.map(({ indication, level }) => [indication, level])).to.deep.equal([
      ['TOTAL-PASSED', 'B'],
    ])
    const broken = validate(replaced('dss-counter.xml', 'CONTENUTO', 'CONTENUTA'))
    expect(broken.verdict).to.equal('TOTAL-FAILED')
  })

  it('a counter-signature outlives its certificate by the archive time stamp over both', () => {
    const later = { ...circumstances, anchors: readCertificateFile(read('dss-counter-ca.pem')) }
    const [report] = check(read('dss-counter-lta.xml'), 'a.xml', {
      ...later,
      at: new Date('2028-01-01T00:00:00Z'),
    }).signatures
    expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'LTA' })
    const [counter] = report?.counterSignatures ?? []
    expect(counter).to.include({ indication: 'TOTAL-PASSED', level: 'B', provedTime: report?.timestamps.at(-1)?.time })
    const alone = replaced('dss-counter-lta.xml', '<xades141:ArchiveTimeStamp', '<xades141:Nulla').toString('utf8')
    const unstamped = Buffer.from(alone.replace('</xades141:ArchiveTimeStamp', '</xades141:Nulla'))
    const [other] = check(unstamped, 'a.xml', { ...later, at: new Date('2028-01-01T00:00:00Z') }).signatures
    expect(other?.counterSignatures?.[0]?.subIndication).to.equal('OUT_OF_BOUNDS_NO_POE')
  })

  it('a detached signature is about the file given beside it', () => {
    const bytes = read('dss-detached.xml')
    const about = (data: Buffer) =>
      verify({ source: memorySource(bytes), name: 'a.xml', detached: memorySource(data) }, trust(circumstances))
    const signed = about(read('dss-detached-content.xml'))
    expect(signed.verdict).to.equal('TOTAL-PASSED')
    expect(signed.signatures[0]).to.include({ coversWholeDocument: true })
    expect(result(about(Buffer.from('altro')))).to.equal('TOTAL-FAILED/HASH_FAILURE')
    expect(result(validate(bytes))).to.equal('INDETERMINATE/SIGNED_DATA_NOT_FOUND')
  })
})

describe('XAdES: what is not signed', () => {
  const files = { 'a.txt': Buffer.from('primo') }
  const container = (content: Readonly<Record<string, Buffer>>, signatures: Buffer) =>
    zip({
      mimetype: Buffer.from('application/vnd.etsi.asic-s+zip'),
      ...content,
      'META-INF/signatures.xml': signatures,
    })
  const signed = detachedXades({ files, signer: signer() })

  it('a second file in a simple container is refused (EN 319 162-1 §4.3.3.1)', () => {
    expect(result(check(container(files, signed), 'a.asics'))).to.equal('TOTAL-PASSED')
    const second = container({ ...files, 'b.txt': Buffer.from('estraneo') }, signed)
    expect(result(check(second, 'a.asics'))).to.equal('TOTAL-FAILED/FORMAT_FAILURE')
  })

  it('properties that no reference signs are nobody’s word', () => {
    const loose = detachedXades({ files, signer: signer(), signsProperties: false })
    expect(result(check(container(files, loose), 'a.asics'))).to.equal('INDETERMINATE/SIG_CONSTRAINTS_FAILURE')
  })
})

describe('canonical forms (Canonical XML §2.3)', () => {
  const form = (xml: string): unknown => {
    const { c14n } = faithful({ c14n: ExclusiveCanonicalization })
    const { root } = parseXml(Buffer.from(xml))
    return (new c14n!() as ExclusiveCanonicalization).process(root, {})
  }

  it('instructions, empty sections and ends of lines that XML 1.0 does not know', () => {
    expect(form('<a>1<?x  y?><?z?><![CDATA[]]>\u2028\u0085</a>')).to.equal('<a>1<?x y?><?z?>\u2028\u0085</a>')
  })

  it('names are in the order of their characters, those without namespace first', () => {
    const xml = '<Z:a xmlns:b="urn:b" xmlns:Z="urn:z" b:c="1" Z:B="2" Z:a="3" y="4" X="5" xmlns2="6"></Z:a>'
    const sorted = 'X="5" xmlns2="6" y="4" b:c="1" Z:B="2" Z:a="3"'
    expect(form(xml)).to.equal(`<Z:a xmlns:Z="urn:z" xmlns:b="urn:b" ${sorted}></Z:a>`)
  })

  it('that there is no default namespace is declared once', () => {
    const xml = '<a xmlns="urn:a"><b xmlns=""><c></c></b></a>'
    expect(form(xml)).to.equal(xml)
  })
})
