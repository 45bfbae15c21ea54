import { escapeText as e } from './response-builder.ts'

export type TestPerson = Readonly<{ id: string; label: string; attributes: Readonly<Record<string, string>> }>

/** The ways in which a login can end without success, as AgID's table numbers them. */
export const ANOMALIES: readonly { number: number; code: string; subCode?: string; label: string }[] = [
  { number: 25, code: 'Responder', subCode: 'AuthnFailed', label: 'Annulla l’accesso' },
  { number: 19, code: 'Responder', subCode: 'AuthnFailed', label: 'Troppi tentativi con credenziali errate' },
  { number: 20, code: 'Responder', subCode: 'AuthnFailed', label: 'Credenziali di livello insufficiente' },
  { number: 21, code: 'Responder', subCode: 'AuthnFailed', label: 'Tempo scaduto' },
  { number: 22, code: 'Responder', subCode: 'AuthnFailed', label: 'Consenso all’invio dei dati negato' },
  { number: 23, code: 'Responder', subCode: 'AuthnFailed', label: 'Identità sospesa o revocata' },
  { number: 30, code: 'Responder', subCode: 'AuthnFailed', label: 'Tipo di identità diverso da quello richiesto' },
  { number: 8, code: 'Requester', label: 'Richiesta non conforme (nr08)' },
  { number: 9, code: 'VersionMismatch', label: 'Versione errata (nr09)' },
  { number: 11, code: 'Requester', label: 'ID non valido (nr11)' },
  { number: 12, code: 'Requester', subCode: 'NoAuthnContext', label: 'Livello non previsto (nr12)' },
  { number: 13, code: 'Requester', subCode: 'RequestDenied', label: 'IssueInstant non coerente (nr13)' },
  { number: 14, code: 'Requester', subCode: 'RequestUnsupported', label: 'Destination errata (nr14)' },
  { number: 15, code: 'Requester', subCode: 'NoPassive', label: 'IsPassive (nr15)' },
  { number: 16, code: 'Requester', subCode: 'RequestUnsupported', label: 'ACS incoerente (nr16)' },
  { number: 17, code: 'Requester', subCode: 'RequestUnsupported', label: 'NameIDPolicy errato (nr17)' },
  { number: 18, code: 'Requester', subCode: 'RequestUnsupported', label: 'Set di attributi ignoto (nr18)' },
]

const STYLE = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0; color: #17324d; background: #f5f6f7; overflow-wrap: anywhere }
  header { background: #5b3b00; color: #fff; padding: .75rem 1rem; font-weight: 700 }
  main { max-width: 44rem; margin: 0 auto; padding: 1rem }
  fieldset { border: 1px solid #5c6f82; margin: 0 0 1.5rem; padding: 1rem; background: #fff; min-width: 0 }
  legend, h2 { font-size: 1.25rem; font-weight: 700 }
  ul { list-style: none; padding: 0; margin: 0 }
  button { font: inherit; width: 100%; text-align: left; padding: .6rem .8rem; margin: 0 0 .5rem; border: 2px solid #0059b3; background: #fff; color: #0059b3; cursor: pointer }
  button:hover { background: #e6f0fa } button:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid #b36b00; outline-offset: 2px }
  label { display: inline-block; padding: .3rem 1rem .3rem 0 } summary { padding: .5rem 0; cursor: pointer }`

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${e(title)} - Gestore di prova</title><style>${STYLE}</style></head><body><header>Gestore di identità DI PROVA: nessuna identità vera</header><main><h1>${e(title)}</h1>${body}</main></body></html>`

type Choosing = Readonly<{
  path: string
  pending: string
  level: number
  persons: readonly TestPerson[]
  serviceProvider: string
}>

/** Who to be, at which level, or how to fail. */
export function choicePage({ path, pending, level, persons, serviceProvider }: Choosing): string {
  const levels = [1, 2, 3].map(
    (one) =>
      `<label><input type="radio" name="level" value="${one}"${one === level ? ' checked' : ''}> Livello ${one}${one === level ? ' (richiesto)' : ''}</label>`,
  )
  const people = persons.map(({ id, label }) => `<li><button name="person" value="${e(id)}">${e(label)}</button></li>`)
  const failures = ANOMALIES.map(
    ({ number, label }) => `<li><button name="anomaly" value="${number}">${e(label)}</button></li>`,
  )
  return page(
    'Chi vuoi essere?',
    `<p>Ti chiede di accedere <strong>${e(serviceProvider)}</strong>.</p>
    <form method="post" action="${path}/answer"><input type="hidden" name="pending" value="${e(pending)}">
    <fieldset><legend>Livello di sicurezza</legend>${levels.join('')}</fieldset>
    <h2>Accedi come</h2><ul>${people.join('')}</ul>
    <details><summary>Fai fallire l’accesso</summary><ul>${failures.join('')}</ul></details></form>`,
  )
}

/** Posts a message to the service provider, by itself where scripts run. */
export function postPage(action: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${e(name)}" value="${e(value)}">`,
  )
  return page(
    'Torna al servizio',
    `<form method="post" action="${e(action)}">${inputs.join('')}<button>Continua</button></form><script>document.forms[0].submit()</script>`,
  )
}

/** The provider's own page for requests that it does not take (anomalies 2 to 10 never reach the service provider). */
export const errorPage = (reason: string): string => page('Richiesta non accettata', `<p>${e(reason)}</p>`)
