import { join } from 'node:path'
import type { Organization, ServiceProvider } from './service-provider.ts'
import { readServiceProviderKeys } from './service-provider-keys.ts'

type Settings = Readonly<{
  /** Folder with one folder an organisation. */
  keys: string
  /** Public address of the organisation's site, without final slash. */
  originOf: (organization: Organization) => string
}>

export type ServiceProviders = ReturnType<typeof createServiceProviders>

/** The SAML service provider of each municipality, its keys read once. */
export function createServiceProviders({ keys, originOf }: Settings) {
  const known = new Map<string, ServiceProvider['keys']>()
  return {
    of(organization: Organization): ServiceProvider {
      const read = known.get(organization.id) ?? readServiceProviderKeys(join(keys, organization.id))
      known.set(organization.id, read)
      const profile = organization.union?.spid?.profile
      if (profile !== undefined && !read.entityId.includes(profile))
        throw new Error(`The entityID ${read.entityId} must contain ${profile} (AgID Avviso 19)`)
      return { organization, origin: originOf(organization), keys: read }
    },
  }
}
