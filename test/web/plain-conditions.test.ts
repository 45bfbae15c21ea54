import { expect } from 'chai'
import handlebars from 'handlebars'
import { compileConditionsPlainly } from '../../server/web/plain-conditions.ts'

const VALUES = [true, false, 0, 1, '', 'testo', null, undefined, [], [0], {}, { length: 0 }, NaN]

describe('conditions of templates', () => {
  const usual = handlebars.create()
  usual.registerHelper('eq', (a: unknown, b: unknown) => a === b)
  const plain = handlebars.create()
  compileConditionsPlainly(plain)
  const notCalled = () => {
    throw new Error('A condition is no call')
  }
  plain.registerHelper({ if: notCalled, eq: notCalled })

  function expectSame(template: string, models: readonly unknown[]): void {
    const options = { knownHelpers: { eq: true } }
    const [as, by] = [usual.compile(template, options), plain.compile(template, options)]
    for (const model of models) expect(by(model), `${template} of ${JSON.stringify(model)}`).to.equal(as(model))
  }

  it('say what the helpers of Handlebars say, without a call', () => {
    const models = VALUES.map((value) => ({ value, other: 'altro', items: [{ value }, { value: 'testo' }] }))
    expectSame('{{#if value}}sì {{other}}{{/if}}', models)
    expectSame('{{#if value}}sì{{else}}no {{other}}{{/if}}', models)
    expectSame('{{#if value}}sì{{else if other}}{{other}}{{else}}no{{/if}}', models)
    expectSame('{{#if value}}{{#if (eq value "testo")}}{{value}}{{/if}}{{else}}{{#if other}}no{{/if}}{{/if}}', models)
    expectSame('{{#each items}}{{#if value}}{{../other}} {{@index}} {{@root.other}}{{/if}}{{/each}}', models)
    expectSame('{{#each items}}{{#if (eq value ../value)}}{{value}}{{else}}{{../other}}{{/if}}{{/each}}', models)
    expectSame('{{#if (eq value 0)}}zero{{/if}}{{eq value false}}', models)
    expectSame('{{#if this}}{{.}}{{else}}niente{{/if}}', VALUES)
  })

  it('are refused where they ask for more than a value', () => {
    for (const template of ['{{#if value includeZero=true}}0{{/if}}', '{{#if a b}}c{{/if}}', '{{#if (eq a)}}b{{/if}}'])
      expect(() => plain.compile(template, { knownHelpers: { eq: true } })({}), template).to.throw()
  })
})
