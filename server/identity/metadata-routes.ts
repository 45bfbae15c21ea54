import { Router, type Response } from 'express'
import { organizationOf } from './access-routes.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { cieMetadata } from './metadata-cie.ts'
import { spidMetadata } from './metadata.ts'
import { samlId } from './saml.ts'
import type { ServiceProvider } from './service-provider.ts'
import type { ServiceProviders } from './service-provider-service.ts'

type Deps = Readonly<{ providers: IdentityProviders; serviceProviders: ServiceProviders; newId: () => string }>

/** What the federations need to know of us, at stable addresses. */
export function metadataRoutes({ providers, serviceProviders, newId }: Deps): Router {
  const router = Router()
  const here = (res: Response) => serviceProviders.of(organizationOf(res))

  // Signed once for what it says (keys are read once): a signature takes milliseconds, and anybody may ask.
  const signed = new Map<string, string>()
  function send(res: Response, facts: { provider: ServiceProvider; variant: string }, sign: (id: string) => string) {
    const { organization, origin } = facts.provider
    const key = JSON.stringify([organization, origin, facts.variant])
    const document = signed.get(key) ?? sign(samlId(newId()))
    signed.set(key, document)
    res.type('application/samlmetadata+xml').send(document)
  }

  router.get('/spid/metadata', async (_req, res) => {
    const provider = here(res)
    const eidas = (await providers.all('eidas')).length > 0
    send(res, { provider, variant: eidas ? 'spid, eidas' : 'spid' }, (id) => spidMetadata(provider, { id, eidas }))
  })

  router.get('/cie/metadata', (_req, res) => {
    const provider = here(res)
    send(res, { provider, variant: 'cie' }, (id) => cieMetadata(provider, { id }))
  })

  return router
}
