import type { Anomaly } from './anomaly.ts'
import type { Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { Attempt, Wishes } from './login-request.ts'
import type { Level } from './person.ts'
import type { SamlScheme } from './service-provider.ts'

type Link = Readonly<{ name: string; entityId: string; href: string }>

type AccessPage = Readonly<{
  title: string
  breadcrumb: readonly Readonly<{ text: string }>[]
  /** Why a person who is already in is asked again. */
  stepUp: string | null
  /** Is a form kept that was being sent when the session ended? */
  kept: boolean
  /** Name of the level asked for, as people know it. */
  levelText: string
  professional: boolean
  spid: readonly Link[]
  cie: Link | null
  eidas: Link | null
  cns: Readonly<{ href: string }> | null
  /** Page of those who work here. */
  staff: string | null
  /** The same page for the other use of SPID: one's own, or professional. */
  otherUse: string
}>

const LEVELS: Readonly<Record<Level, string>> = {
  1: 'livello 1: nome utente e password',
  2: 'livello 2: nome utente, password e un codice temporaneo o l’app',
  3: 'livello 3: un dispositivo fisico, per esempio la carta con il PIN',
}

type Choice = Readonly<{
  wishes: Wishes
  /** Level of the session that there is. */
  current: Level | undefined
  isKept: boolean
  /** Is there an address where cards are asked for? */
  cns: boolean
  /** Has the municipality a directory with which its staff log in? */
  staff: boolean
  /** Puts a list in random order: AgID wants no SPID provider favoured. */
  shuffle: <T>(list: readonly T[]) => T[]
}>

/** The choice of how to log in. CIE, eIDAS and CNS are offered where they are configured; none has professional identities. */
export function accessPage(
  providers: readonly IdentityProvider[],
  { wishes, current, isKept, cns, staff, shuffle }: Choice,
): AccessPage {
  const linksOf = (scheme: SamlScheme): Link[] =>
    providers
      .filter((provider) => provider.scheme === scheme)
      .map(({ entityId, name }) => ({
        name,
        entityId,
        href: startPath({ ...wishes, scheme, identityProvider: entityId }),
      }))
  const personal = (scheme: SamlScheme): Link | null => (wishes.professional ? null : (linksOf(scheme)[0] ?? null))
  const title = wishes.professional ? 'Accedi come professionista o impresa' : 'Accedi ai servizi'
  return {
    title,
    breadcrumb: [{ text: title }],
    stepUp:
      current === undefined || current >= wishes.level
        ? null
        : `Per continuare serve un accesso di ${LEVELS[wishes.level]}.`,
    kept: isKept,
    levelText: LEVELS[wishes.level],
    professional: wishes.professional,
    spid: shuffle(linksOf('spid')),
    cie: personal('cie'),
    eidas: personal('eidas'),
    cns: cns && !wishes.professional ? { href: cnsPath(wishes) } : null,
    staff: staff ? staffPath(wishes) : null,
    otherUse: accessPath({ ...wishes, professional: !wishes.professional }),
  }
}

/** Address that starts a login with one provider. CIE has one provider, which need not be named. */
function startPath({ scheme, identityProvider, ...wishes }: Attempt): string {
  const query = queryOf(wishes)
  if (scheme !== 'cie') query.set('idp', identityProvider)
  return `/accesso/${scheme}?${query.toString()}`
}

/** Address that starts a login with a card. */
export const cnsPath = (wishes: Wishes): string => `/accesso/cns?${queryOf(wishes).toString()}`

/** The page where staff log in, and below it the address that starts. */
export const staffPath = (wishes: Wishes, below = ''): string =>
  `/accesso/personale${below}?${queryOf(wishes).toString()}`

export const accessPath = (wishes: Wishes): string => `/accesso?${queryOf(wishes).toString()}`

function queryOf({ level, returnTo, professional }: Wishes): URLSearchParams {
  return new URLSearchParams({
    livello: String(level),
    ...(returnTo === undefined ? {} : { ritorno: returnTo }),
    ...(professional ? { uso: 'professionale' } : {}),
  })
}

export type RefusedPage = Readonly<{
  title: string
  text: string
  code: string
  requestId: string
  retry: string | null
  others: string
}>

/** Why a login failed and how to go on (AgID: the page must say the reason for anomalies 19–25 and 30). */
export function refusedPage(
  { title, text, code }: Anomaly,
  { retry, requestId }: { retry: Attempt | undefined; requestId: string },
): RefusedPage {
  return {
    title,
    text,
    code,
    requestId,
    retry: retry ? startPath(retry) : null,
    others: retry ? accessPath(retry) : '/accesso',
  }
}

type SendPage = Readonly<{ title: string; action: string; fields: readonly { name: string; value: string }[] }>

/** A message that the browser must post to the provider: a form with one button, since nothing may depend on scripts. */
export function sendPage({ action, fields }: Extract<Sending, { binding: 'post' }>): SendPage {
  return {
    title: 'Continua dal gestore della tua identità',
    action,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
  }
}
