import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { federationsOf } from '../../server/identity/federation.ts'
import { parseProviders } from '../../server/identity/identity-provider.ts'
import { createIdentityProviders } from '../../server/identity/identity-provider-service.ts'
import { createMetadataCopies } from '../../server/identity/identity-provider-store.ts'
import { testDatabase } from '../support/database.ts'
import {
  signerNamed,
  providerMetadata,
  signElement,
  type Signer,
  type Spoiling,
} from '../support/identity-provider/index.ts'
import { begin, dropMetadata, makeProvider, PUBLIC_ADDRESS, responseTo, startPlatform } from './platform.ts'

const signer = signerNamed('provider')
const describe_ = (entityId: string, signers: readonly Signer[] = [signer]) =>
  providerMetadata({ entityId, name: `Gestore ${entityId}`, baseUrl: entityId, signers })

/** A federation's aggregate, signed as its operator does. */
function aggregate(
  entityIds: readonly string[],
  { operator, validUntil }: { operator?: Signer; validUntil?: string } = {},
): string {
  const until = validUntil === undefined ? '' : ` validUntil="${validUntil}"`
  const document = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_a"${until}>${entityIds.map((id) => describe_(id)).join('')}</md:EntitiesDescriptor>`
  return operator ? signElement(document, 'EntitiesDescriptor', operator) : document
}

describe('the identity providers', () => {
  const database = testDatabase()
  const operator = signerNamed('operator of the federation')
  let folder = ''
  let warnings: string[] = []
  let clock = 0

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'providers-'))
    warnings = []
    clock = 0
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function providersFrom(source: string, trust?: string) {
    return createIdentityProviders({
      federations: federationsOf(source, trust),
      copies: createMetadataCopies(database.connection),
      log: { warn: (_details, message) => void warnings.push(message) },
      now: () => new Date(Date.now() + clock),
      patience: 1_100,
    })
  }
  const idsOf = async (providers: ReturnType<typeof providersFrom>) =>
    (await providers.all()).map(({ entityId }) => entityId).sort()

  it('come from every file of the folder, at once when one is dropped, changed or taken away', async () => {
    const providers = providersFrom(folder)
    writeFileSync(join(folder, 'one.xml'), describe_('https://one.example'))
    expect(await idsOf(providers)).to.deep.equal(['https://one.example'])
    writeFileSync(join(folder, 'two.xml'), aggregate(['https://two.example', 'https://three.example']))
    expect(await idsOf(providers)).to.deep.equal([
      'https://one.example',
      'https://three.example',
      'https://two.example',
    ])
    rmSync(join(folder, 'two.xml'))
    writeFileSync(join(folder, 'leggimi.txt'), 'Qui i metadati dei gestori.')
    expect(await idsOf(providers)).to.deep.equal(['https://one.example'])
    writeFileSync(join(folder, 'one.xml'), describe_('https://six.example'))
    expect(await idsOf(providers), 'of the same length').to.deep.equal(['https://six.example'])
    expect(warnings).to.deep.equal([])
  })

  it('are those that can be asked and believed: with an address and a key for signing', () => {
    const origin = { scheme: 'spid', kind: 'file', now: new Date() } as const
    const [use, whole] = ['use="signing"', describe_('https://one.example')]
    const keysOf = (metadata: string) => parseProviders(metadata, origin)[0]?.keys.length
    expect(keysOf(whole)).to.equal(1)
    expect(keysOf(whole.replace(use, '')), 'for both uses').to.equal(1)
    expect(keysOf(whole.replace(use, 'use="encryption"')), 'for encryption alone').to.equal(undefined)
    expect(keysOf(whole.replaceAll('SingleSignOnService', 'Other')), 'without an address').to.equal(undefined)
    expect(keysOf(whole.replaceAll('IDPSSODescriptor', 'Other')), 'another role').to.equal(undefined)
  })

  it('have their Italian name, and count from a file of the operator also when that is old', () => {
    const origin = { scheme: 'spid', kind: 'file', now: new Date() } as const
    const names = 'Display name</md:OrganizationDisplayName><md:OrganizationDisplayName xml:lang="it">Nome'
    const metadata = describe_('https://one.example')
      .replace(/(<md:OrganizationDisplayName) xml:lang="it">[^<]*/, `$1 xml:lang="en">${names}`)
      .replace(' entityID', ' validUntil="2020-01-01T00:00:00Z" entityID')
    expect(parseProviders(metadata, origin).map(({ name }) => name)).to.deep.equal(['Nome'])
  })

  it('are told apart by their sub-folder: CIE and eIDAS', async () => {
    for (const scheme of ['cie', 'eidas']) {
      mkdirSync(join(folder, scheme))
      writeFileSync(join(folder, scheme, 'x.xml'), describe_(`https://${scheme}.example`))
    }
    const providers = await providersFrom(folder).all()
    expect(providers.map(({ scheme, entityId }) => [scheme, entityId])).to.deep.equal([
      ['cie', 'https://cie.example'],
      ['eidas', 'https://eidas.example'],
    ])
  })

  it('answer for their own scheme only, with the keys that they have there', async () => {
    const provider = makeProvider('https://both.example')
    const platform = await startPlatform(database.connection, { providers: [provider] })
    const browser = platform.browser()
    const cie = `/accesso/cie?livello=2&idp=${provider.entityId}`
    expect((await browser.get(cie)).status, 'not in CIE’s metadata').to.equal(404)

    const there = signerNamed('in CIE')
    mkdirSync(join(platform.providersFolder, 'cie'))
    dropMetadata(join(platform.providersFolder, 'cie'), { entityId: provider.entityId, signers: [there] })
    const login = async (signedBy: Signer) => {
      const sent = new URL((await browser.get(cie)).location)
      const xml = inflateRawSync(Buffer.from(sent.searchParams.get('SAMLRequest')!, 'base64')).toString()
      const id = / ID="([^"]+)"/.exec(xml)![1]!
      const SAMLResponse = responseTo({ id }, { ...provider, signer: signedBy }, { alter: toCie })
      return (await browser.post('/cie/acs', { SAMLResponse })).status
    }
    expect([await login(provider.signer), await login(there)]).to.deep.equal([403, 303])
    await platform.stop()
  })

  it('are asked by the binding that they have', async () => {
    const platform = await startPlatform(database.connection, { providers: [] })
    for (const [lacking, wanted] of [
      ['HTTP-Redirect', 'redirect'],
      ['HTTP-POST', 'post'],
    ] as const) {
      const metadata = describe_('https://one.example')
      const sso = new RegExp(`<md:SingleSignOnService Binding="[^"]+:${lacking}"[^>]+>`)
      writeFileSync(join(platform.providersFolder, 'one.xml'), metadata.replace(sso, ''))
      const answer = await platform.browser().get(`/accesso/spid?idp=https://one.example&binding=${wanted}`)
      expect(answer.status, `without ${lacking}`).to.equal(wanted === 'post' ? 302 : 200)
    }
    await platform.stop()
  })

  it('keep the last good copy of a file that broke, also over a restart', async () => {
    const file = join(folder, 'one.xml')
    writeFileSync(file, describe_('https://one.example'))
    const providers = providersFrom(folder)
    await providers.all()
    writeFileSync(file, '<half')
    for (const time of ['read once', 'and not again'])
      expect(await idsOf(providers), time).to.deep.equal(['https://one.example'])
    expect(await idsOf(providersFrom(folder))).to.deep.equal(['https://one.example'])
    expect(warnings).to.have.length(2)
  })

  it('in an aggregate must be signed by the trusted operator, once one is configured', async () => {
    const file = join(folder, 'aggregate.xml')
    const providers = providersFrom(folder, operator.certificate)
    writeFileSync(file, aggregate(['https://evil.example'], { operator: signerNamed('somebody') }))
    expect(await idsOf(providers)).to.deep.equal([])
    writeFileSync(file, aggregate(['https://unsigned.example']))
    expect(await idsOf(providers)).to.deep.equal([])
    writeFileSync(file, aggregate(['https://good.example'], { operator }))
    expect(await idsOf(providers)).to.deep.equal(['https://good.example'])
    writeFileSync(file, aggregate(['https://good.example'], { operator }).replace('good', 'evil'))
    expect(await idsOf(providers), 'after tampering: the last good copy').to.deep.equal(['https://good.example'])
  })

  describe('at an address', () => {
    let server: Server
    let address = ''
    let document: string
    let down = false
    let hangs = false
    let asked = 0
    let waiting: (() => void)[] = []

    before(async () => {
      server = createServer((_req, res) => {
        asked += 1
        const answer = () => res.writeHead(down ? 503 : 200).end(document)
        if (hangs) waiting.push(answer)
        else answer()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      address = `http://127.0.0.1:${(server.address() as { port: number }).port}/entities`
    })
    after(() => {
      server.close()
      server.closeAllConnections()
    })
    beforeEach(() => {
      asked = 0
      down = false
      hangs = false
      waiting = []
    })

    it('are fetched once a day, without anybody waiting', async () => {
      document = aggregate(['https://one.example'])
      const providers = providersFrom(address)
      await providers.all()
      expect(await idsOf(providers)).to.deep.equal(['https://one.example'])
      expect(asked).to.equal(1)

      document = aggregate(['https://one.example', 'https://two.example'])
      clock = 25 * 3_600_000
      expect(await idsOf(providers), 'what is known, while it is refreshed').to.deep.equal(['https://one.example'])
      await eventually(async () => (await idsOf(providers)).length === 2)
      expect(asked).to.equal(2)
    })

    it('stay as they were when it does not answer, also after a restart, and are asked for again soon', async () => {
      document = aggregate(['https://one.example'])
      await providersFrom(address).all()
      down = true
      document = aggregate(['https://error-page.example'])
      const providers = providersFrom(address)
      expect(await idsOf(providers)).to.deep.equal(['https://one.example'])
      down = false
      document = aggregate(['https://two.example'])
      clock = 6 * 60_000
      await eventually(async () => (await idsOf(providers)).join() === 'https://two.example')
    })

    it('are those of the last good copy after a restart while the address hangs, which is asked once', async () => {
      document = aggregate(['https://one.example'])
      await providersFrom(address).all()
      hangs = true
      const providers = providersFrom(address)
      const found = await Promise.all([idsOf(providers), idsOf(providers)])
      expect(found).to.deep.equal([['https://one.example'], ['https://one.example']])
      expect(asked).to.equal(2)
    })

    it('are none while the address hangs on the first day of an installation, and those that it tells at last', async () => {
      hangs = true
      document = aggregate(['https://one.example'])
      const providers = providersFrom(`${address}?first`)
      expect(await idsOf(providers)).to.deep.equal([])
      waiting.forEach((answer) => answer())
      await eventually(async () => (await idsOf(providers)).join() === 'https://one.example')
      expect(asked).to.equal(1)
    })

    it('are believed from the database no more than from the address', async () => {
      const source = `${address}?copied`
      document = aggregate(['https://good.example'], { operator })
      await providersFrom(source, operator.certificate).all()
      down = true
      const copies = database.connection.collection<{ _id: string; document: string }>('identity_provider_metadata')
      await copies.updateOne({ _id: source }, { $set: { document: describe_('https://evil.example') } })
      const refused = await providersFrom(source, operator.certificate)
        .all()
        .catch(() => [])
      expect(refused).to.deep.equal([])
    })

    it('must be signed and in force when there is a trusted operator', async () => {
      const other = `${address}?signed`
      document = describe_('https://unsigned.example')
      expect(await idsOf(providersFrom(other, operator.certificate))).to.deep.equal([])
      document = aggregate(['https://old.example'], { operator, validUntil: '2020-01-01T00:00:00Z' })
      expect(await idsOf(providersFrom(other, operator.certificate))).to.deep.equal([])
      document = aggregate(['https://good.example'], { operator, validUntil: '2099-01-01T00:00:00Z' })
      expect(await idsOf(providersFrom(other, operator.certificate))).to.deep.equal(['https://good.example'])
    })
  })

  it('may change their key without a restart: both count while both are in the metadata', async () => {
    const provider = makeProvider('https://rolling.example')
    const next = signerNamed('next key')
    const platform = await startPlatform(database.connection, { providers: [provider] })
    const login = async (by: Signer) => {
      const browser = platform.browser()
      const request = await begin(browser, provider)
      const SAMLResponse = responseTo(request, { ...provider, signer: by })
      return (await browser.post('/spid/acs', { SAMLResponse })).status
    }
    const { entityId } = provider
    expect([await login(provider.signer), await login(next)]).to.deep.equal([303, 403])
    dropMetadata(platform.providersFolder, { entityId, signers: [provider.signer, next] })
    expect([await login(provider.signer), await login(next)]).to.deep.equal([303, 303])
    dropMetadata(platform.providersFolder, { entityId, signers: [next] })
    expect([await login(provider.signer), await login(next)]).to.deep.equal([403, 303])
    await platform.stop()
  })
})

/** Turns a response to SPID's address into one to CIE's. */
const toCie: NonNullable<Spoiling['alter']> = ({ response, assertion }) => {
  response.setAttribute('Destination', `${PUBLIC_ADDRESS}/cie/acs`)
  const [data] = [...assertion.getElementsByTagNameNS('*', 'SubjectConfirmationData')]
  data!.setAttribute('Recipient', `${PUBLIC_ADDRESS}/cie/acs`)
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('It did not happen')
}
