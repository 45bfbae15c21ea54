import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Demonstration } from './demonstration.ts'
import { developmentKeys, identityProviderSigner } from './keys.ts'
import { freePort } from './ports.ts'

type Settings = Readonly<{
  env: NodeJS.ProcessEnv
  /** Folder of the development keys. */
  certs: string
  /** Folder for what is made anew at each start. */
  data: string
  demonstration: Demonstration
  /** Of the platform. */
  port: number
  /** Where the test identity provider listens if it is free, the mailbox after it; 0 for anywhere. */
  helperPort: number
}>

export type Development = Readonly<{
  env: NodeJS.ProcessEnv
  /** Address of the test identity provider, when it was started. */
  identityProvider?: string
  stop: () => Promise<void>
}>

/**
 * Fills in what the environment does not say: public address, keys, the test identity provider, the local mailbox.
 * Whatever is set stays, and its counterpart is not started.
 */
export async function developmentParts(settings: Settings): Promise<Development> {
  const { env, certs, demonstration } = settings
  const publicAddress = env['PUBLIC_ADDRESS'] || `http://localhost:${settings.port}`
  const keys = await developmentKeys({ folder: certs, municipality: demonstration.municipality, publicAddress })
  const identity = env['IDENTITY_PROVIDERS'] ? undefined : await startIdentity(settings)
  const made = {
    PORT: String(settings.port),
    PUBLIC_ADDRESS: publicAddress,
    MAIL_FROM: 'sportello@localhost',
    LOG_LEVEL: 'warn',
    ...keys,
    ...identity?.env,
  }
  return {
    env: { ...made, ...withoutEmpty(env) },
    ...(identity && { identityProvider: identity.address }),
    stop: async () => identity?.stop(),
  }
}

async function startIdentity({ certs, data, demonstration, port: platformPort, helperPort }: Settings) {
  const [{ startIdentityProvider }, signer, port] = await Promise.all([
    import('../test/support/identity-provider/index.ts'),
    identityProviderSigner(certs),
    freePort(helperPort),
  ])
  // Asked on the loopback address: the public one may lead here only through a proxy that is not there yet.
  const serviceProviders = [`http://127.0.0.1:${platformPort}/spid/metadata`]
  const provider = await startIdentityProvider({ port, persons: demonstration.persons, serviceProviders, signer })
  const folder = join(data, 'identity-providers')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'test.xml'), provider.metadata)
  return { address: provider.baseUrl, env: { IDENTITY_PROVIDERS: folder }, stop: provider.stop }
}

const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
