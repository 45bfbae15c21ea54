import { expect } from 'chai'
import { decodeMessage } from '../../server/identity/bindings.ts'
import { parseProviders } from '../../server/identity/identity-provider.ts'
import type { Level } from '../../server/identity/index.ts'
import type { LoginRequest } from '../../server/identity/login-request.ts'
import { readResponse, verifyResponse } from '../../server/identity/response.ts'
import { testDatabase } from '../support/database.ts'
import { makeSigner, providerMetadata, type Spoiling } from '../support/identity-provider/index.ts'
import {
  begin,
  makeProvider,
  ORGANIZATION,
  PUBLIC_ADDRESS,
  responseTo,
  startPlatform,
  type Platform,
  type TestProvider,
} from './platform.ts'
import { responseMatrix, type Row } from './response-matrix.ts'

const provider = makeProvider('https://idp.one.example')
const REQUEST_ID = '_request'
const rows = responseMatrix(makeSigner('a stranger'))

describe("AgID's response matrix", () => {
  const database = testDatabase()

  describe('over HTTP, level 2', () => {
    let platform: Platform
    before(async () => {
      platform = await startPlatform(database.connection, { providers: [provider] })
    })
    after(async () => platform.stop())

    for (const row of rows) {
      it(`case ${row.case}: ${row.altered}`, async () => {
        const browser = platform.browser()
        const request = await begin(browser, provider)
        const answer = await browser.post('/spid/acs', {
          SAMLResponse: responseTo(request, signerOf(row), spoilingOf(row)),
        })
        const personal = await browser.get('/area-personale')
        const accepted = isAccepted(row, 2)
        expect(answer.status, platform.logged.at(-1)).to.equal(accepted ? 303 : 403)
        expect(personal.status, 'a session').to.equal(accepted ? 200 : 303)
        if (!accepted) expect(answer.text).to.include('Scegli un altro gestore')
      })
    }
  })

  describe('at every level and Comparison', () => {
    const verify = verifierOf(provider)
    for (const row of rows) {
      it(`case ${row.case}: ${row.altered}`, () => {
        // Level 3 stated answers every request; unsigned responses are allowed, and half of the time is signing.
        const spoiling = { sign: { response: false, assertion: true }, ...spoilingOf(row), level: 3 } as const
        const samlResponse = responseTo({ id: REQUEST_ID }, signerOf(row), spoiling)
        for (const level of [1, 2, 3] as const) {
          for (const comparison of ['exact', 'minimum'] as const) {
            const reason = verify(samlResponse, { level, comparison })
            expect(reason === undefined, `${level} ${comparison}: ${reason ?? 'accepted'}`).to.equal(
              isAccepted(row, level),
            )
          }
        }
      })
    }
  })
})

const signerOf = (row: Row) => (row.signer ? { ...provider, signer: row.signer } : provider)

function spoilingOf({ alter, sign, assertionSigner }: Row): Spoiling {
  return { ...(alter && { alter }), ...(sign && { sign }), ...(assertionSigner && { assertionSigner }) }
}

const isAccepted = ({ expected }: Row, asked: Level): boolean =>
  expected === 'OK' || (expected !== 'KO' && expected.level >= asked)

/** The checks without HTTP and database around them: why a response is refused, or `undefined`. */
function verifierOf({ entityId, signer }: TestProvider) {
  const metadata = providerMetadata({ entityId, name: 'Gestore', baseUrl: entityId, signers: [signer] })
  const [known] = parseProviders(metadata, { scheme: 'spid', kind: 'file', now: new Date() })
  const keys = { entityId: PUBLIC_ADDRESS, privateKey: '', certificate: '', otherCertificates: [] }
  const serviceProvider = { organization: ORGANIZATION, origin: PUBLIC_ADDRESS, keys }
  const asked = { id: REQUEST_ID, scheme: 'spid', issueInstant: new Date() } as const

  return (samlResponse: string, wishes: Pick<LoginRequest, 'level' | 'comparison'>): string | undefined => {
    const request = { ...asked, ...wishes } as LoginRequest
    const document = decodeMessage(samlResponse, 'post')
    try {
      const response = readResponse(document)
      verifyResponse({ response, request, provider: known!, serviceProvider, now: new Date() })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
}
