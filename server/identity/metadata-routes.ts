import { Router } from 'express'
import type { IdentityProviders } from './identity-provider-service.ts'
import { cieMetadata } from './metadata-cie.ts'
import { spidMetadata } from './metadata.ts'
import { samlId } from './saml.ts'
import type { Organization } from './service-provider.ts'
import type { ServiceProviders } from './service-provider-service.ts'

type Deps = Readonly<{ providers: IdentityProviders; serviceProviders: ServiceProviders; newId: () => string }>

/** What the federations need to know of us, at stable addresses. */
export function metadataRoutes({ providers, serviceProviders, newId }: Deps): Router {
  const router = Router()

  router.get('/spid/metadata', async (_req, res) => {
    const provider = serviceProviders.of(res.locals['municipality'] as Organization)
    const eidas = (await providers.all('eidas')).length > 0
    res.type('application/samlmetadata+xml').send(spidMetadata(provider, { id: samlId(newId()), eidas }))
  })

  router.get('/cie/metadata', (_req, res) => {
    const provider = serviceProviders.of(res.locals['municipality'] as Organization)
    res.type('application/samlmetadata+xml').send(cieMetadata(provider, { id: samlId(newId()) }))
  })

  return router
}
