import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { StoredDocument } from '../documents/index.ts'
import { authorOf, type Login } from '../identity/index.ts'
import type { Asked } from './mandate-form.ts'
import { fillerOf, giverOf, principalAndProxy } from './mandate-parties.ts'
import { createMandateRecording, type RecordDeps } from './mandate-record-service.ts'
import { createMandateReview } from './mandate-review-service.ts'
import { createMandateUse } from './mandate-use-service.ts'
import { sideOf, type Representation } from './representation-service.ts'
import {
  assertFewWaiting,
  assertRevocable,
  assertRoom,
  type Mandate,
  type MandateId,
  type PageAsked,
} from './mandate.ts'

type Deps = RecordDeps & { representation: Representation; now: () => Date; newId: () => string }
/** `key` tells one press of the button from another. */
type Given = Asked & { key: string }
type Shown = Given & { papers: readonly StoredDocument[] }
type New = Omit<Shown, 'key'> & Pick<Mandate, 'id' | 'origin'>

export type Mandates = ReturnType<typeof createMandateService>

/** Giving, showing, reviewing, revoking and using mandates. Each change tells those whom it concerns, through the outbox. */
export function createMandateService({ representation, now, newId, ...deps }: Deps) {
  const { store } = deps
  const recording = createMandateRecording(deps)

  async function begin(municipality: string, login: Login, { other, papers, ...asked }: New): Promise<Mandate> {
    const isOnline = asked.origin === 'online'
    const event = { type: isOnline ? 'given' : 'shown', at: now(), by: authorOf(login) } as const
    const company = isOnline ? await companyOf(representation, login) : null
    const mandate: Mandate = {
      ...asked,
      municipality,
      ...principalAndProxy(asked.origin, company ?? { party: fillerOf(login), key: login.person.key }, other),
      ...(company && { giver: company.giver }),
      review: isOnline ? 'not-needed' : 'waiting',
      revokedAt: null,
      events: [event],
    }
    if (isOnline) assertRoom(mandate, await store.heldBy(municipality, mandate.proxyKey), event.at)
    else assertFewWaiting(mandate, await store.waitingOf(municipality, mandate.proxyKey))
    return recording.begin(mandate, event, papers)
  }

  /** A mandate of the side that they act for; anybody else's does not exist for them. */
  async function open(municipality: string, id: string, login: Login): Promise<Mandate> {
    const mandate = await store.find(municipality, id)
    if (mandate && [mandate.principalKey, mandate.proxyKey].includes(sideOf(login))) return mandate
    throw new AppError('NOT_FOUND', 'No such mandate for this person')
  }

  async function revoke(municipality: string, id: string, login: Login): Promise<void> {
    const mandate = await open(municipality, id, login)
    // Pressed twice: it is so already.
    if (mandate.revokedAt) return
    assertRevocable(mandate, sideOf(login))
    await assertStillRepresents(representation, login)
    await recording.recordNow(mandate, { type: 'revoked', at: now(), by: authorOf(login) })
  }

  return {
    newKey: newId,
    /** The person who is logged in gives a mandate to whom the form names; the same form with the same `key` twice gives one. Throws TOO_MANY_REQUESTS. */
    give: (municipality: string, login: Login, { key, ...asked }: Given): Promise<Mandate> =>
      begin(municipality, login, {
        ...asked,
        origin: 'online',
        id: idOf([municipality, sideOf(login), key, asked]),
        papers: [],
      }),
    /** The person who is logged in shows the paper by which they act. The same form with the same papers twice is one. Throws TOO_MANY_REQUESTS. */
    show: (municipality: string, login: Login, { key, papers, ...asked }: Shown): Promise<Mandate> =>
      begin(municipality, login, {
        ...asked,
        papers,
        origin: 'document',
        id: idOf([municipality, login.person.key, key, asked, papers.map(({ sha256 }) => sha256).sort()]),
      }),
    open,
    revoke,
    page: (municipality: string, asked: PageAsked) => store.page(municipality, asked),
    ofPerson: (municipality: string, key: string) => store.ofPerson(municipality, key),
    represented: representation.represented,
    ...createMandateReview({ store, recording, now }),
    ...createMandateUse({ store, recording, representation, now }),
  }
}

/** In the name of the company that they represent, if they chose one: the register must confirm it at this moment. */
async function companyOf(representation: Representation, login: Login) {
  if (!login.represents) return null
  const { cf, name, role } = await representation.represented(login.represents.cf, login)
  return { key: cf, party: { kind: 'company', name, cf } as const, giver: giverOf(login, role) }
}

/** Revoking takes power away: while the register is silent, what it confirmed in this session is enough. */
async function assertStillRepresents(representation: Representation, login: Login): Promise<void> {
  if (!login.represents) return
  await representation.represented(login.represents.cf, login).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'UPSTREAM_UNAVAILABLE') throw error
  })
}

/** Made of what was sent, so that what arrives twice is one mandate, and what was changed in between is another. */
const idOf = (sent: readonly unknown[]): MandateId =>
  createHash('sha256').update(JSON.stringify(sent)).digest().subarray(0, 16).toString('base64url') as MandateId
