import { expect } from 'chai'
import { canVisit, firstIncomplete, journey, nextStep, stepToResume } from '../../server/forms/index.ts'
import { complete, form } from './all-widgets.ts'
import { formWith, text, when } from './builder.ts'

const states = (...given: Parameters<typeof journey>) => journey(...given).map(({ state }) => state)

describe('the journey', () => {
  it('is computed from the answers', () => {
    expect(states(form, {})).to.deep.equal(['current', 'todo', 'todo', 'todo', 'todo'])
    expect(states(form, { richiedente: complete.richiedente })).to.deep.equal([
      'done',
      'current',
      'todo',
      'todo',
      'todo',
    ])
    expect(states(form, complete)).to.deep.equal(['done', 'done', 'done', 'done', 'done'])
  })

  it('has the step on the screen as the current one', () => {
    expect(states(form, complete, 'titolo')).to.deep.equal(['done', 'done', 'current', 'todo', 'todo'])
  })

  it('opens what is complete and the first step that is not', () => {
    const answers = { richiedente: complete.richiedente }
    expect(form.steps.filter(({ id }) => canVisit(form, id, answers)).map(({ id }) => id)).to.deep.equal([
      'richiedente',
      'dati',
    ])
    expect(firstIncomplete(form, answers)).to.equal('dati')
    expect(firstIncomplete(form, complete)).to.equal(null)
    expect(form.steps.every(({ id }) => canVisit(form, id, complete))).to.equal(true)
  })

  it('skips a step in which nothing is asked', () => {
    const house = formWith(
      { casa: { title: 'Casa', type: 'string', enum: ['mia', 'affitto'] }, note: text('Note') },
      {
        required: ['casa'],
        allOf: [when('casa', 'affitto', { contratto: text('Contratto') })],
        steps: { casa: ['casa'], contratto: ['contratto'], note: ['note'] },
      },
    )
    expect(states(house, { casa: 'mia' })).to.deep.equal(['done', 'skipped', 'done'])
    const resumed = [{}, { casa: 'mia' }, { casa: 'affitto' }, { casa: 'mia', note: 'Primo piano' }]
    expect(
      resumed.map((answers) => stepToResume(house, answers)),
      'missing, optional and never seen, the same, nothing empty',
    ).to.deep.equal(['casa', 'note', 'contratto', 'note'])
    expect(canVisit(house, 'contratto', { casa: 'mia' })).to.equal(false)
    expect(nextStep(house, 'casa', { casa: 'mia' })).to.equal('note')
    expect(nextStep(house, 'casa', { casa: 'affitto' })).to.equal('contratto')
    expect(nextStep(house, 'note', {})).to.equal(null)
  })

  it('has no place for a step that does not exist', () => {
    expect(() => canVisit(form, 'inventato', {}))
      .to.throw()
      .with.property('code', 'NOT_FOUND')
  })
})
