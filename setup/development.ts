import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningIdentityProvider } from '../test/support/identity-provider/index.ts'
import type { RunningBusinessRegister } from '../test/support/business-register.ts'
import type { RunningDirectory } from '../test/support/directory.ts'
import type { Mailbox } from '../test/support/mailbox.ts'
import { developmentCards } from './cards.ts'
import type { RemoteSigning } from '../test/support/remote-signing.ts'
import type { RunningTrustServices } from '../test/support/trust-services/index.ts'
import type { Demonstration } from './demonstration.ts'
import { developmentAuthority, developmentKeys, identityProviderSigner } from './keys.ts'
import { freePort, onFreePort } from './ports.ts'
import { startSignatures } from './signatures.ts'

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
  /** The counterparts that were started: those that the environment does not name. */
  identityProvider?: RunningIdentityProvider
  mailbox?: Mailbox
  /** With which the staff log in. */
  directory?: RunningDirectory
  businessRegister?: RunningBusinessRegister
  trustServices?: RunningTrustServices
  signatures?: RemoteSigning
  stop: () => Promise<void>
}>

/**
 * Fills in what the environment does not say: public address, keys, cards, and counterparts of everybody outside (identity provider, mail,
 * staff directory, business register, trusted lists, time stamps, remote signing). Whatever is set stays, and its counterpart is not started.
 */
export async function developmentParts(settings: Settings): Promise<Development> {
  const { certs, demonstration, port, helperPort } = settings
  const env = withoutEmpty(settings.env)
  const publicAddress = env['PUBLIC_ADDRESS'] ?? `http://localhost:${port}`
  const keys = await developmentKeys({ folder: certs, municipality: demonstration.municipality, publicAddress })
  const started = await startCounterparts(settings, env, publicAddress)
  const cards = env['CNS_ADDRESS'] ? {} : await developmentCards({ ...settings, port: helperPort && helperPort + 5 })
  const made = {
    PORT: String(port),
    PUBLIC_ADDRESS: publicAddress,
    MAIL_FROM: 'sportello@localhost',
    LOG_LEVEL: 'warn',
  }
  return {
    env: { ...made, ...keys, ...cards, ...variablesOf(settings, started), ...env },
    ...started,
    stop: async () => {
      await Promise.all([started.identityProvider?.stop(), started.mailbox?.close()])
      await Promise.all([started.businessRegister?.stop(), started.trustServices?.stop()])
      await Promise.all([started.directory?.stop(), started.signatures?.stop()])
    },
  }
}

type Counterparts = Pick<
  Development,
  'identityProvider' | 'mailbox' | 'businessRegister' | 'trustServices' | 'directory' | 'signatures'
>

async function startCounterparts(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  publicAddress: string,
): Promise<Counterparts> {
  const needsTrust = !env['TRUSTED_LISTS_URL'] || !env['TIMESTAMP_URL']
  return {
    ...(env['IDENTITY_PROVIDERS'] ? {} : { identityProvider: await startIdentity(settings) }),
    ...(env['SMTP_URL'] ? {} : { mailbox: await startMail(settings) }),
    ...(env['STAFF_DIRECTORIES'] ? {} : { directory: await startStaffDirectory(settings, publicAddress) }),
    ...(env['BUSINESS_REGISTER'] ? {} : { businessRegister: await startRegister(settings) }),
    ...(env['SEAL_KEYS'] ? {} : { signatures: await startSignatures(settings) }),
    ...(needsTrust ? { trustServices: await startTrust(settings) } : {}),
  }
}

const variablesOf = (
  settings: Settings,
  { identityProvider, mailbox, businessRegister, trustServices, directory }: Counterparts,
) => ({
  ...(identityProvider && { IDENTITY_PROVIDERS: providersFolder(settings) }),
  ...(mailbox && { SMTP_URL: `smtp://127.0.0.1:${mailbox.smtpPort}` }),
  ...addressOf(businessRegister),
  ...(directory && { STAFF_DIRECTORIES: directoriesFolder(settings) }),
  ...(trustServices && trustVariables(settings, trustServices)),
})

const providersFolder = ({ data }: Settings): string => join(data, 'identity-providers')

async function startIdentity(settings: Settings): Promise<RunningIdentityProvider> {
  const { certs, demonstration, port: platformPort, helperPort } = settings
  const { startIdentityProvider } = await import('../test/support/identity-provider/index.ts')
  const signer = await identityProviderSigner(certs)
  // Asked on the loopback address: the public one may lead here only through a proxy that is not there yet.
  const serviceProviders = [`http://127.0.0.1:${platformPort}/spid/metadata`]
  const provider = await onFreePort(helperPort, (port) =>
    startIdentityProvider({ port, persons: demonstration.persons, serviceProviders, signer }),
  )
  provider.writeMetadata(providersFolder(settings))
  return provider
}

const directoriesFolder = ({ data }: Settings): string => join(data, 'staff-directories')

async function startStaffDirectory(settings: Settings, platform: string): Promise<RunningDirectory> {
  const { demonstration, helperPort } = settings
  const { startDirectory } = await import('../test/support/directory.ts')
  const directory = await onFreePort(helperPort && helperPort + 6, (port) =>
    startDirectory({ port, persons: demonstration.officers, platform }),
  )
  directory.writeFile(directoriesFolder(settings), demonstration.municipality.id)
  return directory
}

async function startMail({ helperPort }: Settings): Promise<Mailbox> {
  const { startMailbox } = await import('../test/support/mailbox.ts')
  return startMailbox({ httpPort: await freePort(helperPort && helperPort + 1) })
}

const addressOf = (register?: RunningBusinessRegister): NodeJS.ProcessEnv =>
  register ? { BUSINESS_REGISTER: register.address, BUSINESS_REGISTER_TOKEN: register.token } : {}

async function startRegister({ demonstration }: Settings): Promise<RunningBusinessRegister> {
  const { startBusinessRegister } = await import('../test/support/business-register.ts')
  return startBusinessRegister(demonstration.companies)
}

async function startTrust({ certs, helperPort }: Settings): Promise<RunningTrustServices> {
  const { startTrustServices } = await import('../test/support/trust-services/index.ts')
  const authority = await developmentAuthority(certs)
  return onFreePort(helperPort && helperPort + 2, (port) => startTrustServices({ port, authority }))
}

function trustVariables({ certs }: Settings, { listUrl, signers, timestampUrl }: RunningTrustServices) {
  const file = join(certs, 'lists-signers.pem')
  writeFileSync(file, signers)
  return {
    TRUSTED_LISTS_URL: listUrl,
    TRUSTED_LISTS_SIGNERS: file,
    TRUSTED_LISTS_FOLDER: join(certs, 'lists'),
    TIMESTAMP_URL: timestampUrl,
  }
}

const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
