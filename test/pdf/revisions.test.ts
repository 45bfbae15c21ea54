import { expect } from 'chai'
import {
  BASE,
  lastXref,
  pdf,
  showing,
  signed,
  stream,
  update,
  type Objects,
  type SignOptions,
} from '../signing/pdf-maker.ts'
import { check, curve, result, sealKeyOf, signer } from '../signing/pki.ts'

const key = sealKeyOf(signer({ key: curve('prime256v1') }))
const first = (options: Partial<SignOptions> = {}) => signed(pdf(), { key, also: showing(20), ...options })
const second = (bytes: Buffer, options: Partial<SignOptions> = {}) =>
  signed(bytes, { key, field: 'Firma2', at: 30, also: showing(20, 30), ...options })
const failedFormat = 'TOTAL-FAILED/FORMAT_FAILURE'

describe('PAdES: later revisions', () => {
  const page3 = (changes: string, annotations = '6 0 R 20 0 R') =>
    `<< /Type /Page /Parent 2 0 R ${changes} /Annots [${annotations}] >>`
  const same = '/Resources << /Font << /F1 7 0 R >> >> /Contents 4 0 R'
  const filled = {
    6: BASE[6]!.replace('(Mario)', '(Anna)').replace('8 0 R', '40 0 R'),
    40: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Anna) Tj ET'),
  }
  const inRed = (field: string) => field.replace('/FT', '/DA (/Helv 9 Tf 1 0 0 rg) /Q 1 /FT')
  const note = {
    3: page3(same, '6 0 R 20 0 R 41 0 R'),
    41: '<< /Type /Annot /Subtype /FreeText /Rect [20 90 200 120] /Contents (Devo 900 euro) /P 3 0 R >>',
  }

  const form = (fields: string, font = 7, more = '') =>
    `<< /Fields ${fields} /SigFlags 3 /DA (/Helv 0 Tf 0 g) /DR << /Font << /Helv ${font} 0 R >> >> ${more} >>`
  const shown = (value: string) => ({
    3: page3(same, '6 0 R 20 0 R 41 0 R'),
    5: form('[6 0 R 20 0 R 41 0 R]'),
    41: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Altra) /Rect [20 90 200 120] /P 3 0 R /AP << /N 8 0 R >> ${value} >>`,
  })
  const courier = '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>'

  type Row = readonly [name: string, change: Objects, none: string, p1: string, p2: string, p3: string]
  const ok = 'TOTAL-PASSED'
  const unknown = 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE'
  const never = [failedFormat, failedFormat, failedFormat, failedFormat] as const
  const judged = [unknown, unknown, unknown, unknown] as const
  const always = [ok, ok, ok, ok] as const
  const rows: readonly Row[] = [
    ['page content', { 4: stream('', 'BT (altro) Tj ET') }, ...never],
    ['a font that the page uses', { 7: '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>' }, ...never],
    ['page size', { 3: page3(`${same} /MediaBox [0 0 100 100]`) }, ...never],
    ['an action on the page', { 3: page3(`${same} /AA << /O << /S /JavaScript /JS (x) >> >>`) }, ...never],
    [
      'a page added',
      {
        2: '<< /Type /Pages /Kids [3 0 R 50 0 R] /Count 2 /MediaBox [0 0 300 200] >>',
        50: '<< /Type /Page /Parent 2 0 R >>',
      },
      ...never,
    ],
    [
      'an outline',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Outlines 51 0 R >>', 51: '<< /Type /Outlines >>' },
      ...never,
    ],
    [
      'an open action',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /OpenAction << /S /JavaScript /JS (x) >> >>' },
      ...never,
    ],
    [
      'optional content',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /OCProperties << /D << >> >> >>' },
      ...never,
    ],
    ['something unheard of', { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Novita 1 >>' }, ...judged],
    [
      'validation data',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /DSS << /Certs [] >> >>' },
      ok,
      ok,
      ok,
      ok,
    ],
    ['a field filled in', filled, ok, failedFormat, ok, ok],
    ['a field filled in, in other letters', { ...filled, 6: inRed(filled[6]) }, ok, failedFormat, ok, ok],
    ['other letters for the value of a field', { 6: inRed(BASE[6]!) }, ...never],
    [
      'an appearance without its value',
      { 8: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Truffa) Tj ET') },
      ...judged,
    ],
    [
      'the same strings written another way',
      {
        5: form('[6 0 R 20 0 R]').replace('(/Helv', '(\\057H\\\nelv'),
        6: BASE[6]!.replace('(nome)', '<6e 6F6D65>').replace('(Mario)', '(M\\141rio)'),
      },
      ...always,
    ],
    [
      'a field filled in with no string',
      { 6: BASE[6]!.replace('(Mario)', '<4d6172696fzz>') },
      ok,
      failedFormat,
      ok,
      ok,
    ],
    ['a field moved', { 6: BASE[6]!.replace('[20 20 120 40]', '[20 90 200 120]') }, ...never],
    ['a note', note, ok, failedFormat, failedFormat, ok],
    [
      'another order of what lies one over the other',
      { 3: page3(same, '20 0 R 6 0 R') },
      unknown,
      failedFormat,
      failedFormat,
      ok,
    ],
    ['a signature field that shows something unsigned', shown(''), ok, failedFormat, failedFormat, ok],
    ['a time stamp that shows something', shown('/V << /Type /DocTimeStamp >>'), ok, failedFormat, failedFormat, ok],
    [
      'an empty signature field that shows nothing',
      { ...shown(''), 41: shown('')[41].replace('/AP', '/XX') },
      ok,
      failedFormat,
      ok,
      ok,
    ],
    ['a font of the form', { 5: form('[6 0 R 20 0 R]', 40), 40: courier }, ...never],
    ['a further entry of the form', { 5: form('[6 0 R 20 0 R]', 7, '/XFA (x)') }, ...never],
    [
      'a page with another parent, from which it inherits',
      {
        3: page3(same).replace('/Parent 2', '/Parent 60'),
        60: '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 30 20] >>',
      },
      ...never,
    ],
    [
      'a field with another parent, from which it inherits',
      { 6: BASE[6]!.replace('/FT', '/Parent 60 0 R /FT'), 60: '<< /DA (/Helv 1 Tf 1 g) /Kids [6 0 R] >>' },
      ...never,
    ],
    ['fields to be drawn anew', { 5: form('[6 0 R 20 0 R]', 7, '/NeedAppearances true') }, ...judged],
    ['fields not to be drawn anew', { 5: form('[6 0 R 20 0 R]', 7, '/NeedAppearances false') }, ok, ok, ok, ok],
    ['a field taken out of the form', { 5: form('[20 0 R]') }, ...never],
    [
      'the signature replaced',
      {
        20: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Firma1) /F 132 /Rect [0 0 0 0] /P 3 0 R /V << /Type /Sig /Name (Un altro) >> >>',
      },
      ...never,
    ],
  ]
  it('looks for annotations without number so long and no longer', async () => {
    const links = (count: number) => Array.from({ length: count }, (_, left) => `<< /Rect [${left} 0 1 1] >>`)
    const changesOf = async (count: number) => {
      const there = await first({ also: { ...showing(20), 3: page3(same, `6 0 R 20 0 R ${links(count).join(' ')}`) } })
      const turned = links(count).reverse().join(' ')
      const [report] = check(update(there, { 3: page3(same, `6 0 R 20 0 R ${turned}`) })).signatures
      return report?.modifications.map(({ what }) => what)
    }
    expect(await changesOf(100)).to.deep.equal(['annotations of page 1 in another order'])
    expect(await changesOf(1_000)).to.include('annotation removed from page 1')
  })
  it('does not let a time stamp show something in the place of a signature', async () => {
    const empty = { ...shown(''), 41: shown('')[41].replace('/AP << /N 8 0 R >>', '') }
    const forged = update(await first({ also: empty }), { 41: shown('/V << /Type /DocTimeStamp >>')[41] })
    expect(result(check(forged))).to.equal(unknown)
  })
  for (const [name, change, ...expected] of rows) {
    for (const [index, docMdp] of [undefined, 1, 2, 3].entries()) {
      it(`judges ${name} ${docMdp ? `under P=${docMdp}` : 'without certification'}`, async () => {
        const signedOnce = await first(docMdp ? { docMdp: docMdp as 1 | 2 | 3 } : {})
        const report = check(update(signedOnce, change))
        const got = report.signatures.map(({ indication, subIndication }) =>
          [indication, subIndication].filter(Boolean).join('/'),
        )
        expect(got).to.include(expected[index]!)
        if (expected[index] !== ok) expect(report.verdict).to.not.equal('TOTAL-PASSED')
      })
    }
  }

  it('tells of a note, with its page', async () => {
    const [report] = check(update(await first(), note)).signatures
    expect(report?.modifications).to.deep.include({ what: 'annotation FreeText added on page 1', allowed: 'flag' })
  })

  it('accepts a second signature, and says that the first does not cover it', async () => {
    const { signatures, verdict } = check(await second(await first()))
    expect(verdict).to.equal('TOTAL-PASSED')
    expect(signatures.map(({ coversWholeDocument }) => coversWholeDocument)).to.deep.equal([false, true])
    expect(signatures[0]?.modifications).to.deep.include({ what: 'signature field “Firma2” added', allowed: true })
  })

  for (const [docMdp, expected] of [
    [1, failedFormat],
    [2, ok],
    [3, ok],
  ] as const) {
    it(`judges a second signature under P=${docMdp}`, async () => {
      const report = check(await second(await first({ docMdp })))
      expect(result(report)).to.equal(expected)
      expect(report.signatures.map((signature) => signature.docMdp)).to.deep.equal([docMdp, null])
    })
  }

  for (const [lock, expected] of [
    ['/Action /All', failedFormat],
    ['/Action /Include /Fields [(nome)]', failedFormat],
    ['/Action /Exclude /Fields [(nome)]', ok],
    ['/Action /Include /Fields [(altro)]', ok],
  ] as const) {
    it(`judges a field filled in under the lock ${lock}`, async () =>
      expect(result(check(update(await first({ lock }), filled)))).to.equal(expected))
  }

  it('finds an object hidden in the signed bytes and revived later (shadow: hide and replace)', async () => {
    const hidden = Buffer.from('4 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n')
    const prepared = pdf({ ...BASE, 9: `<< /Nascosto true >>\nendobj\n${hidden.toString()}90 0 obj\nnull` })
    const bytes = await signed(prepared, { key, also: showing(20) })
    expect(result(check(bytes))).to.equal('TOTAL-PASSED')
    const revived = Buffer.concat([
      bytes,
      Buffer.from(
        `xref\n4 1\n${String(bytes.indexOf(hidden)).padStart(10, '0')} 00000 n \ntrailer\n<< /Size 91 /Root 1 0 R /Prev ${lastXref(bytes)} >>\nstartxref\n${bytes.length}\n%%EOF\n`,
      ),
    ])
    expect(result(check(revived))).to.equal(failedFormat)
  })

  it('finds content that passes for a field, of which the rest is the same (shadow: replace)', async () => {
    const shown = showing(20)
    const also = { ...shown, 5: shown[5]!.replace('[6 0 R', '[4 0 R 6 0 R') }
    const bytes = await first({ also })
    expect(result(check(bytes))).to.equal('TOTAL-PASSED')
    expect(result(check(update(bytes, { 4: BASE[4]!.replace('100', '900') })))).to.equal(failedFormat)
  })

  it('leaves to a person a field that only its page knows, once it has another parent', async () => {
    const shown = showing(20)
    const widget = BASE[6]!.replace('/FT', '/Parent 60 0 R /FT')
    const also = { 5: shown[5]!.replace('6 0 R ', ''), 3: shown[3]!, 6: widget, 60: '<< /DA (/Helv 12 Tf 0 g) >>' }
    const bytes = await first({ also })
    const moved = { 6: widget.replace('60', '61'), 61: '<< /DA (/Helv 1 Tf 1 g) >>' }
    expect(result(check(bytes))).to.equal('TOTAL-PASSED')
    expect(result(check(update(bytes, moved)))).to.equal(unknown)
  })

  it('leaves to a person a revision that does not build on the signed one', async () => {
    const bytes = await first()
    const places = [...bytes.toString('latin1').matchAll(/^(\d+) 0 obj/gm)].map(({ 1: number, index }) => [
      number,
      index,
    ])
    const newest = [...new Map(places as [string, number][])]
    const table = newest.map(([number, at]) => `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`).join('')
    const end = `trailer\n<< /Size 91 /Root 1 0 R >>\nstartxref\n${bytes.length}\n%%EOF\n`
    const report = check(Buffer.concat([bytes, Buffer.from(`xref\n0 1\n0000000000 65535 f \n${table}${end}`)]))
    expect(result(report)).to.equal('INDETERMINATE/SIG_CONSTRAINTS_FAILURE')
    expect(report.signatures[0]?.errors.join()).to.include('do not build on the signed one')
  })

  it('finds an object that a later revision frees (shadow: hide)', async () => {
    const bytes = await first()
    const hidden = Buffer.concat([
      bytes,
      Buffer.from(
        `xref\n7 1\n0000000000 00001 f \ntrailer\n<< /Size 91 /Root 1 0 R /Prev ${lastXref(bytes)} >>\nstartxref\n${bytes.length}\n%%EOF\n`,
      ),
    ])
    expect(result(check(hidden))).to.equal(failedFormat)
  })
})

describe('PAdES: confusing fields', () => {
  it('two fields with one signature count once', async () => {
    const also = {
      ...showing(20, 22),
      22: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Copia) /F 132 /Rect [0 0 0 0] /P 3 0 R /V 21 0 R >>',
    }
    const report = check(await first({ also }))
    expect(report.signatures).to.have.length(1)
    expect(report.signatures[0]?.errors.join()).to.include('2 fields')
  })

  it('a text field that holds a signature', async () => {
    const text = (await first()).toString('latin1')
    const bytes = Buffer.from(text.replace('/FT /Sig /T (Firma1)', '/FT /Tx  /T (Firma1)'), 'latin1')
    expect(result(check(bytes))).to.equal(failedFormat)
  })
})
