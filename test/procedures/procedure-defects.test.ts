import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { compileForm, readSharedTypes, type Form } from '../../server/forms/index.ts'
import { procedureDefects, shapeDefects } from '../../server/procedures/procedure-defects.ts'
import type { ProcedureSource } from '../../server/procedures/procedure.ts'

const FOLDER = 'forms/lavori-pubblici-viabilita/occupazione-suolo-pubblico-temporanea'
const read = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'))

type Loose = Record<string, unknown> & {
  workflow: Record<string, unknown>[]
  letters: Record<string, unknown>
  term: Record<string, unknown>
  signature: Record<string, unknown> & { documents: Record<string, unknown>[] }
}

/** Puts a signer into the policy of the first document. */
const signedBy =
  (signer: unknown, quorum: 'all' | 'none' = 'all') =>
  ({ signature }: Loose): void =>
    void Object.assign(signature.documents[0]!, { signers: [signer], ...(quorum === 'none' ? {} : { quorum }) })

describe('a procedure is refused', () => {
  let form: Form
  before(() => {
    form = compileForm(
      { id: 'suolo', version: 1, schema: read('schema') as object, ui: read('ui') as never },
      readSharedTypes('.', () => '2026-11-25'),
    )
  })
  const defects = (change: (procedure: Loose) => void): string[] => {
    const procedure = read('procedure') as Loose
    change(procedure)
    return procedureDefects(procedure as unknown as ProcedureSource, form)
  }
  const step = ({ workflow }: Loose, id: string): Record<string, unknown> =>
    workflow.find((transition) => transition['id'] === id)!

  it('never as it is', () => expect(defects(() => undefined)).to.deep.equal([]))

  const attesting =
    (by = ['citizen']) =>
    (procedure: Loose): void =>
      void Object.assign(step(procedure, 'ritira'), { event: 'attestation-requested', by })
  const cases: [string, (procedure: Loose) => void, RegExp][] = [
    ['with a refusal without reasons', (p) => (step(p, 'respingi')['reasons'] = 'optional'), /needs reasons/],
    [
      'with a word of its own in what tells requests apart',
      (p) => (p['about'] = '{{title}}'),
      /\/about: unknown placeholder/,
    ],
    [
      'with a suspension that may be repeated',
      (p) => Reflect.deleteProperty(step(p, 'chiedi-integrazione'), 'once'),
      /once only/,
    ],
    [
      'with a suspension of 40 days',
      (p) => (step(p, 'chiedi-integrazione')['answerDays'] = { default: 30, min: 10, max: 40 }),
      /30 days at most/,
    ],
    [
      'with a default of days outside its limits',
      (p) => (step(p, 'chiedi-integrazione')['answerDays'] = { default: 5, min: 10, max: 30 }),
      /min ≤ default ≤ max/,
    ],
    [
      'with a request that the citizen cannot answer',
      (p) => (step(p, 'integra')['from'] = ['in-charge']),
      /no step of the citizen leaves «waiting-integration»/,
    ],
    [
      'with a letter that is not there',
      (p) => (step(p, 'accogli')['letter'] = 'concessione'),
      /no letter «concessione»/,
    ],
    [
      'with a signature of no letter',
      (p) => (step(p, 'prendi-in-carico')['signedBy'] = 'head-of-office'),
      /signedBy: there is no letter to sign/,
    ],
    [
      'with a letter that nobody sends',
      (p) => (p.letters['saluti'] = { subject: 'Saluti', paragraphs: ['Ciao'] }),
      /\/letters\/saluti: no step sends it/,
    ],
    ['when nobody can take it in charge', (p) => p.workflow.shift(), /no step leaves «submitted»/],
    [
      'with a refusal that needs a notice nobody can give',
      (p) => (p.workflow = p.workflow.filter(({ event }) => event !== 'refusal-announced')),
      /no step makes the event «refusal-announced»/,
    ],
    ['when its silence is that of a SCIA and it is none', (p) => (p.term['effect'] = 'scia'), /all «scia», or none/],
    [
      'with a signature on a field that is no upload',
      (p) =>
        (p['signature'] = {
          filing: 'identity',
          law: 'x',
          documents: [{ field: '/area/posizione', required: true, formats: ['PAdES'], signers: ['filer'], text: 'x' }],
        }),
      /\/area\/posizione is not an upload/,
    ],
    [
      'when form and policy disagree on a signature',
      (p) => (p['signature'] = { filing: 'identity', law: 'x', documents: [] }),
      /\/allegati\/planimetria has a signature in ui.json/,
    ],
    [
      'with a signer whom the form does not ask',
      signedBy({ person: '/tecnico', role: 'tecnico' }),
      /\/tecnico\/nome is not/,
    ],
    [
      'when it names signers and not how many must sign',
      signedBy({ person: '/delegante', role: 'delegante' }, 'none'),
      /quorum: persons are named/,
    ],
    [
      'with an office that withdraws',
      (p) => (step(p, 'ritira')['by'] = ['citizen', 'specialist']),
      /: only who asked withdraws/,
    ],
    ['with a withdrawal that ends nothing', (p) => (step(p, 'ritira')['to'] = 'in-charge'), /«withdrawn» go together/],
    ['with an attestation that leads elsewhere', attesting(), /leads to «attestation-asked»/],
    ['with an attestation of a term that runs', attesting(), /«after» is missing/],
    ['with an attestation of a silence that consents to nothing', attesting(), /silence was consent/],
    ['with an office that asks for an attestation', attesting(['specialist']), /only who asked wants/],
    [
      'when its principal must sign and there is none',
      (p) => {
        signedBy('principal')(p)
        p['profiles'] = ['self']
      },
      /signers: the procedure has no principal/,
    ],
    [
      'with a stamp that the form does not ask',
      (p) => (p['stampDuty'] = { due: true, fields: { identifier: '/bollo/numero', date: '/bollo/dataEmissione' } }),
      /\/stampDuty\/fields\/identifier: \/bollo\/numero/,
    ],
    [
      'with a way to act that the form has no place for',
      (p) => (p['profiles'] = ['self', 'guardian']),
      /\/profiles: \/qualita/,
    ],
    ['with a professional of whom it is not said for whom', (p) => (p['profiles'] = ['professional']), /\/clients: /],
    [
      'with clients where nobody files for others by a paper',
      (p) => Object.assign(p, { profiles: ['self'], clients: 'company' }),
      /\/clients: /,
    ],
    [
      'with a subject that names answers',
      (p) => (p['subject'] = '{{title}} {{reasons}}'),
      /\/subject: unknown placeholder \{\{reasons\}\}/,
    ],
  ]
  for (const [name, change, defect] of cases) {
    it(name, () => expect(defects(change).filter((one) => defect.test(one))).to.have.length(1))
  }

  it('with a card that lacks an item of the official model', () => {
    const procedure = read('procedure') as { card: Record<string, unknown> }
    for (const item of ['audience', 'howTo', 'needed', 'obtained', 'times', 'conditions', 'costs'])
      Reflect.deleteProperty(procedure.card, item)
    expect(
      shapeDefects(procedure).filter((defect) => defect.startsWith('/card: must have required property')),
    ).to.have.length(7)
  })
})
