import { expect } from 'chai'
import type { AppError } from '../../server/errors.ts'
import type { Actor } from '../../server/filings/actor.ts'
import { assertContent, LONGEST_TEXT, stepEntry, type Step } from '../../server/workflow/step.ts'

describe('what is written with a step', () => {
  const asks = { reasons: 'required' } as unknown as Step['transition']
  const written = (length: number) => () => assertContent(asks, { reasons: 'a'.repeat(length), days: null, files: [] })

  it('is as long as a letter may be, whatever was posted past the page', () => {
    expect(written(LONGEST_TEXT)).not.to.throw()
    expect(written(LONGEST_TEXT + 1)).to.throw('Reasons are too long')
  })

  it('is told with all that is wrong in it', () => {
    const both = { reasons: 'required', documents: 'required', answerDays: { min: 5, default: 10, max: 30 } }
    const errorsOf = (days: number | null) => {
      try {
        assertContent(both as Step['transition'], { reasons: '', days, files: [] })
      } catch (error) {
        return Object.keys((error as AppError).details['errors'] as object)
      }
      return []
    }
    for (const days of [4, 31, 7.5, NaN]) expect(errorsOf(days)).to.deep.equal(['testo', 'documenti', 'giorni'])
    for (const days of [5, 30, null]) expect(errorsOf(days)).to.deep.equal(['testo', 'documenti'])
  })

  const cases: [what: string, asks: object, reasons: string, files: number, error?: string][] = [
    ['an act with its reasons', { reasons: 'required' }, 'Perché così.', 0],
    ['an act without reasons (L. 241/1990 art. 3)', { reasons: 'required' }, '', 0, 'Reasons are missing'],
    ['papers, where they must be', { documents: 'required' }, '', 1],
    ['no papers, where they must be', { documents: 'required' }, '', 0, 'Documents are missing'],
    ['an answer of words', { reasons: 'optional', documents: 'optional' }, 'Ecco.', 0],
    ['an answer of papers', { reasons: 'optional', documents: 'optional' }, '', 1],
    ['an answer of nothing', { reasons: 'optional', documents: 'optional' }, '', 0, 'The answer is empty'],
    [
      'words, where none are asked for',
      { documents: 'optional' },
      'Eccoli.',
      1,
      'The step asks for nothing of the kind',
    ],
    [
      'papers, where none are asked for',
      { reasons: 'optional' },
      'Eccoli.',
      1,
      'The step asks for nothing of the kind',
    ],
    ['nothing, where nothing is asked for', {}, '', 0],
    ['nothing, where words may be added', { reasons: 'optional' }, '', 0],
    ['nothing, where papers may be added', { documents: 'optional' }, '', 0],
  ]
  for (const [what, transition, reasons, files, error] of cases) {
    it(`${what}: ${error ?? 'is taken'}`, () => {
      const content = { reasons, days: null, files: Array.from({ length: files }, () => ({})) as never }
      const write = () => assertContent(transition as Step['transition'], content)
      if (error) expect(write).to.throw(error)
      else expect(write).not.to.throw()
    })
  }
})

describe('the register entry of an answer', () => {
  const person = (givenName: string, cf: string) => ({ kind: 'person', givenName, familyName: 'Rossi', cf }) as const
  type Person = ReturnType<typeof person>
  const [anna, giulia, marco] = [person('Anna', 'A'), person('Giulia', 'G'), person('Marco', 'M')]
  const actor = ({ represents, ...party }: Person & { represents?: string }): Actor => ({
    kind: 'citizen',
    owner: party.cf,
    party,
    mandates: [],
    ...(represents && { represents }),
    author: { kind: 'citizen', name: party.givenName, cf: party.cf, level: 2 },
    evidence: { scheme: 'spid', level: 2, identityProvider: 'https://idp.example', loginAt: new Date(0) },
  })
  const forAnna = {
    owner: 'G',
    filer: giulia,
    profile: 'guardian',
    principal: anna,
    ground: { kind: 'mandate', principalKey: 'A' },
  }
  const company = { kind: 'company', name: 'Bottega', cf: 'C' } as const
  const forCompany = { ...forAnna, principal: company, ground: { kind: 'mandate', principalKey: 'C' } }
  const own = { owner: 'A', filer: anna, profile: 'self', principal: null, ground: null }
  const entryOf = (filing: object, by: Actor) => {
    const open = { filing: { procedure: { title: 'SCIA' }, ...filing }, procedure: {} }
    const municipality = { id: 'vallechiara', offices: [] }
    const step = {
      municipality,
      open,
      actor: by,
      transition: { label: 'Rispondi', event: 'integration-received' },
    } as unknown as Step
    return stepEntry(step, { papers: [], at: new Date() })
  }

  for (const [who, filing, by, actedBy, actedAs] of [
    ['the filer, for themselves', own, anna, undefined, undefined],
    ['the filer, for another', forAnna, giulia, giulia, 'tutore o amministratore di sostegno'],
    ['for whom it was filed', forAnna, anna, undefined, undefined],
    ['who represents the company', forCompany, { ...marco, represents: 'C' }, marco, 'legale rappresentante'],
    ['who has a mandate for this one filing', own, marco, marco, 'delegato'],
  ] as const) {
    it(`says that ${who} gave it`, () => {
      const entry = entryOf(filing, actor(by))
      expect(entry.subject).to.equal('SCIA – Integrazione ricevuta')
      expect(entry.sender).to.deep.equal(filing.principal ?? filing.filer)
      expect(entry.actedBy).to.deep.equal(actedBy)
      expect(entry.actedAs).to.equal(actedAs)
    })
  }
})
