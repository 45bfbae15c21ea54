import { createPublicKey } from 'node:crypto'
import { SAML } from '@node-saml/passport-saml'
import type { LoginRequest } from '../server/identity/login-request.ts'
import { readResponse, verifyResponse } from '../server/identity/response.ts'
import { expectedOf } from '../server/identity/response-rules.ts'
import type { ServiceProvider } from '../server/identity/service-provider.ts'
import { createBrowser, type Browser } from '../test/identity/browser.ts'
import { GIULIA } from '../test/identity/platform.ts'
import { factsFor, signerNamed, successResponse } from '../test/support/identity-provider/index.ts'
import type { Bench } from './bench.ts'
import { atMost, median, type Figure } from './figure.ts'

const LOGINS = 100
/** Until the engine has compiled what it runs, as in a server that has worked for a while. */
const WARM_UPS = 4
const MEASURED = 3

/** What a SAML response costs, against node-saml alone, and many people who log in at the same moment. */
export const figures: Bench = async ({ platform }) => [
  atMost('Risposta SPID, tutti i controlli / solo node-saml (CPU)', await responseRatio(), 1.2, '×'),
  ...(await loginsAtOnce(platform)),
]

const ENTITY_ID = 'https://sp.example'
const ACS = `${ENTITY_ID}/spid/acs`
const ISSUER = 'https://idp.example'
const ROUNDS = 9
const RESPONSES = 50

/** The same response, signed twice as providers do, through both: CPU time, round by round in turn. */
async function responseRatio(): Promise<number> {
  const signer = signerNamed('bench')
  const facts = factsFor(
    { id: '_request', recipient: ACS, from: { entityId: ENTITY_ID } },
    { issuer: ISSUER, level: 2, attributes: GIULIA, now: new Date() },
  )
  const document = successResponse(facts, signer)
  const SAMLResponse = Buffer.from(document).toString('base64')

  const options = { issuer: ENTITY_ID, callbackUrl: ACS, idpCert: signer.certificate, acceptedClockSkewMs: 60_000 }
  const alone = async () => new SAML(options).validatePostResponseAsync({ SAMLResponse })

  const keys = [createPublicKey(signer.certificate)]
  const asked = { id: '_request', scheme: 'spid', identityProvider: ISSUER, level: 2, issueInstant: new Date(0) }
  const request = asked as unknown as LoginRequest
  const serviceProvider = { origin: ENTITY_ID, keys: { entityId: ENTITY_ID } } as unknown as ServiceProvider
  const ours = async () =>
    verifyResponse(readResponse(document), {
      keys,
      expected: expectedOf(request, { serviceProvider, now: new Date() }),
    })

  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) ratios.push((await cpuOf(ours)) / (await cpuOf(alone)))
  return median(ratios)
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let times = 0; times < RESPONSES; times += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/**
 * How long 95 of 100 people wait for the platform who press the button at the same moment, and who come back from the
 * provider at the same moment. In between they type their credentials.
 */
async function loginsAtOnce(platform: string): Promise<Figure[]> {
  for (let round = 0; round < WARM_UPS; round += 1) await logIn(platform, LOGINS)
  const waits: { there: number; back: number }[] = []
  while (waits.length < MEASURED) waits.push(await logIn(platform, LOGINS))
  const [there, back] = [median(waits.map((one) => one.there)), median(waits.map((one) => one.back))]
  return [
    atMost(`${LOGINS} persone insieme verso il gestore, p95`, there, 1, 's'),
    atMost(`${LOGINS} persone insieme di ritorno, p95`, back, 1, 's'),
  ]
}

async function logIn(platform: string, number: number): Promise<{ there: number; back: number }> {
  const people = Array.from({ length: number }, () => createBrowser(platform))
  const link = /href="(\/accesso\/spid[^"]+)"/.exec((await createBrowser(platform).get('/accesso')).text)?.[1] ?? ''
  const sent = await Promise.all(people.map((browser) => timed(() => browser.get(plain(link)))))
  const answers: Record<string, string>[] = []
  for (const { result } of sent) answers.push(await providerAnswer(new URL(result.location)))
  const back = await Promise.all(people.map((browser, index) => timed(() => comeBack(browser, answers[index] ?? {}))))
  return { there: p95(sent), back: p95(back) }
}

function p95(waits: readonly { seconds: number }[]): number {
  const sorted = waits.map(({ seconds }) => seconds).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.95)] ?? Infinity
}

async function comeBack(browser: Browser, fields: Record<string, string>): Promise<void> {
  const { status } = await browser.post('/spid/acs', fields)
  if (status !== 303) throw new Error(`A login ended with ${status}`)
}

/** Chooses the first person at the test provider; its time is not the platform's. */
async function providerAnswer({ origin, pathname, search }: URL): Promise<Record<string, string>> {
  const provider = createBrowser(origin)
  const page = await provider.get(pathname + search)
  const person = /name="person" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const answer = await provider.post('/answer', { pending: valueOf(page.text, 'pending'), person })
  return { SAMLResponse: valueOf(answer.text, 'SAMLResponse'), RelayState: valueOf(answer.text, 'RelayState') }
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const begun = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - begun) / 1000 }
}

const plain = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
const valueOf = (page: string, name: string): string =>
  plain(new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '')
