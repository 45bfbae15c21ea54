import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { spidMetadata } from '../../server/identity/metadata.ts'
import { ensureServiceProviderKeys, readServiceProviderKeys } from '../../server/identity/service-provider-keys.ts'
import { createServiceProviders } from '../../server/identity/service-provider-service.ts'
import { ORGANIZATION } from './platform.ts'

const organization = { ...ORGANIZATION, name: 'Comune di Forlì', address: { city: 'Forlì', province: 'FC' } }
const entityId = 'https://sportello.forli.example'

describe('the keys of a service provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sp-keys-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...options: string[]) =>
    execFileSync('openssl', ['x509', '-in', file('certificate.pem'), '-noout', ...options], { encoding: 'utf8' })

  after(() => rmSync(folder, { recursive: true }))
  before(() => ensureServiceProviderKeys(folder, { organization, entityId, now: new Date() }))

  it('are an RSA key of 3072 bits that only its owner can read', () => {
    expect(openssl('-text')).to.include('Public-Key: (3072 bit)').and.include('sha256WithRSAEncryption')
    expect(statSync(file('key.pem')).mode & 0o777).to.equal(0o600)
  })

  it('have a certificate with the subject of AgID Avviso 29', () => {
    const subject = openssl('-subject', '-nameopt', 'utf8,sep_multiline,oid')
    for (const part of [
      '2.5.4.3=Comune di Forlì',
      '2.5.4.10=Comune di Forlì',
      `2.5.4.83=${entityId}`,
      '2.5.4.97=PA:IT-c_x999',
      '2.5.4.7=Forlì',
      '2.5.4.6=IT',
    ]) {
      expect(subject).to.include(part)
    }
  })

  it('have its extensions: key usage critical, no CA, the policies of a public body', () => {
    expect(openssl('-ext', 'keyUsage')).to.match(/critical\n\s+Digital Signature, Non Repudiation\n$/)
    expect(openssl('-ext', 'basicConstraints')).to.match(/X509v3 Basic Constraints:\s*\n\s+CA:FALSE/)
    const policies = openssl('-ext', 'certificatePolicies')
    for (const policy of ['1.3.76.16.6', '1.3.76.16.4.2.1', 'agIDcert', 'cert_SP_Pub'])
      expect(policies).to.include(policy)
  })

  it('are kept by a second set-up, which replaces only a certificate for another address or body', () => {
    const [key, certificate] = [readFileSync(file('key.pem'), 'utf8'), readFileSync(file('certificate.pem'), 'utf8')]
    ensureServiceProviderKeys(folder, { organization, entityId, now: new Date() })
    expect(readFileSync(file('certificate.pem'), 'utf8')).to.equal(certificate)
    const moved = 'https://altro.forli.example'
    ensureServiceProviderKeys(folder, { organization, entityId: moved, now: new Date() })
    expect(readFileSync(file('key.pem'), 'utf8')).to.equal(key)
    expect(readServiceProviderKeys(folder).entityId).to.equal(moved)
    let changed = organization
    for (const other of [{ ipaCode: 'c_x997' }, { name: 'Comune di Forlimpopoli' }]) {
      changed = { ...changed, ...other }
      ensureServiceProviderKeys(folder, { organization: changed, entityId: moved, now: new Date() })
      const [said] = Object.values(other)
      expect(new X509Certificate(readFileSync(file('certificate.pem'))).subject).to.include(said)
    }
  })

  it('are each municipality’s own, and so are metadata and address', () => {
    const root = join(folder, 'municipalities')
    const members = ['forli', 'cesena'].map((id) => ({ ...organization, id, name: `Comune di ${id}` }))
    for (const member of members) {
      // A key takes its time to make: here the two differ in what the certificate says.
      cpSync(file('key.pem'), join(root, member.id, 'key.pem'), { recursive: true })
      const address = `https://${member.id}.example`
      ensureServiceProviderKeys(join(root, member.id), { organization: member, entityId: address, now: new Date() })
    }
    const providers = createServiceProviders({ keys: root, originOf: ({ id }) => `https://${id}.example` })
    for (const member of members) {
      const metadata = spidMetadata(providers.of(member), { id: '_m', eidas: false })
      expect(metadata).to.include(`entityID="https://${member.id}.example"`).and.include(`Comune di ${member.id}<`)
      expect(metadata).to.include(`Location="https://${member.id}.example/spid/acs"`)
    }
    expect(() => providers.of({ ...organization, id: 'altrove' }), 'without keys of its own').to.throw()
  })

  it('come with the certificates of a roll-over', () => {
    writeFileSync(file('next.pem'), readFileSync(file('certificate.pem')))
    expect(readServiceProviderKeys(folder).otherCertificates).to.have.length(1)
  })

  it('must name their entityID', () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        join(other, 'key.pem'),
        '-out',
        join(other, 'certificate.pem'),
        '-subj',
        '/CN=x',
      ],
      { stdio: 'ignore' },
    )
    expect(() => readServiceProviderKeys(other)).to.throw('2.5.4.83')
  })
})
