import { expect } from 'chai'
import { citizenDenial } from '../../server/filings/access.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import { totalIn, type Filing, type PersonQuery } from '../../server/filings/filing.ts'
import type { CitizenActor, HeldMandate } from '../../server/filings/index.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const at = new Date('2026-03-02T09:00:00Z')
const [ME, ANNA, COMPANY] = ['me', 'anna', 'company']
const EVERYTHING = { page: 1, size: 1000 }

describe('what a person sees of filings, as the database finds it', () => {
  const database = testDatabase()
  const stored = () => createFilingStore(database.connection)

  /** Every way in which a filing may stand to a person, in two procedures, as a draft and sent. */
  const all = [ME, ANNA, 'stranger']
    .flatMap((owner) =>
      [null, { kind: 'declared', because: 'own-word' }, ...[ME, ANNA, COMPANY].map(underMandate)].flatMap((ground) =>
        ['scia', 'accesso'].flatMap((procedure) =>
          (['draft', 'in-charge', 'accepted'] as const).map((state) => ({
            owner,
            ground,
            procedure: { id: procedure },
            state,
          })),
        ),
      ),
    )
    .map((filing, index) => ({
      ...filing,
      _id: `f${index}`,
      municipality: 'here',
      key: `k${index}`,
      verificationCode: `v${index}`,
      ...(filing.state !== 'draft' && { protocol: { entry: `e${index}`, number: index, year: 2026, at } }),
      updatedAt: new Date(at.getTime() - index * 1000),
      answers: { name: 'Giulia' },
    }))

  function underMandate(principalKey: string) {
    return { kind: 'mandate', mandate: 'm', principalKey }
  }
  const held = (principalKey: string, scope: HeldMandate['scope']): HeldMandate => ({ principalKey, scope })
  const idOf = (owner: string, ground: object | null, state = 'accepted'): string =>
    all.find(
      (one) => one.owner === owner && one.state === state && JSON.stringify(one.ground) === JSON.stringify(ground),
    )?._id ?? 'none'
  const actorOf = (mandates: readonly HeldMandate[], represents?: string) =>
    ({
      kind: 'citizen',
      author: { kind: 'citizen', level: 2 },
      owner: ME,
      mandates,
      ...(represents && { represents }),
    }) as unknown as CitizenActor
  const seerOf = ({ owner, mandates, represents }: CitizenActor) => ({
    owner,
    mandates,
    names: represents === undefined ? [owner] : [owner, represents],
  })
  const list = (actor: CitizenActor, query: PersonQuery = {}) =>
    stored().listOf('here', seerOf(actor), { ...query, ...EVERYTHING })

  beforeEach(async () => {
    const filings = database.connection.collection<{ _id: string }>('filings')
    await filings.deleteMany({})
    await filings.insertMany([
      ...all,
      ...all.map((one) => ({
        ...one,
        _id: `${one._id}-there`,
        municipality: 'there',
        key: `${one.key}t`,
        verificationCode: `${one.verificationCode}t`,
      })),
    ])
    stored()
    await modelsReady(database.connection)
  })

  for (const [what, mandates, represents] of [
    ['no mandate', []],
    ['a mandate for everything', [held(ANNA, { kind: 'all' })]],
    ['a mandate for one procedure', [held(ANNA, { kind: 'procedures', procedures: ['scia'] })]],
    ['a mandate for a filing of the principal', [held(ANNA, { kind: 'filing', filing: idOf(ANNA, null) })]],
    [
      'one for what another sent for the principal',
      [held(ANNA, { kind: 'filing', filing: idOf('stranger', underMandate(ANNA)) })],
    ],
    [
      'one for what the principal sent for another',
      [held(ANNA, { kind: 'filing', filing: idOf(ANNA, underMandate(COMPANY)) })],
    ],
    ['one for a draft', [held(ANNA, { kind: 'filing', filing: idOf(ANNA, null, 'draft') })]],
    ['one for what they sent themselves', [held(ANNA, { kind: 'filing', filing: idOf(ME, underMandate(ANNA)) })]],
    ['several', [held(ANNA, { kind: 'procedures', procedures: ['accesso'] }), held(COMPANY, { kind: 'all' })]],
    ['a company', [], COMPANY],
    ['a company and its mandate', [held(COMPANY, { kind: 'all' })], COMPANY],
  ] as const)
    it(`is what the rule of access says, in order, and counted so: with ${what}`, async () => {
      const actor = actorOf(mandates, represents)
      const seen = all.filter(
        ({ _id, ...one }) => citizenDenial({ id: _id, ...one } as unknown as Filing, 'see', actor) === null,
      )
      expect((await list(actor)).map(({ id }) => id)).to.deep.equal(seen.map(({ _id }) => _id))
      expect(seen.length)
        .to.be.above(5)
        .and.below(all.length / 2)
      const counts = await stored().countOf('here', seerOf(actor), {})
      for (const state of ['draft', 'in-charge', 'accepted'] as const)
        expect(counts.get(state), state).to.equal(seen.filter((one) => one.state === state).length)
      const inNameOf =
        (key: string) =>
        ({ owner, ground, state }: (typeof all)[number]): boolean =>
          state !== 'draft' && (ground && 'principalKey' in ground ? ground.principalKey : owner) === key
      for (const key of [ME, ANNA, COMPANY])
        expect(
          (await list(actor, { sentInNameOf: key })).map(({ id }) => id),
          key,
        ).to.deep.equal(seen.filter(inNameOf(key)).map(({ _id }) => _id))
    })

  it('is narrowed to states, a number or ids, and left without what they only follow', async () => {
    const followed = idOf(ANNA, null)
    const actor = actorOf([held(ANNA, { kind: 'filing', filing: followed })])
    const [whole, accepted] = [await list(actor), await list(actor, { states: ['accepted'] })]
    expect(accepted.map(({ id }) => id)).to.deep.equal(
      whole.flatMap(({ id, state }) => (state === 'accepted' ? id : [])),
    )
    const number = Number(followed.slice(1))
    for (const [protocol, found] of [
      [{ number }, [followed]],
      [{ number, year: 2026 }, [followed]],
      [{ number, year: 2025 }, []],
      [{ number: 9999 }, []],
    ] as const)
      expect((await list(actor, { protocol })).map(({ id }) => id)).to.deep.equal(found)
    expect(await list(actor, { ids: [followed, idOf('stranger', null)] })).to.have.length(1)
    const own = await stored().countOf('here', seerOf(actor), { followed: false })
    expect(totalIn(own)).to.equal(whole.length - 1)
  })

  it('of a page reads that page, in the order in which it is shown', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...all[1],
      _id: `m${index}`,
      key: `m${index}`,
      verificationCode: `m${index}`,
      updatedAt: new Date(index),
    }))
    await database.connection.collection<{ _id: string }>('filings').insertMany(many)
    const page = () => stored().listOf('here', seerOf(actorOf([])), { page: 1, size: 10 })
    const [find] = await profiledFinds(database.connection, page, 'filings')
    expect(find).to.include({ nreturned: 10 }).and.not.have.property('hasSortStage')
    expect(find?.docsExamined).to.be.below(30)
  })
})
