import { generateKeyPair } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import express, { urlencoded } from 'express'
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { limitConnections } from '../../server/web/connection-limits.ts'

export type DirectoryPerson = Readonly<{ cf: string; givenName: string; familyName: string }>

type Settings = Readonly<{
  /** 0 for any. */
  port: number
  persons: readonly DirectoryPerson[]
  /** Public address of the platform, without final slash. */
  platform: string
}>

export type RunningDirectory = Readonly<{
  issuer: string
  /** Writes the municipality's file for STAFF_DIRECTORIES into a folder. */
  writeFile: (folder: string, municipality: string) => void
  stop: () => Promise<void>
}>

const CLIENT = { id: 'sportello', secret: 'solo per lo sviluppo, mai in produzione' }
/** What this directory calls a login with a second factor. */
const TWO_FACTORS = 'urn:sviluppo:due-fattori'

/** A real OpenID Connect provider with the municipality's staff, who log in by one click: for development and tests. */
export async function startDirectory({ port, persons, platform }: Settings): Promise<RunningDirectory> {
  const app = express()
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(port, '127.0.0.1', () => resolve(listening)).once('error', reject)
  })
  limitConnections(server)
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  let made: Promise<Provider> | undefined
  const provider = (): Promise<Provider> => (made ??= createProvider(issuer, persons, platform))
  app.get('/persone/:uid', (req, res) => void res.send(choicePage(req.params.uid, persons)))
  app.post('/persone/:uid', urlencoded({ extended: false }), async (req, res) => {
    const { chi, fattori } = req.body as { chi?: string; fattori?: string }
    const strong = fattori !== '1'
    const login = {
      accountId: chi ?? '',
      amr: strong ? ['pwd', 'otp', 'mfa'] : ['pwd'],
      ...(strong ? { acr: TWO_FACTORS } : {}),
    }
    const denied = { error: 'access_denied', error_description: 'given up' }
    const answering = await provider()
    await answering.interactionFinished(req, res, chi === undefined || chi === '' ? denied : { login }, {
      mergeWithLastSubmission: false,
    })
  })
  app.get('/favicon.ico', (_req, res) => void res.sendStatus(204))
  app.use(async (req, res) => (await provider()).callback()(req, res))
  return {
    issuer,
    writeFile(folder, municipality) {
      mkdirSync(folder, { recursive: true })
      const file = { issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, levels: { [TWO_FACTORS]: 2 } }
      writeFileSync(join(folder, `${municipality}.json`), JSON.stringify(file))
    },
    stop: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** For the first who asks: to load the library and to make its key would take a start longer than the pages of the platform. */
async function createProvider(
  issuer: string,
  persons: readonly DirectoryPerson[],
  platform: string,
): Promise<Provider> {
  const [library, key] = await Promise.all([import('oidc-provider'), signingKey()])
  return quietly(() => new library.Provider(issuer, configurationOf(persons, { platform, key })))
}

/** The library warns on the console that its memory is for development: that is what it is for here. */
function quietly(make: () => Provider): Provider {
  const { warn, info } = console
  Object.assign(console, { warn: () => undefined, info: () => undefined })
  try {
    return make()
  } finally {
    Object.assign(console, { warn, info })
  }
}

let known: Promise<object> | undefined

/** One for the process: it takes up to a third of a second. */
const signingKey = (): Promise<object> => (known ??= newKey())

async function newKey(): Promise<object> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ format: 'jwk' })
}

type Facts = Readonly<{ platform: string; key: object }>

function configurationOf(persons: readonly DirectoryPerson[], { platform, key }: Facts): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${platform}/accesso/personale/ritorno`],
        post_logout_redirect_uris: [`${platform}/esci`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [{ ...key, alg: 'RS256', use: 'sig', kid: 'sviluppo' }] },
    cookies: { keys: ['solo per lo sviluppo'] },
    pkce: { required: () => true },
    acrValues: [TWO_FACTORS],
    claims: { openid: ['sub', 'acr', 'amr'], profile: ['given_name', 'family_name', 'fiscal_number'] },
    // As most directories do, and as the platform reads: claims in the ID token.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { logoutSource, postLogoutSuccessSource } },
    interactions: { url: (_context, { uid }) => `/persone/${uid}` },
    findAccount: (_context, cf) => {
      const person = persons.find((one) => one.cf === cf)
      if (!person) return undefined
      const { givenName: given_name, familyName: family_name } = person
      return { accountId: cf, claims: () => ({ sub: cf, given_name, family_name, fiscal_number: cf }) }
    },
    // Nobody is asked whether the municipality may know its own staff.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ accountId: oidc.session?.accountId ?? '', clientId: CLIENT.id })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  }
}

const page = (body: string): string =>
  `<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Account del Comune (di prova)</title></head><body><main><h1>Account del Comune (di prova)</h1>${body}</main></body></html>`

function choicePage(uid: string, persons: readonly DirectoryPerson[]): string {
  const buttons = persons.map(
    ({ cf, givenName, familyName }) => `<p><button name="chi" value="${cf}">${givenName} ${familyName}</button></p>`,
  )
  return page(
    `<form method="post" action="/persone/${uid}"><p><label><input type="checkbox" name="fattori" value="1"> Solo con la password</label></p>${buttons.join('')}<p><button name="chi" value="">Annulla</button></p></form>`,
  )
}

function logoutSource(context: KoaContextWithOIDC, form: string): void {
  context.body = page(`${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Esci</button>`)
}

function postLogoutSuccessSource(context: KoaContextWithOIDC): void {
  context.body = page('<p>Sei uscito.</p>')
}
