import { expect } from 'chai'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toPem } from '../../server/signing/certificate-builder.ts'
import { openKey } from '../../server/signing/key-folder.ts'
import { createSigning } from '../../server/signing/signing-service.ts'
import { startRemoteSigning, type Credential, type RemoteSigning } from '../support/remote-signing.ts'
import { tlsKeys } from '../support/remote-signing-keys.ts'
import { expectOpenSsl } from './judges.ts'
import { file, run } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { authority, curve, NOW, otherAuthority, rsa, signer } from './pki.ts'
import { keyFolder } from './softhsm.ts'

const subject = { country: 'IT', organization: 'Comune di Prova', commonName: 'Comune di Prova' }
const sealer = signer({ key: rsa, subject })
const person = signer({ key: curve('prime256v1') })
const credential = (id: string, { key, certificate }: typeof sealer, pin?: string): Credential => ({
  ...{ id, key, certificates: [certificate.der, authority.certificate.der] },
  ...(pin === undefined ? {} : { pin }),
})

describe('remote signing (CSC API v2)', () => {
  let service: RemoteSigning
  const client = { clientId: 'comune', clientSecret: 'parola' }
  const credentials = [
    credential('sigillo', sealer),
    credential('persona', person, '2468'),
    credential('altra', person, '1357'),
    { ...credential('otp', person, '1357'), otp: true },
  ]
  before(async () => {
    service = await startRemoteSigning({ tls: tlsKeys(authority), ...client, credentials })
  })
  after(() => service.stop())
  afterEach(() => {
    service.faults.answer = undefined
  })

  /** A folder whose key.json points at the service. */
  function keys(changes: object = {}, secret = client.clientSecret, trusted = authority): string {
    const trust = file(toPem(trusted.certificate), '.pem')
    const settings = {
      ...{ kind: 'csc', service: service.service, clientId: client.clientId, clientSecretFile: file(`${secret}\n`) },
      ...{ authority: trust, credential: 'sigillo', ...changes },
    }
    return keyFolder({ name: 'valle', signer: sealer, settings }, [])
  }
  async function sealed(folder: string): Promise<Buffer> {
    const signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: folder, now: () => NOW })
    try {
      return Buffer.from(await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune di Prova' }))
    } finally {
      await signing.stop()
    }
  }
  const problem = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => (error as { problem?: string }).problem ?? error,
    )
  const signAs = async (folder: string, pin?: string) =>
    (await openKey(join(folder, 'valle'), { pin })).sign(Buffer.from('testo'))

  it('seals without ever sending the document, and pdfsig and OpenSSL accept it', async () => {
    service.calls.length = 0
    const result = await sealed(keys())
    expect(run('pdfsig', file(result, '.pdf')))
      .to.include('Signature is Valid')
      .and.include('Total document signed')
    expectOpenSsl(result)
    expect(service.calls).to.deep.equal([
      ...['info', 'oauth2/token', 'credentials/info', 'credentials/authorize', 'signatures/signHash'],
    ])
  })

  it('signs with an elliptic curve by the PIN of its owner, and tells a wrong one from a locked one', async () => {
    const own = keys({ credential: 'persona' })
    expect(await problem(signAs(own, '2468'))).to.equal(null)
    expect(await problem(signAs(own))).to.equal('pin-missing')
    for (const pin of ['1111', '2222', '3333']) expect(await problem(signAs(own, pin))).to.equal('pin-wrong')
    expect(await problem(signAs(own, '2468'))).to.equal('pin-locked')
  })

  it('logs in by HTTP Basic where the service has no OAuth, and finds its only credential', async () => {
    const alone = [credential('unico', sealer)]
    const other = await startRemoteSigning({ tls: tlsKeys(authority), ...client, credentials: alone, login: 'basic' })
    try {
      expectOpenSsl(await sealed(keys({ service: other.service, credential: undefined })))
      expect(other.calls).to.include.members(['auth/login', 'credentials/list'])
    } finally {
      await other.stop()
    }
    expect(await problem(signAs(keys({ credential: undefined })))).to.equal('key-missing')
  })

  it('believes neither another authority, nor another secret, nor another key', async () => {
    expect(await problem(signAs(keys({}, client.clientSecret, otherAuthority)))).to.equal('unavailable')
    expect(await problem(signAs(keys({}, 'altra')))).to.equal('unavailable')
    const swapped = [credential('sigillo', { ...person, key: curve('prime256v1') })]
    const other = await startRemoteSigning({ tls: tlsKeys(authority), ...client, credentials: swapped })
    try {
      expect(await problem(signAs(keys({ service: other.service })))).to.equal('key-mismatch')
    } finally {
      await other.stop()
    }
  })

  it('tells a service that fails or talks nonsense as a seal that is not there now, then goes on', async () => {
    const folder = keys()
    for (const fault of ['error', 'nonsense'] as const) {
      for (const at of ['info', 'credentials/info', 'credentials/authorize', 'signatures/signHash']) {
        service.faults.answer = (path) => (path === at ? fault : undefined)
        expect(await problem(signAs(folder)), `${fault} ${at}`).to.equal('unavailable')
      }
    }
    const failure = await sealed(folder).catch((error: unknown) => error)
    expect(failure).to.include({ name: 'AppError', code: 'UPSTREAM_UNAVAILABLE' })
    service.faults.answer = undefined
    expect(await problem(signAs(folder))).to.equal(null)
  })

  it('holds an authorisation to its hash, to one use and to its credential', async () => {
    const call = await loggedIn(service.service)
    const hash = (text: string) => Buffer.from(text.padEnd(32)).toString('base64')
    const common = { credentialID: 'sigillo', hashAlgorithmOID: '2.16.840.1.101.3.4.2.1' }
    const signAlgo = '1.2.840.113549.1.1.1'
    const authorised = async () =>
      (await call('credentials/authorize', { ...common, numSignatures: 1, hashes: [hash('uno')] })).SAD
    const SAD = await authorised()
    expect(await call('signatures/signHash', { ...common, SAD, hashes: [hash('due')], signAlgo })).to.deep.equal({
      error: 'invalid_sad',
    })
    const again = { ...common, SAD: await authorised(), hashes: [hash('uno')], signAlgo }
    expect(await call('signatures/signHash', again)).to.have.property('signatures')
    expect(await call('signatures/signHash', again)).to.deep.equal({ error: 'invalid_sad' })
  })

  it('signs as a person only by the key whose certificate names them', async () => {
    const folder = keys()
    const settings = { kind: 'csc', service: service.service, ...client, clientSecretFile: file(client.clientSecret) }
    const own = (cf: string, id: string) => {
      mkdirSync(join(folder, 'valle', 'officers', cf), { recursive: true })
      const source = { ...settings, credential: id, authority: file(toPem(authority.certificate), '.pem') }
      writeFileSync(join(folder, 'valle', 'officers', cf, 'key.json'), JSON.stringify(source))
    }
    own('RSSMRA80A01H501U', 'altra')
    own('CNTGLI85H54G478Q', 'altra')
    const signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: folder, now: () => NOW })
    const sign = (cf: string, pin = '1357') =>
      signing
        .signAs(pdf(), { municipality: 'valle', person: cf, pin, reason: 'Atto', name: 'Mario Rossi' })
        .catch((error: unknown) => (error as { details: { key?: string } }).details.key)
    try {
      expect(await sign('CNTGLI85H54G478Q'), 'somebody else’s').to.equal('key-mismatch')
      expect(await sign('RSSMRA80A01H501U', '0000')).to.equal('pin-wrong')
      expect(await sign('../../../../etc/x')).to.equal('key-missing')
      expectOpenSsl(Buffer.from((await sign('RSSMRA80A01H501U')) as Uint8Array))
    } finally {
      await signing.stop()
    }
  })

  it('refuses a credential that wants a one-time code before it asks anything of it, and says so', async () => {
    const folder = keys({ credential: 'otp' })
    service.calls.length = 0
    expect(await problem(signAs(folder, '1357'))).to.equal('otp-wanted')
    expect(service.calls).not.to.include('credentials/authorize')
    const failure = (await sealed(folder).catch((error: unknown) => error)) as Error
    expect(failure.message).to.equal(
      'The seal’s key does not sign: otp-wanted: The credential wants a one-time code, which cannot be given here: it must be authorised without one, or by a PIN alone',
    )
  })

  it('refuses an address that is not https', async () => {
    writeFileSync(join(keys(), 'valle', 'pin'), '')
    expect(await problem(signAs(keys({ service: 'http://127.0.0.1/csc/v2' })))).to.equal('unavailable')
  })

  /** The counterpart's own calls, as another client would make them. */
  async function loggedIn(address: string) {
    const { request } = await import('node:https')
    const post = (path: string, body: string, headers: Record<string, string>) =>
      new Promise<Record<string, string>>((resolve, reject) => {
        const options = { method: 'POST', ca: toPem(authority.certificate), headers }
        const pending = request(`${address}/${path}`, options, (response) => {
          let text = ''
          response.on('data', (part: Buffer) => (text += part.toString()))
          response.on('end', () => resolve(JSON.parse(text) as Record<string, string>))
        })
        pending.on('error', reject).end(body)
      })
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'comune', client_secret: 'parola' })
    const { access_token: token } = await post('oauth2/token', form.toString(), {})
    return (path: string, body: object) => post(path, JSON.stringify(body), { authorization: `Bearer ${token}` })
  }
})
