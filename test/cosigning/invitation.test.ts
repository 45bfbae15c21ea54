import { expect } from 'chai'
import { declineError, tellingInvitation, type Invitation } from '../../server/cosigning/invitation.ts'
import type { SignedDocument } from '../../server/cosigning/signature-policy.ts'
import { signersSection } from '../../server/cosigning/signer-views.ts'
import { missingSigners, type SignerState } from '../../server/cosigning/signers.ts'

const [PAOLO, LUCA] = ['FRRPLA70M19L117N', 'NRELCU73E27D612Y'] as const
const signer = { name: 'Paolo Ferri', role: 'titolare', cf: PAOLO }

/** Newest first, as the store gives them: one for each state. */
const invitations = (...states: Invitation['state'][]): Invitation[] =>
  states.map(
    (state, age) => ({ id: `${state}${age}`, state, document: 'd', signer, ...ANSWERED }) as unknown as Invitation,
  )
const ANSWERED = {
  at: new Date('2026-03-02T09:00:00Z'),
  closedAt: new Date('2026-03-03T09:15:00Z'),
  reason: 'Non è mio.',
  email: null,
}

describe('a reason to decline', () => {
  const cases: [string, string, boolean][] = [
    ['may be left out', '', true],
    ['may have 500 characters, as the field counts them', '👍'.repeat(500), true],
    ['may not have more', 'x'.repeat(501), false],
  ]
  for (const [what, reason, good] of cases) it(what, () => expect(declineError(reason) === undefined).to.equal(good))
})

describe('the invitation that tells where a signer stands', () => {
  const cases: [string, Invitation['state'][], string | undefined][] = [
    ['is none where there is none', [], undefined],
    ['is the last', ['open', 'declined', 'signed'], 'open0'],
    ['is a later signature and not an earlier no', ['signed', 'declined'], 'signed0'],
    ['is a later no', ['declined', 'signed'], 'declined0'],
    ['is none that was taken back', ['withdrawn', 'declined', 'open'], 'declined1'],
    ['is none where all were taken back', ['withdrawn', 'withdrawn'], undefined],
  ]
  const found = (states: Invitation['state'][], document = 'd', cf: string = PAOLO) =>
    tellingInvitation(invitations(...states), { document: document as never, cf })?.id
  for (const [what, states, wanted] of cases) it(what, () => expect(found(states)).to.equal(wanted))
  it('is none of another document or person', () => {
    expect(found(['declined'], 'other')).to.equal(undefined)
    expect(found(['declined'], 'd', LUCA)).to.equal(undefined)
  })
})

describe('a signer in the summary', () => {
  type Case = [
    string,
    quorum: 'all' | 'any',
    [SignerState, SignerState],
    Invitation['state'][],
    shown: string,
    'invite'?,
  ]
  /** Paolo as the summary shows him, beside Luca. */
  function shown(quorum: 'all' | 'any', states: [SignerState, SignerState], made: Invitation['state'][]) {
    return section(quorum, states, made)?.documents[0]?.signers[0]
  }
  function section(quorum: 'all' | 'any', states: [SignerState, SignerState], made: Invitation['state'][]) {
    const expected = [signer, { name: 'Luca Neri', role: 'tecnico', cf: LUCA }]
    const document = {
      file: { id: 'd', name: 'd.pdf' },
      upload: { stepId: 'documenti' },
      policy: { quorum },
      signers: expected.map((one, index) => ({ signer: one, state: states[index] })),
      missing: missingSigners(expected, states, quorum),
    } as unknown as SignedDocument
    return signersSection(
      { documents: [document], invitations: invitations(...made) },
      { draft: 'x', cf: null, error: { document: 'd', cf: PAOLO, email: 'paolo@', message: 'Non va.' } },
    )
  }
  it('names at the head what is wrong with an invitation only where one can still be made', () => {
    expect(section('all', ['missing', 'missing'], [])?.problem).to.include({ message: 'Non va.' })
    expect(section('all', ['signed', 'missing'], [])?.problem, 'has signed meanwhile').to.equal(null)
    expect(section('all', ['missing', 'missing'], ['open'])?.problem, 'invited meanwhile').to.equal(null)
  })
  const NONE: [SignerState, SignerState] = ['missing', 'missing']
  const BOTH: [SignerState, SignerState] = ['signed', 'signed']
  const OTHER: [SignerState, SignerState] = ['missing', 'signed']
  const cases: Case[] = [
    ['who said no', 'all', NONE, ['declined'], 'Non vuole firmare', 'invite'],
    ['who said no beside one who signed', 'all', OTHER, ['declined'], 'Non vuole firmare', 'invite'],
    ['who said no where any is enough', 'any', NONE, ['declined'], 'Non vuole firmare', 'invite'],
    ['who said no where another was enough', 'any', OTHER, ['declined'], 'Non serve'],
    ['who said no and was asked again', 'all', NONE, ['open', 'declined'], 'In attesa della firma'],
    ['who said no and signed in the end', 'all', BOTH, ['signed', 'declined'], 'Ha firmato'],
    ['who said no and signed without an invitation', 'all', BOTH, ['declined'], 'Ha firmato'],
    ['who was asked no longer', 'all', NONE, ['withdrawn'], 'Manca', 'invite'],
  ]
  for (const [what, quorum, states, made, text, way] of cases)
    it(what, () => {
      const view = shown(quorum, states, made)
      expect(view?.state.text).to.equal(text)
      expect(Boolean(view?.invite)).to.equal(way === 'invite')
      expect(view?.declined ?? null).to.deep.equal(
        text === 'Non vuole firmare'
          ? {
              text: 'Ha detto di non voler firmare il 03/03/2026, 10:15.',
              reason: 'Non è mio.',
              replace: '/pratiche/x/modulo/documenti',
            }
          : null,
      )
    })
})
