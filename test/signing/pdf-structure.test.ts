import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRef } from '@cantoo/pdf-lib'
import { expect } from 'chai'
import { withPlaceholder } from '../../server/signing/pdf-placeholder.ts'
import { BASE, pdf, showing, signed, type Objects } from './pdf-maker.ts'
import { check, curve, NOW, result, sealKeyOf, signer } from './pki.ts'

const key = sealKeyOf(signer({ key: curve('prime256v1') }))

/** A tagged document: one paragraph, whose parents are found through a leaf. */
const TAGS: Objects = {
  1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /MarkInfo << /Marked true >> /StructTreeRoot 30 0 R >>',
  30: '<< /Type /StructTreeRoot /K 31 0 R /ParentTree 34 0 R /ParentTreeNextKey 1 >>',
  31: '<< /S /Document /P 30 0 R /K 32 0 R >>',
  32: '<< /S /P /P 31 0 R /Pg 3 0 R /K 0 >>',
  33: '<< /Limits [0 0] /Nums [0 [32 0 R]] >>',
  34: '<< /Kids [33 0 R] >>',
}
const tagged = pdf({ ...BASE, ...TAGS })

describe('a visible signature on a tagged PDF', () => {
  it('is a form element, found from its widget (ISO 14289-1 §7.18.4) within the limits of the tree of parents', async () => {
    const appearance = { page: 0, rect: 'foot', lines: ['Protocollo 1'] } as const
    const { bytes } = await withPlaceholder(tagged, { name: 'Comune', reason: 'Protocollo', at: NOW, appearance })
    const document = await PDFDocument.load(bytes)
    const { context, catalog } = document
    const widget = document.getPage(0).node.Annots()?.lookup(1, PDFDict)
    expect(widget?.get(PDFName.of('StructParent'))?.toString()).to.equal('1')
    const root = catalog.lookup(PDFName.of('StructTreeRoot'), PDFDict)
    expect(root.get(PDFName.of('ParentTreeNextKey'))?.toString()).to.equal('2')
    const leaf = context.lookup(PDFRef.of(33), PDFDict)
    expect(leaf.get(PDFName.of('Limits'))?.toString()).to.equal('[ 0 1 ]')
    const [element] = leaf.lookup(PDFName.of('Nums'), PDFArray).asArray().slice(-1)
    expect(context.lookup(element, PDFDict).get(PDFName.of('S'))?.toString()).to.equal('/Form')
    const body = context.lookup(PDFRef.of(31), PDFDict)
    expect(body.get(PDFName.of('K'))?.toString()).to.equal(`[ 32 0 R ${String(element)} ]`)
  })
})

describe('tags that a later revision adds', () => {
  const first = () => signed(tagged, { key, also: showing(20) })
  const element = '<< /S /Form /P 31 0 R /Pg 3 0 R /K << /Type /OBJR /Obj 40 0 R /Pg 3 0 R >> >>'
  const grown: Objects = {
    30: TAGS[30]!.replace('NextKey 1', 'NextKey 2'),
    31: TAGS[31]!.replace('/K 32 0 R', '/K [32 0 R 42 0 R]'),
    33: '<< /Limits [0 1] /Nums [0 [32 0 R] 1 42 0 R] >>',
    42: element,
  }
  const second = async (changes: Objects = {}) => {
    const also = { ...showing(20, 40), ...grown, ...changes }
    return check(await signed(await first(), { key, field: 'Firma2', at: 40, also }))
  }

  it('are allowed for the widget of a new signature', async () => {
    const report = await second()
    expect(report.verdict).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.modifications).to.deep.include({
      what: 'tags of a new signature field added',
      allowed: true,
    })
  })

  it('are allowed beside outlines that name elements (ISO 32000-1 table 153), and these may not change', async () => {
    const outlines = {
      1: TAGS[1]!.replace('/Pages', '/Outlines 35 0 R /Pages'),
      35: '<< /Type /Outlines /First 36 0 R /Last 36 0 R /Count 1 >>',
      36: '<< /Title (Oggetto) /Parent 35 0 R /Dest [3 0 R /Fit] /SE 32 0 R >>',
    }
    const before = await signed(pdf({ ...BASE, ...TAGS, ...outlines }), { key, also: showing(20) })
    const sealed = async (changes: Objects) => {
      const also = { ...showing(20, 40), ...grown, ...changes }
      return check(await signed(before, { key, field: 'Firma2', at: 40, also }))
    }
    expect((await sealed({})).verdict).to.equal('TOTAL-PASSED')
    const other = await sealed({ 36: outlines[36].replace('Oggetto', 'Altro') })
    expect(other.signatures[0]?.errors).to.deep.equal([
      'FORMAT_FAILURE: Changed after signing: /Outlines of the document changed',
    ])
  })

  const bad: Record<string, Objects> = {
    'an element with text of the page': { 42: '<< /S /Form /P 31 0 R /Pg 3 0 R /K 0 >>' },
    'an element for a field that was there': { 42: element.replace('40 0 R', '6 0 R') },
    'another role for what was tagged': { 32: TAGS[32]!.replace('/S /P', '/S /H1') },
    'other words for what was tagged': { 32: TAGS[32]!.replace('/K 0', '/K 0 /ActualText (900 euro)') },
    'another order': { 31: TAGS[31]!.replace('/K 32 0 R', '/K [42 0 R 32 0 R]') },
    'another element of the text': { 33: '<< /Limits [0 1] /Nums [0 [42 0 R] 1 42 0 R] >>' },
    'an element that is there twice': { 33: '<< /Limits [0 1] /Nums [0 [32 0 R] 1 42 0 R 0 [42 0 R]] >>' },
  }
  for (const [name, changes] of Object.entries(bad))
    it(`not with it ${name}`, async () => expect(result(await second(changes))).to.equal('TOTAL-FAILED/FORMAT_FAILURE'))
})
