import { expect } from 'chai'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, readConfig, VARIABLES } from '../../server/config.ts'
import { signerNamed } from '../support/identity-provider/index.ts'

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  const pair = signerNamed('prova')
  after(() => rmSync(folder, { recursive: true }))

  function keyFolder(name: string, key: string, certificate = pair.certificate): string {
    const path = join(folder, name, 'vallechiara')
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'key.pem'), key)
    writeFileSync(join(path, 'certificate.pem'), certificate)
    return join(folder, name)
  }

  const complete = (): NodeJS.ProcessEnv => ({
    PUBLIC_ADDRESS: 'https://sportello.comune.example.it/',
    MONGODB_URI: 'mongodb://db1,db2,db3/sportello?replicaSet=rs0',
    IDENTITY_PROVIDERS: folder,
    SPID_KEYS: keyFolder('spid', pair.privateKey),
    SPID_LOG_KEY: Buffer.alloc(32, 1).toString('base64'),
    SEAL_KEYS: keyFolder('seal', pair.privateKey),
    TRUST_ANCHORS: folder,
    SESSION_SECRET: 'x'.repeat(32),
    SMTP_URL: 'smtps://user:secret@mail.example.it:465',
    MAIL_FROM: 'sportello@comune.example.it',
  })

  it('needs every variable that has no default, and names all that are missing at once', () => {
    const needed = VARIABLES.filter((variable) => !('fallback' in variable)).map(({ name }) => name)
    expect(Object.keys(complete()).sort()).to.deep.equal([...needed].sort())
    expect([...problemsOf({})].sort()).to.deep.equal(needed.map((name) => `${name} manca.`).sort())
  })

  it('takes the defaults, and the address without its final slash', () => {
    const config = readConfig(complete())
    expect(config).to.include({ port: 3000, host: '127.0.0.1', https: true, trustProxy: false, production: false })
    expect(config.publicAddress).to.equal('https://sportello.comune.example.it')
    expect(config.roles).to.deep.equal({ web: true, worker: true })
  })

  it('takes all members of a replica set with their ports', () => {
    for (const members of ['db1:27017,db2:27018,db3:27019', 'user:secret@db1:27017,[::1]:27018', 'db1:27017'])
      for (const rest of ['/sportello?replicaSet=rs0', '/sportello', '/?replicaSet=rs0', '']) {
        const MONGODB_URI = `mongodb://${members}${rest}`
        expect(readConfig({ ...complete(), MONGODB_URI }).mongoUri).to.equal(MONGODB_URI)
      }
    for (const wrong of ['mongodb://db1:port,db2:27018/x', 'db1:27017,db2:27018/x', 'http://db1:1,db2:2/x'])
      expect(problemsOf({ ...complete(), MONGODB_URI: wrong }), wrong).to.have.length(1)
  })

  it('counts an empty variable as one that is not set', () => {
    expect(readConfig({ ...complete(), PORT: '' }).port).to.equal(3000)
    expect(problemsOf({ ...complete(), SMTP_URL: ' ' })).to.deep.equal(['SMTP_URL manca.'])
  })

  it('refuses each value that does not fit, in one go and without repeating addresses, which may hold passwords', () => {
    const wrong = {
      PORT: '70000',
      PUBLIC_ADDRESS: 'https://example.it/sportello',
      MONGODB_URI: 'postgres://user:secret@db',
      IDENTITY_PROVIDERS: join(folder, 'nowhere'),
      SPID_LOG_KEY: 'short',
      SESSION_SECRET: 'short',
      SMTP_URL: 'mail.example.it',
      TRUST_PROXY: 'yes',
      LOG_LEVEL: 'loud',
      WEB: 'false',
      WORKER: 'false',
    }
    const problems = problemsOf({ ...complete(), ...wrong })
    const named = [
      'PORT',
      'PUBLIC_ADDRESS',
      'MONGODB_URI',
      'IDENTITY_PROVIDERS',
      'SPID_LOG_KEY',
      'SESSION_SECRET',
      'SMTP_URL',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'WEB',
    ]
    for (const name of named)
      expect(
        problems.filter((problem) => problem.startsWith(name)),
        name,
      ).to.have.length(1)
    expect(problems).to.have.length(named.length)
    expect(problems.join()).not.to.include('secret')
  })

  it('refuses a key that is not of its certificate, one with a password, and a folder without any', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const format = { type: 'pkcs8', format: 'pem' } as const
    const mismatch = keyFolder('mismatch', other.export(format) as string)
    const locked = keyFolder('locked', other.export({ ...format, cipher: 'aes-256-cbc', passphrase: 'x' }) as string)
    mkdirSync(join(folder, 'empty'))
    expect(problemsOf({ ...complete(), SEAL_KEYS: mismatch }).join()).to.match(/non vanno insieme/)
    expect(problemsOf({ ...complete(), SPID_KEYS: locked }).join()).to.match(/senza password/)
    expect(problemsOf({ ...complete(), SPID_KEYS: join(folder, 'empty') }).join()).to.match(/nessuna cartella/)
  })

  it('takes seals whose key lives elsewhere, and says what their key.json lacks', () => {
    const seals = keyFolder('device', pair.privateKey)
    const settings = { kind: 'pkcs11', module: 'module.so', token: 'Sigillo', key: 'firma', pinFile: 'pin' }
    const problemsWith = (source: object): string => {
      writeFileSync(join(seals, 'vallechiara', 'key.json'), JSON.stringify(source))
      return problemsOf({ ...complete(), SEAL_KEYS: seals }).join()
    }
    rmSync(join(seals, 'vallechiara', 'key.pem'))
    expect(problemsWith(settings)).to.match(/module.so», che non c’è/)
    for (const name of ['module.so', 'pin', 'secret']) writeFileSync(join(seals, 'vallechiara', name), 'x')
    expect(problemsWith(settings)).to.equal('')
    expect(problemsWith({ ...settings, token: undefined })).to.match(/manca «token»/)
    const remote = {
      kind: 'csc',
      service: 'https://firma.example.it/csc/v2',
      clientId: 'c',
      clientSecretFile: 'secret',
    }
    expect(problemsWith(remote)).to.equal('')
    expect(problemsWith({ ...remote, service: 'http://firma.example.it' })).to.match(/non è https/)
    expect(problemsWith({ kind: 'smartcard' })).to.match(/pkcs11 o csc/)
  })

  it('takes the trusted lists only together with who signs them', () => {
    const pem = join(folder, 'journal.pem')
    writeFileSync(pem, pair.certificate)
    const lists = { TRUSTED_LISTS_URL: 'https://lists.example.eu/lotl.xml', TRUSTED_LISTS_SIGNERS: pem }
    expect(readConfig({ ...complete(), ...lists }).trustedLists).to.deep.equal({
      folder: 'certs/lists',
      source: { url: lists.TRUSTED_LISTS_URL, signers: pair.certificate },
    })
    expect(problemsOf({ ...complete(), ...lists, TRUSTED_LISTS_SIGNERS: '' }).join()).to.match(/^TRUSTED_LISTS_SIGNERS/)
    expect(problemsOf({ ...complete(), TIMESTAMP_URL: 'tsa.example.eu' }).join()).to.match(/^TIMESTAMP_URL/)
  })

  it('takes an address for the identity providers, and the certificate that signs them', () => {
    const trust = join(folder, 'registry.pem')
    writeFileSync(trust, pair.certificate)
    const registry = { IDENTITY_PROVIDERS: 'https://registry.example.it/metadata', IDENTITY_PROVIDERS_TRUST: trust }
    expect(readConfig({ ...complete(), ...registry }).identityProvidersTrust).to.equal(pair.certificate)
    expect(problemsOf({ ...complete(), ...registry, IDENTITY_PROVIDERS_TRUST: 'nowhere.pem' })).to.have.length(1)
    // Unsigned, the registry could be anybody's: whoever answers for it could log in as anybody.
    const unsigned = { ...complete(), ...registry, IDENTITY_PROVIDERS_TRUST: '' }
    expect(readConfig(unsigned).identityProvidersTrust, 'on an engineer’s machine').to.equal(undefined)
    writeFileSync(join(folder, 'key.pem'), pair.privateKey)
    for (const file of ['', join(folder, 'key.pem')])
      expect(problemsOf({ ...unsigned, NODE_ENV: 'production', IDENTITY_PROVIDERS_TRUST: file }).join()).to.equal(
        'IDENTITY_PROVIDERS_TRUST deve indicare il certificato PEM di chi firma i metadati del registro.',
      )
  })

  it('asks for cards itself, behind a proxy, or not at all', () => {
    const CNS = { ...complete(), CNS_ADDRESS: 'https://cns.comune.example.it', CNS_AUTHORITIES: folder }
    const tls = join(keyFolder('tls', pair.privateKey), 'vallechiara')
    expect(readConfig(complete()).cns).to.equal(undefined)
    expect(readConfig({ ...CNS, CNS_PORT: '3443', CNS_TLS: tls }).cns?.listener).to.deep.equal({ port: 3443, tls })
    const proxy = readConfig({ ...CNS, CNS_PROXY_SECRET: 'x'.repeat(32) }).cns?.proxy
    expect(proxy).to.deep.equal({ secret: 'x'.repeat(32), from: ['127.0.0.1', '::1'] })
    expect(problemsOf(CNS).join()).to.equal('CNS_PROXY_SECRET manca.')
    const wrong = { ...CNS, CNS_ADDRESS: 'http://cns.example.it', CNS_PROXY_SECRET: 'short', CNS_PROXY_FROM: 'proxy' }
    expect(problemsOf(wrong)).to.have.length(3)
  })
})
