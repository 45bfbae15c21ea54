import { AppError } from '../errors.ts'
import type { Login } from '../identity/index.ts'
import { authorOf, partyOf } from './author.ts'
import { partiesOf, type Asked } from './mandate-form.ts'
import { createMandateRecording, type RecordDeps } from './mandate-record-service.ts'
import { createMandateReview } from './mandate-review-service.ts'
import { createMandateUse } from './mandate-use-service.ts'
import { assertRevocable, type Mandate, type MandateId } from './mandate.ts'

type Deps = RecordDeps & { now: () => Date; newId: () => string }
type New = Asked & Pick<Mandate, 'id' | 'origin'>

export type Mandates = ReturnType<typeof createMandateService>

/** Giving, showing, reviewing, revoking and using mandates. Each change tells those whom it concerns, through the outbox. */
export function createMandateService({ now, newId, ...deps }: Deps) {
  const { store } = deps
  const recording = createMandateRecording(deps)

  async function begin(municipality: string, login: Login, { other, ...asked }: New): Promise<Mandate> {
    const isOnline = asked.origin === 'online'
    const event = { type: isOnline ? 'given' : 'shown', at: now(), by: authorOf(login) } as const
    const mandate: Mandate = {
      ...asked,
      municipality,
      ...partiesOf(asked.origin, { party: partyOf(login), key: login.person.key }, other),
      review: isOnline ? 'not-needed' : 'waiting',
      revokedAt: null,
      events: [event],
    }
    return recording.begin(mandate, event)
  }

  /** A mandate in which the person is named; anybody else's does not exist for them. */
  async function open(municipality: string, id: string, { person }: Login): Promise<Mandate> {
    const mandate = await store.find(municipality, id)
    if (mandate && [mandate.principalKey, mandate.proxyKey].includes(person.key)) return mandate
    throw new AppError('NOT_FOUND', 'No such mandate for this person')
  }

  async function revoke(municipality: string, id: string, login: Login): Promise<void> {
    const mandate = await open(municipality, id, login)
    assertRevocable(mandate, login.person.key)
    await recording.recordNow(mandate, { type: 'revoked', at: now(), by: authorOf(login) })
  }

  return {
    newId: () => newId() as MandateId,
    /** From the person who is logged in to the one whom the form names. */
    give: (municipality: string, login: Login, asked: Asked): Promise<Mandate> =>
      begin(municipality, login, { ...asked, origin: 'online', id: newId() as MandateId }),
    /** On a paper by which the person who is logged in acts; `id` owns its documents. */
    show: (municipality: string, login: Login, shown: Asked & { id: MandateId }): Promise<Mandate> =>
      begin(municipality, login, { ...shown, origin: 'document' }),
    ...{ open, revoke },
    ofPerson: (municipality: string, { person }: Login) => store.ofPerson(municipality, person.key),
    ...createMandateReview({ store, recording, now }),
    ...createMandateUse({ store, recording, now }),
  }
}
