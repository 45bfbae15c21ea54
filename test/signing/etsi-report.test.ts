import { expect } from 'chai'
import { etsiReport } from '../../server/signing/etsi-report.ts'
import { parseXml, descendants, textOf } from '../../server/signing/xml.ts'
import { p7m } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { check, otherAuthority, signer } from './pki.ts'

const REPORT = 'http://uri.etsi.org/19102/v1.4.1#'

describe('the ETSI validation report', () => {
  const mario = signer()
  const read = (bytes: Buffer) => {
    const { root } = parseXml(Buffer.from(etsiReport(check(bytes, 'a.p7m')) ?? ''))
    return (name: string) => descendants(root, REPORT, name).map(textOf)
  }

  it('has one entry a signature, with indication, times, signer and certificate', () => {
    const values = read(p7m({ signers: [mario, signer({ issuer: otherAuthority })] }))
    expect(values('MainIndication')).to.have.members([
      'urn:etsi:019102:mainindication:total-passed',
      'urn:etsi:019102:mainindication:indeterminate',
    ])
    expect(values('SubIndication')).to.deep.equal(['urn:etsi:019102:subindication:NO_CERTIFICATE_CHAIN_FOUND'])
    expect(values('Signer')).to.deep.equal(['Mario Rossi', 'Mario Rossi'])
    expect(values('ValidationObject')).to.have.length(2)
    expect(values('ValidationTime')[0]).to.match(/^\d{4}-\d{2}-\d{2}T/)
  })

  it('does not let a name become markup', () => {
    const evil = signer({ subject: { country: 'IT', commonName: '<vr:MainIndication>&total-passed' } })
    const values = read(p7m({ signers: [evil] }))
    expect(values('Signer')).to.deep.equal(['<vr:MainIndication>&total-passed'])
    expect(values('MainIndication')).to.have.length(1)
  })

  it('is none for a file without signatures', () => expect(etsiReport(check(pdf()))).to.equal(null))
})
