import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { parseCrl } from '../../server/certificates/crl.ts'
import { context, readDer, sequence, type Der } from '../../server/shared/asn1/der.ts'
import { encode, sequenceOf } from '../../server/shared/asn1/der-writer.ts'
import { check, result } from './pki.ts'

const folder = join('test', 'signing', 'fixtures')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const anchors = ['dss-ca.pem', 'dss-lt-archived-ca.pem'].flatMap((name) => readCertificateFile(read(name)))
const SIGNED = new Date('2026-11-26T04:10:00Z')
const after = (days: number): Date => new Date(SIGNED.getTime() + days * 86_400_000)

/** The signer's certificate lasts 265 days, that of the OCSP responder 300; the authorities and their lists go on. */
const crls = ['dss-later-root.crl', 'dss-later-sub.crl'].map((name) => parseCrl(read(name)))
const judged = (bytes: Buffer, days: number, registeredAt: Date | null = null): string => {
  const evidence = { crls: days > 300 ? crls : [], ocsps: [] }
  const report = check(bytes, 'a.p7m', { anchors, evidence, at: after(days), registeredAt })
  return `${report.signatures[0]?.level} ${result(report)}`
}

describe('signatures that outlive the OCSP responder', () => {
  it('an answer counts while the certificate of its responder lasts', () =>
    expect(judged(read('dss-lt.p7m'), 10)).to.equal('LT TOTAL-PASSED'))

  it('and no longer: its key could by then sign an answer of any date', () =>
    expect(judged(read('dss-lt.p7m'), 400)).to.equal('LT INDETERMINATE/TRY_LATER'))

  it('unless the register proves that the file held the answer', () => {
    expect(judged(read('dss-lt.p7m'), 400, after(1))).to.equal('LT TOTAL-PASSED')
    expect(judged(read('dss-lt.p7m'), 400, after(310))).to.equal('LT INDETERMINATE/TRY_LATER')
  })

  for (const name of ['dss-lta.p7m', 'dss-lta.pdf', 'dss-lta.asice', 'dss-lta.xml', 'dss-lta-enveloping.xml'])
    it(`or a later time stamp: ${name}`, () => expect(judged(read(name), 400)).to.equal('LTA TOTAL-PASSED'))

  it('which proves the answers that its index names, not those put in later (EN 319 122-1 §5.5.2)', () => {
    expect(judged(read('dss-lt-archived.p7m'), 10)).to.equal('LTA TOTAL-PASSED')
    expect(judged(read('dss-lt-archived.p7m'), 400)).to.equal('LTA INDETERMINATE/TRY_LATER')
  })

  it('and nothing once something that its index names is gone: the index is then invalid', () => {
    const other = fieldsOf(read('dss-lt.p7m')).find(({ tag }) => tag === context(1))
    const fields = fieldsOf(read('dss-lta.p7m')).map((field) => (field.tag === context(1) && other ? other : field))
    const [type] = sequence(readDer(read('dss-lta.p7m')))
    const changed = sequenceOf(
      type?.raw ?? Buffer.alloc(0),
      encode(context(0), sequenceOf(...fields.map(({ raw }) => raw))),
    )
    expect(judged(changed, 10)).to.equal('LT TOTAL-PASSED')
    expect(judged(changed, 400)).to.equal('LT INDETERMINATE/TRY_LATER')
  })
})

describe('archive time stamps of XAdES (EN 319 132-1 §5.5.2)', () => {
  const text = read('dss-lta.xml').toString('utf8')

  it('cover what the references are to, the signature, and the properties before them', () => {
    const report = check(Buffer.from(text), 'a.xml', { anchors, at: after(10) })
    expect(report.signatures[0]?.timestamps.map(({ kind, indication }) => `${kind} ${indication}`)).to.deep.equal([
      'signature TOTAL-PASSED',
      'archive TOTAL-PASSED',
      'archive TOTAL-PASSED',
    ])
  })

  it('prove nothing, and give no level, once one of these properties changed', () => {
    const changed = text.replace('<xades:RevocationValues', '<xades:RevocationValues Id="altro"')
    expect(changed).not.to.equal(text)
    expect(judged(Buffer.from(changed), 10)).to.equal('LT TOTAL-PASSED')
    expect(judged(Buffer.from(changed), 400)).to.equal('LT INDETERMINATE/TRY_LATER')
  })

  it('say nothing of a file that was not given', () => {
    const elsewhere = Buffer.from(text.replace(' URI=""', ' URI="altro.txt"'))
    const [signature] = check(elsewhere, 'a.xml', { anchors, at: after(10) }).signatures
    expect(signature?.timestamps.at(-1)).to.include({ kind: 'archive', subIndication: 'SIGNED_DATA_NOT_FOUND' })
  })
})

describe('an archive time stamp that is broken', () => {
  it('gives a PDF no archive level', () => {
    const bytes = read('dss-lta.pdf')
    // An octet of the message-digest attribute of the last message becomes another one.
    const at = bytes.lastIndexOf('2a864886f70d010904')
    bytes.write('ff', at, 'latin1')
    expect(judged(bytes, 10)).to.equal('LT TOTAL-PASSED')
  })

  it('nor a message', () => {
    const bytes = read('dss-lta.p7m')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 300) ^ 1, bytes.length - 300)
    expect(judged(bytes, 10)).to.equal('LT TOTAL-PASSED')
  })
})

function fieldsOf(message: Buffer): readonly Der[] {
  const [, wrapper] = sequence(readDer(message))
  return sequence(sequence(wrapper, context(0))[0])
}
