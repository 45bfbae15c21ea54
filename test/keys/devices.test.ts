import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toPem } from '../../server/certificates/certificate-builder.ts'
import { createSigning } from '../../server/signing/signing-service.ts'
import { openKey, sealKeysIn } from '../../server/keys/key-folder.ts'
import { createAttempts } from '../../server/shared/attempts-store.ts'
import { testDatabase } from '../support/database.ts'
import { program } from '../support/program.ts'
import { expectOpenSsl } from '../signing/judges.ts'
import { file, run } from '../signing/openssl.ts'
import { pdf } from '../signing/pdf-maker.ts'
import { authority, curve, NOW, rsa, signer } from '../signing/pki.ts'
import { keyFolder, makeToken, PIN, softHsm } from './softhsm.ts'

const words = { reason: 'Ricevuta di protocollo', name: 'Comune di Prova' }
const subject = { country: 'IT', organization: 'Comune di Prova', commonName: 'Comune di Prova' }
const chain = [toPem(authority.certificate)]

describe('a seal on a device (PKCS#11)', () => {
  let module: string
  const database = testDatabase()
  const sealer = signer({ key: rsa, subject })
  before(() => {
    module = softHsm()
    makeToken('Sigillo RSA', sealer)
  })

  const settings = (changes: object = {}) => ({
    kind: 'pkcs11',
    module,
    token: 'Sigillo RSA',
    key: 'firma',
    pinFile: 'pin',
    ...changes,
  })

  async function withSeal<T>(keys: string, work: (seal: () => Promise<Buffer>) => Promise<T>): Promise<T> {
    const signing = createSigning({ trustAnchors: [authority.certificate], sealKeys: keys, now: () => NOW })
    return await work(async () => Buffer.from((await signing.seal(pdf(), words)).bytes))
  }
  const sealed = (keys: string) => withSeal(keys, (seal) => seal())
  const failure = (keys: string) =>
    sealed(keys).then(
      () => null,
      (error: unknown) => error as Error,
    )

  const kinds = { RSA: sealer, EC: signer({ key: curve('prime256v1'), subject }) }
  for (const [kind, one] of Object.entries(kinds)) {
    it(`is made with an ${kind} key and accepted by pdfsig and OpenSSL`, async () => {
      if (kind === 'EC') makeToken('Sigillo EC', one)
      const keys = keyFolder({ name: 'valle', signer: one, settings: settings({ token: `Sigillo ${kind}` }) }, chain)
      const result = await sealed(keys)
      expect(run('pdfsig', file(result, '.pdf')))
        .to.include('Signature is Valid')
        .and.include('Total document signed')
      expectOpenSsl(result)
    })
  }

  it('finds the key by its identifier too', async () => {
    const byId = settings({ key: undefined, keyId: 'a1' })
    expectOpenSsl(await sealed(keyFolder({ name: 'valle', signer: sealer, settings: byId }, chain)))
  })

  it('tries a refused PIN once, and again when its file changes', async () => {
    const keys = keyFolder({ name: 'valle', signer: sealer, settings: settings(), pin: '000000' }, chain)
    await withSeal(keys, async (seal) => {
      const failed = () => seal().catch((error: unknown) => error as Error)
      const first = await failed()
      expect(first).to.include({ name: 'AppError', code: 'UPSTREAM_UNAVAILABLE' })
      expect(first).to.have.property('message').that.includes('pin-wrong').and.includes('0xa0')
      expect(await failed())
        .to.have.property('message')
        .that.includes('not tried again')
      writeFileSync(join(keys, 'valle', 'pin'), PIN)
      expectOpenSsl(await seal())
    })
  })

  it('that was refused is not tried by another process, nor by tasks that come at once', async () => {
    const keys = keyFolder({ name: 'valle', signer: sealer, settings: settings(), pin: '000000' }, chain)
    const aProcess = () => sealKeysIn(keys, createAttempts({ connection: database.connection, now: () => NOW }))
    const sign = async (one: ReturnType<typeof sealKeysIn>) => (await one.of('valle')).sign(Buffer.from('testo'))
    const first = aProcess()
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => sign(first)))
    const reasons = (settled: readonly PromiseSettledResult<unknown>[]) =>
      settled.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : 'signed'))
    expect(reasons(outcomes).filter((reason) => reason.includes('0xa0'))).to.have.length(1)
    const [elsewhere] = reasons(await Promise.allSettled([sign(aProcess())]))
    expect(elsewhere).to.include('not tried again')
    const later = new Date(Date.now() + 60_000)
    writeFileSync(join(keys, 'valle', 'pin'), PIN)
    utimesSync(join(keys, 'valle', 'pin'), later, later)
    for (const one of [first, aProcess()]) expect(await sign(one)).to.be.instanceOf(Buffer)
  })

  it('is tried once with a wrong PIN by processes that start together, and by all with the right one', async () => {
    const keys = keyFolder({ name: 'valle', signer: sealer, settings: settings(), pin: '000000' }, chain)
    const command = [...program('test/keys/sealing-process.ts'), keys, database.connection.name]
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
    const processes = [1, 2].map(() => spawn(process.execPath, command, { stdio: [...stdio] }))
    try {
      const answers = () => Promise.all(processes.map(async (one) => ((await once(one, 'message')) as [string[]])[0]))
      const sealTogether = async () => {
        const outcomes = answers()
        for (const one of processes) one.send('seal')
        return (await outcomes).flat()
      }
      await answers()
      const refused = await sealTogether()
      expect(refused.filter((outcome) => outcome.includes('0xa0'))).to.have.length(1)
      expect(refused.filter((outcome) => outcome.includes('not tried again'))).to.have.length(3)
      const later = new Date(Date.now() + 60_000)
      writeFileSync(join(keys, 'valle', 'pin'), PIN)
      utimesSync(join(keys, 'valle', 'pin'), later, later)
      expect(await sealTogether()).to.deep.equal(['signed', 'signed', 'signed', 'signed'])
    } finally {
      for (const one of processes) one.disconnect()
    }
  })

  it('says what is missing, and goes on once it is there', async () => {
    const other = signer({ key: rsa, subject })
    const late = keyFolder({ name: 'valle', signer: sealer, settings: settings({ token: 'Nuovo' }) }, chain)
    expect((await failure(late))?.message).to.include('device-missing')
    makeToken('Nuovo', other)
    expectOpenSsl(await sealed(late))
    const keys = (changes: object) => keyFolder({ name: 'valle', signer: sealer, settings: settings(changes) }, chain)
    expect((await failure(keys({ key: 'altra' })))?.message).to.include('key-missing')
    expect((await failure(keys({ module: file('no library') })))?.message).to.include('unavailable')
    const wrong = signer({ key: curve('prime256v1'), subject })
    const mixed = keyFolder({ name: 'valle', signer: wrong, settings: settings() }, chain)
    expect(await failure(mixed)).to.include({ code: 'UPSTREAM_UNAVAILABLE' })
  })

  it('never lets a wrong PIN through on the login of another', async () => {
    const own = join(keyFolder({ name: 'persona', signer: sealer, settings: settings() }, chain), 'persona')
    const sign = async (pin: string) => (await openKey(own, { pin })).sign(Buffer.from('testo'))
    const outcomes = await Promise.allSettled([PIN, '111111', PIN, '222222', PIN].map(sign))
    expect(outcomes.map(({ status }) => status)).to.deep.equal([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ])
  })
})
