import { AppError } from '../errors.ts'
import { authorOf, type Login } from '../identity/index.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { MandateRecording } from './mandate-record-service.ts'
import type { Representation } from './representation-service.ts'
import { covers, isValid, type Mandate, type MandateStore } from './mandate.ts'

/** What a proxy is told who may no longer send. */
export const MANDATE_ENDED =
  'La delega con cui agisci non è più valida: è stata revocata, è scaduta o non comprende questo servizio. Non abbiamo inviato niente: la bozza resta nella tua area personale, e puoi inviarla quando hai una delega valida.'

const noLongerValid = (): AppError =>
  new AppError('NOT_ALLOWED', 'Mandate is not valid for this filing', {
    explanation: MANDATE_ENDED,
    back: '/area-personale',
  })

type Deps = { store: MandateStore; recording: MandateRecording; representation: Representation; now: () => Date }
type Used = Readonly<{ filing: { id: string; procedure: string; principalKey: string }; login: Login }>

/** Acting under a mandate. */
export function createMandateUse({ store, recording, representation, now }: Deps) {
  /** The mandates by which this person may act today. */
  async function held(municipality: string, proxyKey: string, transaction?: Transaction): Promise<Mandate[]> {
    const at = now()
    return (await store.heldBy(municipality, proxyKey, transaction)).filter((mandate) => isValid(mandate, at))
  }

  /**
   * Records in the transaction of a sending that it was made under this mandate. Throws NOT_ALLOWED when the mandate is
   * not valid, not this proxy's, or does not take the filing in: a revocation a moment before counts.
   */
  async function use(
    mandate: Pick<Mandate, 'id' | 'municipality'>,
    { filing, login }: Used,
    transaction: Transaction,
  ): Promise<void> {
    const current = await store.find(mandate.municipality, mandate.id, transaction)
    const at = now()
    const fits =
      current?.proxyKey === login.person.key &&
      current.principalKey === filing.principalKey &&
      isValid(current, at) &&
      covers(current, filing)
    if (!fits) throw noLongerValid()
    const event = { type: 'used', at, by: authorOf(login), filing: filing.id } as const
    if (!(await recording.record(current, event, transaction))) throw noLongerValid()
  }

  return { held, use, confirm: representation.confirm }
}
