import type { Element } from '@xmldom/xmldom'
import { expect } from 'chai'
import { decodeMessage } from '../../server/identity/bindings.ts'
import { parseProviders } from '../../server/identity/identity-provider.ts'
import type { Level } from '../../server/identity/index.ts'
import type { LoginRequest } from '../../server/identity/login-request.ts'
import { readResponse, verifyResponse } from '../../server/identity/response.ts'
import { expectedOf } from '../../server/identity/response-rules.ts'
import type { SamlScheme } from '../../server/identity/service-provider.ts'
import { testDatabase } from '../support/database.ts'
import { signerNamed, providerMetadata, type Spoiling } from '../support/identity-provider/index.ts'
import {
  begin,
  GIULIA,
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
const rows = responseMatrix(signerNamed('a stranger'))

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

  describe('at every level', () => {
    const verify = verifierOf(provider)
    for (const row of rows) {
      it(`case ${row.case}: ${row.altered}`, () => {
        // Level 3 stated answers every request; unsigned responses are allowed, and half of the time is signing.
        const spoiling = { sign: { response: false, assertion: true }, ...spoilingOf(row), level: 3 } as const
        const samlResponse = responseTo({ id: REQUEST_ID }, signerOf(row), spoiling)
        for (const level of [1, 2, 3] as const) {
          const reason = verify(samlResponse, { level })
          expect(reason === undefined, `${level}: ${reason ?? 'accepted'}`).to.equal(isAccepted(row, level))
        }
      })
    }
  })

  describe('where the schemes differ', () => {
    const wishes = { level: 2 } as const
    const PROFILES = {
      spid: { acs: '/spid/acs', mandatory: ['spidCode', 'name', 'familyName', 'fiscalNumber'] },
      cie: { acs: '/cie/acs', mandatory: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'] },
      eidas: { acs: '/spid/acs', mandatory: ['spidCode', 'name', 'familyName', 'dateOfBirth'] },
    } as const

    for (const scheme of ['spid', 'cie', 'eidas'] as const) {
      const { acs, mandatory } = PROFILES[scheme]
      const verify = verifierOf(provider, scheme)
      const needed = Object.fromEntries(mandatory.map((name) => [name, GIULIA[name]]))
      const reasonFor = (attributes: Record<string, string>, format?: (issuer: Element) => void) => {
        const alter: Spoiling['alter'] = ({ response, assertion }) => {
          response.setAttribute('Destination', PUBLIC_ADDRESS + acs)
          const [data] = [...assertion.getElementsByTagNameNS('*', 'SubjectConfirmationData')]
          data!.setAttribute('Recipient', PUBLIC_ADDRESS + acs)
          format?.(assertion.getElementsByTagNameNS('*', 'Issuer')[0]!)
        }
        return verify(responseTo({ id: REQUEST_ID }, provider, { alter, attributes }), wishes)
      }

      it(`${scheme}: takes who has ${mandatory.join(', ')}, and nobody with less`, () => {
        expect(reasonFor(needed)).to.equal(undefined)
        for (const missing of mandatory) {
          const rest = Object.entries(needed).filter(([name]) => name !== missing)
          expect(reasonFor(Object.fromEntries(rest)), missing).to.include('mandatory attributes')
        }
      })

      it(`${scheme}: ${scheme === 'cie' ? 'needs no' : 'needs the'} Format of the assertion’s Issuer, and takes no other`, () => {
        const bare = reasonFor(needed, (issuer) => issuer.removeAttribute('Format'))
        if (scheme === 'cie') expect(bare).to.equal(undefined)
        else expect(bare).to.include('Assertion Issuer Format')
        expect(reasonFor(needed, (issuer) => issuer.setAttribute('Format', 'urn:x'))).to.include('Issuer Format')
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
function verifierOf({ entityId, signer }: TestProvider, scheme: SamlScheme = 'spid') {
  const metadata = providerMetadata({ entityId, name: 'Gestore', baseUrl: entityId, signers: [signer] })
  const [known] = parseProviders(metadata, { scheme, kind: 'file', now: new Date() })
  const keys = { entityId: PUBLIC_ADDRESS, privateKey: '', certificate: '', otherCertificates: [] }
  const serviceProvider = { organization: ORGANIZATION, origin: PUBLIC_ADDRESS, keys }
  const asked = { id: REQUEST_ID, scheme, identityProvider: entityId, issueInstant: new Date() } as const

  return (samlResponse: string, wishes: Pick<LoginRequest, 'level'>): string | undefined => {
    const request = { ...asked, ...wishes } as LoginRequest
    const document = decodeMessage(samlResponse, 'post')
    try {
      const expected = expectedOf(request, { serviceProvider, now: new Date() })
      verifyResponse(readResponse(document), { keys: known!.keys, expected })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
}
