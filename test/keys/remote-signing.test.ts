import { expect } from 'chai'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toPem } from '../../server/certificates/certificate-builder.ts'
import { openKey } from '../../server/keys/key-folder.ts'
import { createSigning } from '../../server/signing/signing-service.ts'
import { startRemoteSigning, type Credential, type RemoteSigning } from '../support/remote-signing.ts'
import { tlsKeys } from '../support/remote-signing-keys.ts'
import { expectOpenSsl } from '../signing/judges.ts'
import { file, run } from '../signing/openssl.ts'
import { pdf } from '../signing/pdf-maker.ts'
import { authority, curve, NOW, otherAuthority, rsa, signer } from '../signing/pki.ts'
import { keyFolder } from './softhsm.ts'

const subject = { country: 'IT', organization: 'Comune di Prova', commonName: 'Comune di Prova' }
const sealer = signer({ key: rsa, subject })
const person = signer({ key: curve('prime256v1') })
const credential = (id: string, { key, certificate }: typeof sealer, pin?: string): Credential => ({
  id,
  key,
  certificates: [certificate.der, authority.certificate.der],
  ...(pin === undefined ? {} : { pin }),
})

const shown = { reason: 'Atto', name: 'Mario Rossi' }

describe('remote signing (CSC API v2)', () => {
  let service: RemoteSigning
  const client = { clientId: 'comune', clientSecret: 'parola' }
  const credentials = [
    credential('sigillo', sealer),
    credential('persona', person, '2468'),
    credential('altra', person, '1357'),
    { ...credential('otp', person, '1357'), otp: 'sent' as const, multisign: 3 },
    { ...credential('app', person, '1357'), otp: 'approval' as const },
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
      kind: 'csc',
      service: service.service,
      clientId: client.clientId,
      clientSecretFile: file(`${secret}\n`),
      authority: trust,
      credential: 'sigillo',
      ...changes,
    }
    return keyFolder({ name: 'valle', signer: sealer, settings }, [])
  }
  async function sealed(folder: string): Promise<Buffer> {
    const signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: folder, now: () => NOW })
    return Buffer.from((await signing.seal(pdf(), { reason: 'Ricevuta', name: 'Comune di Prova' })).bytes)
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
        .signerOf({ municipality: 'valle', person: cf, pin, code: '', signatures: 1 })(pdf(), shown)
        .catch((error: unknown) => (error as { details: { key?: string } }).details.key)
    expect(await sign('CNTGLI85H54G478Q'), 'somebody else’s').to.equal('key-mismatch')
    expect(await sign('RSSMRA80A01H501U', '0000')).to.equal('pin-wrong')
    expect(await sign('../../../../etc/x')).to.equal('key-missing')
    expectOpenSsl(Buffer.from((await sign('RSSMRA80A01H501U')) as Uint8Array))
  })

  it('seals with no credential that wants a one-time code, and asks nothing of it', async () => {
    const folder = keys({ credential: 'otp', pinFile: file('1357') })
    service.calls.length = 0
    const failure = (await sealed(folder).catch((error: unknown) => error)) as Error
    expect(failure.message).to.include('otp-wanted').and.include('nobody is there to give')
    expect(service.calls).not.to.include('credentials/authorize')
  })

  describe('with a one-time code', () => {
    const owner = { municipality: 'valle', person: 'RSSMRA80A01H501U' }
    /** The signing of an installation where Mario has this credential. */
    async function withKey<T>(id: string, work: (signing: ReturnType<typeof createSigning>) => Promise<T>): Promise<T> {
      const folder = keys()
      const own = join(folder, 'valle', 'officers', owner.person)
      mkdirSync(own, { recursive: true })
      const source = { kind: 'csc', service: service.service, ...client, clientSecretFile: file(client.clientSecret) }
      const settings = { ...source, credential: id, authority: file(toPem(authority.certificate), '.pem') }
      writeFileSync(join(own, 'key.json'), JSON.stringify(settings))
      const signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: folder, now: () => NOW })
      try {
        return await work(signing)
      } finally {
        service.time.ahead = 0
      }
    }
    const typed = (code: string | null, signatures = 1, pin = '1357') => ({
      ...owner,
      pin,
      code: code ?? '',
      signatures,
    })
    const told = (signed: Promise<unknown>) =>
      signed.then(
        () => 'signed',
        (error: unknown) => (error as { details?: { key?: string } }).details?.key,
      )

    it('that is sent when its owner asks, one code signs all that is asked for together', () =>
      withKey('otp', async ({ personalKeys, signerOf }) => {
        expect(await personalKeys.wantedCode(owner)).to.deep.equal({ id: 'OTP', isSent: true, most: 3 })
        expect(await personalKeys.sendCode(owner)).to.equal(null)
        service.calls.length = 0
        const code = service.codeOf('otp')
        const sign = signerOf(typed(code, 3))
        for (let document = 0; document < 3; document++) expectOpenSsl(Buffer.from(await sign(pdf(), shown)))
        expect(await told(sign(pdf(), shown)), 'a fourth').to.equal('code-spent')
        expect(service.calls.filter((call) => call === 'credentials/authorize')).to.have.length(1)
        expect(service.calls.filter((call) => call === 'credentials/extendTransaction')).to.have.length(3)
        expect(await told(signerOf(typed(code))(pdf(), shown)), 'a second time').to.equal('code-wrong')
      }))

    it('says what is wrong: none, a wrong one, one for too many, one that is too old, an authorisation that ended', () =>
      withKey('otp', async ({ personalKeys, signerOf }) => {
        const sign = async (code: string | null, signatures = 1, pin?: string) =>
          told(signerOf(typed(code, signatures, pin))(pdf(), shown))
        expect(await sign('')).to.equal('code-missing')
        await personalKeys.sendCode(owner)
        expect(await sign(service.codeOf('otp'), 4)).to.equal('too-many')
        expect(await sign(service.codeOf('otp')), 'not used up by that').to.equal('signed')
        await personalKeys.sendCode(owner)
        expect(await sign('x')).to.equal('code-wrong')
        await personalKeys.sendCode(owner)
        const old = service.codeOf('otp')
        service.time.ahead = 61_000
        expect(await sign(old)).to.equal('code-wrong')
        await personalKeys.sendCode(owner)
        const slow = signerOf(typed(service.codeOf('otp'), 2))
        expect(await told(slow(pdf(), shown))).to.equal('signed')
        service.time.ahead = 130_000
        expect(await told(slow(pdf(), shown))).to.equal('code-spent')
      }))

    it('is not asked for where the key wants none, nor known of a service that does not answer', async () => {
      await withKey('altra', async ({ personalKeys }) => {
        expect(await personalKeys.wantedCode(owner)).to.equal(null)
        expect(await told(personalKeys.sendCode(owner))).to.equal('unavailable')
        service.faults.answer = (path) => (path === 'credentials/info' ? 'error' : undefined)
        expect(await personalKeys.wantedCode(owner)).to.equal(null)
      })
    })

    it('cannot be given where its owner approves in an application of the service', () =>
      withKey('app', async ({ signerOf }) => {
        expect(await told(signerOf(typed('123456'))(pdf(), shown))).to.equal('otp-wanted')
      }))
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
