import { ownSchema } from '../shared/json-schema.ts'
import { AppError } from '../errors.ts'
import type { BusinessRegister, Company } from './business-register.ts'

type Settings = Readonly<{
  /** Address of the service, without a final slash; empty when the municipality has none. */
  address: string
  /** Voucher of the PDND for this service (RFC 6750). */
  token: string
  /** Milliseconds after which the register counts as silent: a person waits for this at a page. */
  timeout?: number
}>

/** What the service answers: JSON, as e-services of the PDND do (ModI, REST profile). Fields that we do not use are let through. */
type Answer = Readonly<{
  codiceFiscale: string
  denominazione: string
  stato: 'ATTIVA' | 'CESSATA'
  persone: readonly Readonly<{
    codiceFiscale: string
    cariche: readonly Readonly<{ descrizione: string; rappresentante: boolean }>[]
  }>[]
}>

const text = { type: 'string', minLength: 1, maxLength: 300 }
const object = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
const list = (items: object) => ({ type: 'array', maxItems: 1_000, items })

const answerValidator = ownSchema<Answer>(
  object({
    codiceFiscale: text,
    denominazione: text,
    stato: { enum: ['ATTIVA', 'CESSATA'] },
    persone: list(
      object({
        codiceFiscale: text,
        cariche: list(object({ descrizione: text, rappresentante: { type: 'boolean' } })),
      }),
    ),
  }),
  { strict: true },
)

/** Asks the business register over HTTPS. Whatever goes wrong out there is UPSTREAM_UNAVAILABLE: it never stops a filing. */
export function createBusinessRegister({ address, token, timeout = 5_000 }: Settings): BusinessRegister {
  return {
    async find(cf) {
      if (address === '') throw silent('is not configured')
      const response = await ask(cf)
      if (response.status === 404) return null
      if (!response.ok) throw silent(`answered ${response.status}`)
      const isAnswer = answerValidator()
      const answer: unknown = await response.json().catch(() => undefined)
      // An answer about another company would give a person powers that they do not have.
      if (!isAnswer(answer) || answer.codiceFiscale !== cf) throw silent('answered something else')
      return companyOf(answer)
    },
  }

  /** The tax code goes in the body: an address ends up in logs, and that of a sole trader is a person's. */
  async function ask(codiceFiscale: string): Promise<Response> {
    try {
      return await fetch(`${address}/imprese/ricerca`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ codiceFiscale }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      })
    } catch (error) {
      throw silent('did not answer', error)
    }
  }
}

const silent = (what: string, cause?: unknown): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', `The business register ${what}`, { cause })

const companyOf = ({ codiceFiscale, denominazione, stato, persone }: Answer): Company => ({
  cf: codiceFiscale,
  name: denominazione,
  status: stato === 'ATTIVA' ? 'active' : 'ceased',
  persons: persone.map((person) => ({
    cf: person.codiceFiscale,
    roles: person.cariche.map(({ descrizione, rappresentante }) => ({ name: descrizione, represents: rappresentante })),
  })),
})
