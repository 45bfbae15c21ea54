import type { Anomaly } from './anomaly.ts'
import type { Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { Retry } from './login-request.ts'
import type { Level } from './person.ts'
import type { SamlScheme } from './service-provider.ts'

type Choice = Readonly<{ level: Level; returnTo: string | undefined }>
type Link = Readonly<{ name: string; href: string }>

export type AccessPage = Readonly<{
  title: string
  /** Why a person who is already in is asked again. */
  stepUp: string | null
  /** Name of the level asked for, as people know it. */
  levelText: string
  spid: readonly Link[]
  cie: Link | null
  eidas: Link | null
}>

const LEVELS: Readonly<Record<Level, string>> = {
  1: 'livello 1: nome utente e password',
  2: 'livello 2: nome utente, password e un codice temporaneo o l’app',
  3: 'livello 3: un dispositivo fisico, per esempio la carta con il PIN',
}

/**
 * The choice of how to log in. `shuffle` puts the SPID providers in a new order at every page, as AgID wants it:
 * none may be favoured.
 */
export function accessPage(
  providers: readonly IdentityProvider[],
  {
    level,
    returnTo,
    current,
    shuffle,
  }: Choice & { current: Level | undefined; shuffle: <T>(list: readonly T[]) => T[] },
): AccessPage {
  const linkOf = ({ scheme, entityId, name }: IdentityProvider): Link => ({
    name,
    href: startPath({ scheme, identityProvider: entityId, level, ...(returnTo === undefined ? {} : { returnTo }) }),
  })
  const of = (scheme: SamlScheme) => providers.filter((provider) => provider.scheme === scheme)
  const [cie] = of('cie')
  const [eidas] = of('eidas')
  return {
    title: 'Accedi ai servizi',
    stepUp: current === undefined ? null : `Per continuare serve un accesso di ${LEVELS[level]}.`,
    levelText: LEVELS[level],
    spid: shuffle(of('spid')).map(linkOf),
    cie: cie ? linkOf(cie) : null,
    eidas: eidas ? linkOf(eidas) : null,
  }
}

/** Address that starts a login with one provider. */
export function startPath({ scheme, identityProvider, level, returnTo }: Retry): string {
  const query = new URLSearchParams({
    ...(scheme === 'cie' ? {} : { idp: identityProvider }),
    livello: String(level),
    ...(returnTo === undefined ? {} : { ritorno: returnTo }),
  })
  return `/accesso/${scheme}?${query.toString()}`
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
export function refusedPage(anomaly: Anomaly, retry: Retry | undefined, requestId: string): RefusedPage {
  const query = new URLSearchParams({
    ...(retry === undefined ? {} : { livello: String(retry.level) }),
    ...(retry?.returnTo === undefined ? {} : { ritorno: retry.returnTo }),
  }).toString()
  return {
    title: anomaly.title,
    text: anomaly.text,
    code: anomaly.code,
    requestId,
    retry: retry ? startPath(retry) : null,
    others: query === '' ? '/accesso' : `/accesso?${query}`,
  }
}

export type SendPage = Readonly<{ title: string; action: string; fields: readonly { name: string; value: string }[] }>

/** A message that the browser must post to the provider: a form with one button, since nothing may depend on scripts. */
export function sendPage({ action, fields }: Extract<Sending, { binding: 'post' }>): SendPage {
  return {
    title: 'Continua dal gestore della tua identità',
    action,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
  }
}
