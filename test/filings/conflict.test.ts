import { expect } from 'chai'
import { conflictOf, may, type Actor } from '../../server/filings/index.ts'
import { CHILD, CLEARED, filing, FILER, NAMES, OFFICER, officer } from './actors.ts'

describe('a conflict of interests', () => {
  const person = { kind: 'person', givenName: 'Sofia', familyName: 'Rinaldi', cf: CHILD }
  const specialist = officer('specialist')
  const near = officer('specialist', { family: [CHILD] })
  const cases: [what: string, change: object, actor: Actor, expected: ReturnType<typeof conflictOf>][] = [
    ['filed by somebody else', {}, specialist, null],
    ['filed by the officer', { owner: OFFICER }, specialist, 'own-filing'],
    ['filed for the officer', { principal: { ...person, cf: OFFICER } }, specialist, 'own-filing'],
    ['naming the officer in its answers', NAMES, specialist, 'named'],
    ['naming them in small letters', { answers: { cf: ` ${OFFICER.toLowerCase()}` } }, specialist, 'named'],
    ['naming them, whom the head of the office lets work on it', CLEARED, specialist, null],
    ['for a person declared as near', { principal: person }, near, 'family'],
    ['for the same person, undeclared', { principal: person }, specialist, null],
    ['naming that person in its answers', { answers: { figlio: { codiceFiscale: CHILD } } }, near, 'family'],
    [
      'naming a company declared as near in its answers',
      { answers: { impresa: { partitaIva: '99000000994' } } },
      officer('specialist', { family: ['99000000994'] }),
      'family',
    ],
    [
      'for a company declared as near',
      { principal: { kind: 'company', name: 'Acme', cf: '99000000994' } },
      officer('specialist', { family: ['99000000994'] }),
      'family',
    ],
    ['on which it was declared', { abstentions: [{ cf: OFFICER }] }, specialist, 'declared-conflict'],
    ['on which a colleague declared it', { abstentions: [{ cf: FILER }] }, specialist, null],
  ]

  for (const [what, change, actor, expected] of cases) {
    it(`on a filing ${what}: ${expected ?? 'none'}`, () => {
      const about = filing(change)
      expect(conflictOf(about, actor)).to.equal(expected)
      expect(may(about, 'see', actor), 'sees that it is there').to.equal(true)
      expect(may(about, 'read', actor), 'reads it').to.equal(expected === null)
      expect(may(about, 'decide', actor), 'decides it').to.equal(expected === null)
    })
  }
})
