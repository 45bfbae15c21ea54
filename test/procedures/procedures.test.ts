import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { firstIncomplete, validateForm } from '../../server/forms/index.ts'
import type { Municipality } from '../../server/municipalities/index.ts'
import { fillText, LETTER_FACTS, placeholders } from '../../server/procedures/letter.ts'
import { privacyNotice } from '../../server/procedures/privacy.ts'
import type { ProcedureVersion } from '../../server/procedures/procedure.ts'
import { relatedServices } from '../../server/procedures/public-views.ts'
import { procedureDefects, shapeDefects } from '../../server/procedures/procedure-defects.ts'
import { DELIVERED, IDS, loadInstalled, procedure, sample } from './installed.ts'

const municipality = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality

describe('the procedures', () => {
  let procedures: Awaited<ReturnType<typeof loadInstalled>>
  before(async () => (procedures = await loadInstalled()))

  it('have complete answers to be tried with, and those that were asked for are there', () => {
    const ids = [...procedures.keys()]
    expect(
      ids.filter((id) => !IDS.includes(id)),
      'without an entry in answers.ts',
    ).to.deep.equal([])
    expect(ids).to.include.members(DELIVERED)
  })

  for (const id of IDS) {
    describe(id, () => {
      it('agrees with its form, law and letters', () => {
        const file = { ...procedure(id), hash: undefined, form: undefined, reuse: undefined }
        expect(shapeDefects(JSON.parse(JSON.stringify(file)))).to.deep.equal([])
        expect(procedureDefects(procedure(id), procedure(id).form)).to.deep.equal([])
      })

      it('takes complete answers to the summary', () => {
        const answers = sample(id)
        expect(validateForm(procedure(id).form, answers)).to.deep.equal([])
        expect(firstIncomplete(procedure(id).form, answers)).to.equal(null)
      })

      it('is offered by an office of the demonstration municipality', () => {
        expect(municipality.offices.map((office) => office.id)).to.include(procedure(id).office)
      })

      it('has letters that can be filled whole', () => {
        const facts = Object.fromEntries(LETTER_FACTS.map((fact) => [fact, 'x']))
        for (const { subject, paragraphs } of Object.values(procedure(id).letters)) {
          const texts = [subject, ...paragraphs].map((text) => fillText(text, facts, () => 'x'))
          expect(texts.flatMap(placeholders)).to.deep.equal([])
        }
      })

      it('gives the notice of GDPR art. 13 with controller, purpose, basis, recipients, time and rights', () => {
        const notice = privacyNotice(procedure(id), municipality)
        expect(notice.map(({ title }) => title)).to.have.length(7)
        expect(JSON.stringify(notice)).to.include(municipality.dataProtectionOfficer.email).and.include('Garante')
        const isSpecial = ['contrassegno-disabili-rilascio', 'scia-esercizio-di-vicinato-apertura'].includes(id)
        expect(JSON.stringify(notice).includes('ti proporremo'), 'its data may be offered again').to.equal(!isSpecial)
      })
    })
  }

  it('that come with the platform need level 2, but for the report of a malfunction', () => {
    const levels = DELIVERED.map((id) => [id, procedure(id).login.level])
    expect(levels.filter(([, level]) => level !== 2)).to.deep.equal([['segnalazione-disservizio', 1]])
  })

  it('that come with the platform are told in words of no one municipality, with apostrophes as they are printed', () => {
    const texts = ['_types', ...DELIVERED.map((id) => `${procedure(id).office}/${id}`)].flatMap((folder) =>
      readdirSync(`forms/${folder}`)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => readFileSync(`forms/${folder}/${name}`, 'utf8').split('\n'))
        // Topics are written as in the official list.
        .filter((line) => !line.includes('"topics"')),
    )
    expect(texts.filter((line) => /Vallechiara|\p{L}'/u.test(line))).to.deep.equal([])
  })

  it('that come with the platform say for as many years as they count how long a request is kept', () => {
    const words: Readonly<Record<number, string>> = { 2: 'Due', 5: 'Cinque', 10: 'Dieci' }
    for (const { id, retention, privacy } of DELIVERED.map(procedure)) {
      const { years, text } = retention
      const inWords = years ? `${words[years] ?? years} anni` : 'senza limite'
      const inFigures = years ? `${years} anni` : 'senza limite'
      expect([text.includes(inWords), privacy.retention.includes(inFigures)], id).to.deep.equal([true, true])
    }
  })

  it('are related by category, then by the topics that they share', () => {
    const of = (id: string, others: readonly ProcedureVersion[]) =>
      relatedServices(procedure(id), others).map(({ href }) => href.replace('/servizi/', ''))
    const [ground, shop, access] = [
      'occupazione-suolo-pubblico-temporanea',
      'scia-esercizio-di-vicinato-apertura',
      'accesso-documentale',
    ] as const
    const all = DELIVERED.map(procedure)
    expect(of(ground, all)).to.deep.equal([shop])
    expect(of(access, all)).to.deep.equal([])
    const sibling = { ...procedure(access), id: 'ponteggi', category: procedure(ground).category, topics: [] }
    expect(of(ground, [...all, sibling])).to.deep.equal(['ponteggi', shop])
  })

  it('keep health data apart', () => {
    const { reserved, privacy, subject } = procedure('contrassegno-disabili-rilascio')
    expect([reserved, subject]).to.deep.equal([true, '{{title}} – {{filer}}'])
    expect(privacy.special).to.include('art. 9 par. 2 lett. g')
  })

  it('together ask for every kind of thing', () => {
    const fields = [...procedures.values()].flatMap(({ form }) => [...form.fields.values()])
    expect(fields.map(({ widget }) => widget)).to.include.members([
      'text', 'textarea', 'email', 'tel', 'date', 'date-parts', 'time', 'number', 'money', 'radio', 'select',
      'autocomplete', 'yes-no', 'declaration', 'checkboxes', 'repeater', 'upload',
    ]) // prettier-ignore
    expect(fields.map(({ format }) => format)).to.include.members([
      'codice-fiscale',
      'partita-iva',
      'iban',
      'targa',
      'euro',
      'foglio',
    ])
    const accepted = fields.flatMap(({ ui }) => ui.accept ?? [])
    expect(accepted).to.include.members(['application/pdf', 'application/pkcs7-mime', 'image/jpeg'])
  })
})

describe('a text with placeholders', () => {
  it('writes the word before a day as Italian does, and no other', () => {
    const facts = { answerBy: '11/01/2027', protocolDate: '12/01/2027', title: 'SCIA' }
    expect(
      fillText('entro il {{answerBy}}, del {{protocolDate}}, il {{title}}, dal {{/x}}', facts, () => '08/02/2027'),
    ).to.equal('entro l’11/01/2027, del 12/01/2027, il SCIA, dall’08/02/2027')
    expect(placeholders('il {{answerBy}} {{due}}')).to.deep.equal(['answerBy', 'due'])
  })

  it('takes facts, answers, and the filer in place of a missing principal', () => {
    const text = 'SCIA di {{principal}} per {{/impresa/denominazione}}: {{reasons}}{{nothing}}'
    expect(fillText(text, { filer: 'Elena Bruni', reasons: 'a {{filer}} $& b' }, () => 'Bottega')).to.equal(
      'SCIA di Elena Bruni per Bottega: a {{filer}} $& b',
    )
  })
})
