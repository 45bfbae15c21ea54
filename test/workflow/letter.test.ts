import { expect } from 'chai'
import { letterOf } from '../../server/workflow/letter.ts'
import { vallechiara } from '../protocol/sample.ts'

describe('the letter of a step', () => {
  it('names as last day to answer one that is no holiday', () => {
    const filer = { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: 'CNTGLI85H54G478Q' } as const
    const at = new Date('2026-03-12T09:00:00Z')
    const letter = { subject: 'Preavviso', paragraphs: ['Entro il {{answerBy}}.'] }
    const filing = {
      office: 'edilizia',
      filer,
      protocol: { number: 1, year: 2026, at },
      due: '2026-04-01',
      answers: {},
    }
    const { paragraphs } = letterOf({
      municipality: vallechiara,
      letter: 'preavviso',
      at,
      signedBy: undefined,
      open: { filing, procedure: { letters: { preavviso: letter } } } as never,
      content: { reasons: '', days: 10, files: [] },
      actor: { kind: 'officer', owner: 'X', cf: 'X', name: 'Chiara Moretti', appointments: [], family: [] },
    })
    expect(paragraphs, 'the tenth day is a Sunday').to.deep.equal(['Entro il 23/03/2026.'])
  })
})
