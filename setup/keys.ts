import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from '../server/certificates/certificate-builder.ts'
import type { Municipality } from '../server/municipalities/index.ts'
import type { Signer } from '../test/support/identity-provider/index.ts'
import { say } from './say.ts'

type Variables = Record<string, string>

type Settings = Readonly<{
  /** Folder that git ignores. */
  folder: string
  municipality: Municipality
  publicAddress: string
}>

/**
 * Makes the development keys that are missing and returns the variables that name them. They are worth nothing outside
 * this machine: a production installation brings its own (see certs/README.md).
 */
export async function developmentKeys({ folder, municipality, publicAddress }: Settings): Promise<Variables> {
  const [spid, seals, trust] = [join(folder, 'spid'), join(folder, 'seal'), join(folder, 'trust')]
  const now = new Date()
  const { ensureServiceProviderKeys } = await import('../server/identity/index.ts')
  const { ensureDevelopmentSeal } = await import('../server/certificates/development-pki.ts')
  if (!existsSync(join(seals, municipality.id))) say('Preparo le chiavi di sviluppo in certs/…')
  ensureServiceProviderKeys(join(spid, municipality.id), { organization: municipality, entityId: publicAddress, now })
  ensureDevelopmentSeal({ authority: join(folder, 'authority'), trust, seals, municipality, now })
  return {
    SPID_KEYS: spid,
    SPID_LOG_KEY: secretIn(join(folder, 'spid-log.key')),
    SEAL_KEYS: seals,
    TRUST_ANCHORS: trust,
    SESSION_SECRET: secretIn(join(folder, 'session.secret')),
  }
}

/** The key of the test identity provider, kept so that a login begun before a restart still ends well. */
export async function identityProviderSigner(folder: string): Promise<Signer> {
  const file = join(folder, 'identity-provider.json')
  if (!existsSync(file)) {
    const { signerNamed } = await import('../test/support/identity-provider/index.ts')
    writeSecret(file, JSON.stringify(signerNamed('Gestore di identità di prova')))
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Signer
}

/** The authority that `developmentKeys` has made: it issues the seal, and the development lists call its certificates qualified. */
export async function developmentAuthority(folder: string): Promise<Authority> {
  const { readAuthority } = await import('../server/certificates/development-pki.ts')
  return readAuthority(join(folder, 'authority'))
}

function secretIn(file: string): string {
  if (!existsSync(file)) writeSecret(file, randomBytes(32).toString('base64'))
  return readFileSync(file, 'utf8')
}

function writeSecret(file: string, content: string): void {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, content, { mode: 0o600 })
}
