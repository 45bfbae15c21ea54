import { expect } from 'chai'
import { plainChoices, plainInput, plainPage } from '../../server/forms/index.ts'

describe('a page that no schema describes', () => {
  const draw = (chosen: string) => (errors: Readonly<Record<string, string>>) => [
    {
      title: null,
      fields: [
        plainChoices({
          name: 'chi',
          label: 'Chi',
          error: errors['chi'],
          chosen: [chosen],
          options: [
            { value: 'persona', label: 'Una persona' },
            { value: 'impresa', label: 'Un’impresa' },
          ],
        }),
        plainInput({
          name: 'cf',
          label: 'Codice',
          value: '',
          error: errors['cf'],
          when: { name: 'chi', values: ['impresa'] },
        }),
      ],
    },
  ]
  const errors = { cf: 'Scrivi il codice.' }
  const codeOf = ({ sections }: ReturnType<typeof plainPage>) => sections[0]?.fields[1]

  it('neither shows nor sends what is not called for, also without a script', () => {
    for (const chosen of ['', 'persona'])
      expect(codeOf(plainPage(draw(chosen), { body: {}, errors: {} }))).to.include({ hidden: true, disabled: true })
    expect(codeOf(plainPage(draw('impresa'), { body: {}, errors: {} }))).to.include({ hidden: false, disabled: false })
  })

  it('announces what comes with a choice, and blames nobody for it', () => {
    const page = plainPage(draw('impresa'), { body: { chi: 'impresa' }, errors })
    expect(page.errors).to.deep.equal({})
    expect(codeOf(page)?.error).to.equal(null)
    expect(page.notices).to.have.length(1)
  })

  it('takes boxes for seen only once they were drawn for the choice', () => {
    const boxes = (errors: Readonly<Record<string, string>>) => [
      ...draw('impresa')(errors),
      {
        title: null,
        fields: [
          plainChoices({
            name: 'servizi',
            label: 'Servizi',
            error: errors['servizi'],
            chosen: [],
            multiple: true,
            options: [{ value: 'tutti', label: 'Tutti' }],
            when: { name: 'chi', values: ['impresa'] },
          }),
        ],
      },
    ]
    const missing = { servizi: 'Scegli un servizio.' }
    const first = plainPage(boxes, { body: { chi: 'impresa', cf: '' }, errors: missing })
    expect(first.errors).to.deep.equal({})
    expect(first.notices).to.have.length(1)
    const again = plainPage(boxes, { body: { chi: 'impresa', cf: '', mostrati: 'servizi' }, errors: missing })
    expect(again.errors).to.deep.equal(missing)
  })

  it('says what is wrong in what was on the page', () => {
    const page = plainPage(draw('impresa'), { body: { chi: 'impresa', cf: '' }, errors })
    expect(page.errors).to.deep.equal(errors)
    expect(codeOf(page)?.error).to.equal(errors.cf)
    expect(page.notices).to.deep.equal([])
  })
})
