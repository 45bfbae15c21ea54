import { Router, type Request, type Response } from 'express'
import { checkCsrf } from '../web/csrf.ts'
import { formReader } from '../web/form-reader.ts'
import { officerLoginOf, organizationOf } from './access-routes.ts'
import { MESSAGE_FORM } from './bindings.ts'
import type { DirectoryService } from './directory-service.ts'
import type { LogoutService, Posted } from './logout-service.ts'
import { sendMessage } from './send-routes.ts'
import type { ServiceProvider } from './service-provider.ts'
import type { ServiceProviders } from './service-provider-service.ts'
import { endSession, endStoredSession } from './session-routes.ts'
import { decodeField, queryFields } from './query-signature.ts'

/**
 * Chrome keeps pages for its Back button although they say `no-store`: after a logout the next person at that screen would see
 * them. This makes it forget them (W3C Clear Site Data §3.1).
 */
const NOTHING_BEHIND = '"cache"'

type Deps = Readonly<{ serviceProviders: ServiceProviders; logouts: LogoutService; directories?: DirectoryService }>

/** Leaving, from here or because the provider says so. */
export function logoutRoutes({ serviceProviders, logouts, directories }: Deps): Router {
  const router = Router()
  const body = formReader(MESSAGE_FORM)
  const here = (res: Response): ServiceProvider => serviceProviders.of(organizationOf(res))

  router.get('/esci', (req, res) => {
    const loggedIn = officerLoginOf(req) !== undefined
    res.set('cache-control', 'no-store').render('pages/identity/logout', {
      title: loggedIn ? 'Vuoi uscire?' : 'Sei uscito dai servizi',
      loggedIn,
      others: false,
    })
  })

  router.post('/esci', body, async (req, res) => {
    const login = officerLoginOf(req)
    if (login) checkCsrf(req, (req.body as Record<string, unknown> | undefined)?.['_csrf'])
    const sending = login && (await logouts.begin(here(res), login))
    const address = sending?.binding === 'redirect' ? sending.url : await directoryLogout(directories, here(res), req)
    await endSession(req)
    res.set('clear-site-data', NOTHING_BEHIND)
    if (sending?.binding === 'post') sendMessage(res, sending, 303)
    else if (address === undefined) res.redirect(303, '/esci')
    else {
      // Not a redirect: browsers hold redirects after a form to the form's own CSP, which allows this site only.
      res.set({ 'cache-control': 'no-store', refresh: `0; url=${address}` })
      res.render('pages/identity/logout-provider', {
        title: 'Uscita dal gestore della tua identità',
        href: address,
      })
    }
  })

  for (const scheme of ['spid', 'cie'] as const) {
    router.get(`/${scheme}/slo`, async (req, res) => {
      const query = req.originalUrl.split('?', 2)[1] ?? ''
      const fields = queryFields(query)
      const relayState = decodeField(fields.get('RelayState') ?? '')
      const posted = { scheme, binding: 'redirect', query, ...(relayState === '' ? {} : { relayState }) } as const
      await receive(fields.has('SAMLRequest') ? 'request' : 'response', posted, { req, res })
    })

    router.post(`/${scheme}/slo`, body, async (req, res) => {
      const { SAMLRequest, SAMLResponse, RelayState } = (req.body ?? {}) as Record<string, unknown>
      const relay = typeof RelayState === 'string' && RelayState !== '' ? { relayState: RelayState } : {}
      const posted = { scheme, binding: 'post', message: SAMLRequest ?? SAMLResponse, ...relay } as const
      await receive(SAMLRequest === undefined ? 'response' : 'request', posted, { req, res })
    })
  }

  async function receive(
    kind: 'request' | 'response',
    posted: Posted,
    { req, res }: { req: Request; res: Response },
  ): Promise<void> {
    if (kind === 'response') {
      const { complete } = await logouts.complete(here(res), posted)
      res.render('pages/identity/logout', { title: 'Sei uscito dai servizi', loggedIn: false, others: !complete })
      return
    }
    const { sessionIds, sending } = await logouts.answer(here(res), posted)
    await Promise.all(sessionIds.map(async (id) => endStoredSession(req, id)))
    sendMessage(res, sending, 303)
  }

  return router
}

/** Staff leave the municipality's directory too (OpenID Connect RP-Initiated Logout). */
async function directoryLogout(
  directories: DirectoryService | undefined,
  { organization, origin }: ServiceProvider,
  req: Request,
): Promise<string | undefined> {
  if (officerLoginOf(req)?.scheme !== 'oidc') return undefined
  // Leaving here must work also while the directory does not answer.
  return directories?.logoutUrl({ organization: organization.id, origin }, req.session.idToken).catch(() => undefined)
}
