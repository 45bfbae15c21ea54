import { expect } from 'chai'
import type { SubmittedState, Actor, Submitted } from '../../server/filings/index.ts'
import type { Role } from '../../server/municipalities/index.ts'
import type { HistoryEvent } from '../../server/history/index.ts'
import type { ProcedureVersion, Transition } from '../../server/procedures/index.ts'
import { availableTransitions, maySign, refusal, transitionFor } from '../../server/workflow/index.ts'

const step = (change: Partial<Transition> = {}): Transition => ({
  id: 'accogli',
  event: 'accepted',
  from: ['in-charge'],
  to: 'accepted',
  by: ['specialist', 'head-of-office'],
  label: 'Accogli',
  told: 'Accolta.',
  ...change,
})

const filing = (state: SubmittedState = 'in-charge'): Submitted =>
  ({
    id: 'f1',
    municipality: 'vallechiara',
    state,
    owner: 'CNTGLI85H54G478Q',
    answers: {},
    office: 'anagrafe',
    due: '2026-03-13',
  }) as unknown as Submitted

const officer = (role: Role, office = 'anagrafe', owner = 'MRTCHR83B57G478O'): Actor => ({
  kind: 'officer',
  owner,
  cf: owner,
  name: 'Chiara Moretti',
  appointments: [{ role, office }],
  family: [],
})

const citizen = (owner = 'CNTGLI85H54G478Q'): Actor => ({
  kind: 'citizen',
  owner,
  author: { kind: 'citizen', name: 'Giulia Conti', cf: owner, level: 2 },
  party: { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: owner },
  evidence: { scheme: 'spid', level: 2, identityProvider: 'https://idp.example', loginAt: new Date(0) },
  mandates: [],
})

const ATTESTATION: Partial<Transition> = { event: 'attestation-requested', by: ['citizen'] }

const twoRoles = {
  ...officer('specialist'),
  appointments: [
    { role: 'desk-officer', office: 'anagrafe' },
    { role: 'specialist', office: 'anagrafe' },
  ],
} as Actor

describe('who may take a step of a filing', () => {
  const cases: [what: string, actor: Actor, transition: Transition, expected: ReturnType<typeof refusal>][] = [
    ['a specialist of the office', officer('specialist'), step(), null],
    ['the head of the office', officer('head-of-office'), step(), null],
    ['a desk officer, whom the step does not name', officer('desk-officer'), step(), 'not-allowed'],
    ['a specialist of another office', officer('specialist', 'suap'), step(), 'not-found'],
    ['an officer whose own filing it is', officer('specialist', 'anagrafe', 'CNTGLI85H54G478Q'), step(), 'own-filing'],
    ['the filer, for a step of the office', citizen(), step(), 'not-allowed'],
    ['another citizen', citizen('RNLMRC81C02D653D'), step({ by: ['citizen'] }), 'not-found'],
    ['in another state', officer('specialist'), step({ from: ['submitted'] }), 'wrong-state'],
    ['once only, and done', officer('specialist'), step({ once: true }), 'done-already'],
    ['once only, and another done', officer('specialist'), step({ once: true, event: 'closed' }), null],
    ['before what it requires', officer('specialist'), step({ requires: 'refusal-announced' }), 'wrong-state'],
    ['after what it requires', officer('specialist'), step({ requires: 'submitted' }), null],
    ['after the term, on its last day', citizen(), step({ ...ATTESTATION, after: 'term' }), 'in-term'],
    ['whenever they like', citizen(), step(ATTESTATION), null],
    ['an officer of two roles, one of which it names', twoRoles, step(), null],
  ]
  const event = (type: HistoryEvent['type'], data = {}) => ({ type, at: new Date('2026-03-12T09:00:00Z'), data })
  const done = [event('submitted'), event('accepted')]

  for (const [what, actor, transition, expected] of cases) {
    it(`${what}: ${expected ?? 'may'}`, () => {
      expect(refusal({ filing: filing(), events: done, today: '2026-03-13' }, transition, actor)).to.equal(expected)
    })
  }

  it('lets the filer answer what the office asked, and only then', () => {
    const answer = step({ event: 'integration-received', from: ['waiting-integration'], by: ['citizen'] })
    const on = (state: SubmittedState, actor: Actor) =>
      refusal({ filing: filing(state), events: [], today: '2026-03-13' }, answer, actor)
    expect(on('waiting-integration', citizen())).to.equal(null)
    expect(on('in-charge', citizen())).to.equal('wrong-state')
    expect(on('waiting-integration', officer('specialist'))).to.equal('not-allowed')
  })

  it('takes no step of the office while an act waits for its signature, and any of the citizen', () => {
    const asked = new Date('2026-03-12T10:00:00Z')
    const by = { kind: 'officer', name: 'Chiara Moretti', cf: 'X', role: 'specialist', office: 'anagrafe' } as const
    const toSign = { step: 'accogli', role: 'head-of-office', by, at: asked, reasons: '', days: null } as const
    const waiting = { ...filing('waiting-integration'), toSign }
    const on = (transition: Transition, actor: Actor) =>
      refusal({ filing: waiting, events: [], today: '2026-03-13' }, transition, actor)
    const accept = step({ from: ['waiting-integration'], signedBy: 'head-of-office', letter: 'esito' })
    const answer = step({ event: 'integration-received', from: ['waiting-integration'], by: ['citizen'] })
    expect(on(accept, officer('head-of-office'))).to.equal('to-be-signed')
    expect(on(answer, citizen())).to.equal(null)
    expect(maySign(waiting, officer('head-of-office'))).to.equal(true)
    expect(maySign(waiting, officer('specialist'))).to.equal(false)
    expect(maySign(waiting, officer('head-of-office', 'suap')), 'of another office').to.equal(false)
    expect(maySign(waiting, officer('head-of-office', 'anagrafe', waiting.owner)), 'their own filing').to.equal(false)
    expect(maySign({ ...waiting, toSign: null }, officer('head-of-office'))).to.equal(false)
  })

  it('lets nobody refuse while the citizen still has days to answer', () => {
    const refuse = step({ event: 'refused', from: ['refusal-announced'], to: 'refused' })
    const events = [event('refusal-announced', { answerDays: 10 })]
    const on = (today: string, transition = refuse) =>
      refusal({ filing: filing('refusal-announced'), events, today }, transition, officer('specialist'))
    expect(on('2026-03-23'), 'the tenth day is a Sunday').to.equal('too-early')
    expect(on('2026-03-24')).to.equal(null)
    expect(on('2026-03-13', step({ from: ['refusal-announced'] })), 'in favour').to.equal(null)
  })

  it('lets nobody refuse, nor announce it, while an integration is awaited; then both', () => {
    for (const negative of ['refused', 'refusal-announced'] as const) {
      const transition = step({ event: negative, from: ['waiting-integration', 'in-charge'] })
      const on = (state: SubmittedState, data: object) => {
        const events = [event('refusal-announced', { answerDays: 99 }), event('integration-requested', data)]
        return refusal({ filing: filing(state), events, today: '2026-03-13' }, transition, officer('specialist'))
      }
      expect(on('waiting-integration', { answerDays: 10 }), negative).to.equal('too-early')
      expect(on('waiting-integration', {}), 'no days were given').to.equal(null)
      expect(on('in-charge', { answerDays: 10 }), 'they have answered').to.equal(null)
    }
  })

  it('offers only what may be done now', () => {
    const procedure = { workflow: [step(), step({ id: 'riapri', from: ['accepted'] })] } as unknown as ProcedureVersion
    expect(
      availableTransitions({ filing: filing(), procedure, events: [], today: '2026-03-13' }, officer('specialist')).map(
        ({ id }) => id,
      ),
    ).to.deep.equal(['accogli'])
  })

  it('answers a step that came too late with a conflict, and a stranger with nothing', () => {
    const procedure = { workflow: [step()] } as unknown as ProcedureVersion
    const code = (actor: Actor, state: SubmittedState): unknown => {
      try {
        return transitionFor({ filing: filing(state), procedure, events: [], today: '2026-03-13' }, 'accogli', actor).id
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(code(officer('specialist'), 'refused')).to.equal('CONFLICT')
    expect(code(officer('specialist', 'suap'), 'in-charge')).to.equal('NOT_FOUND')
    expect(code(officer('specialist'), 'in-charge')).to.equal('accogli')
  })
})
