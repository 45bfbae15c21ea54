import { expect } from 'chai'
import { BASE, lastXref, pdf, showing, signed, stream, update, type Objects, type SignOptions } from './pdf-maker.ts'
import { p7m } from './openssl.ts'
import { check, curve, result, sealKeyOf, signer } from './pki.ts'

const author = signer({ key: curve('prime256v1') })
const key = sealKeyOf(author)
const first = (options: Partial<SignOptions> = {}) => signed(pdf(), { key, also: showing(20), ...options })
const second = (bytes: Buffer, options: Partial<SignOptions> = {}) =>
  signed(bytes, { key, field: 'Firma2', at: 30, also: showing(20, 30), ...options })
const failedFormat = 'TOTAL-FAILED/FORMAT_FAILURE'

describe('PAdES: one signature', () => {
  it('is accepted when it covers the whole file', async () => {
    const report = check(await first())
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report).to.include({ format: 'PAdES', verdict: 'TOTAL-PASSED' })
    expect(report.signatures[0]).to.deep.include({
      level: 'B',
      coversWholeDocument: true,
      docMdp: null,
      modifications: [],
      signingTime: '2026-01-01T12:00:00.000Z',
    })
  })

  it('fails when a covered byte changes', async () => {
    const bytes = await first()
    bytes.write('9', bytes.indexOf('100 euro'), 'latin1')
    expect(result(check(bytes))).to.equal('TOTAL-FAILED/HASH_FAILURE')
  })

  it('is a PDF signature without a level when it is adbe.pkcs7.detached', async () => {
    const report = check(await first({ subFilter: 'adbe.pkcs7.detached' }))
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.level).to.equal('none')
  })

  for (const subFilter of ['adbe.pkcs7.sha1', 'adbe.x509.rsa_sha1', 'Nuovo']) {
    it(`is refused as ${subFilter}`, async () =>
      expect(result(check(await first({ subFilter })))).to.equal(failedFormat))
  }

  it('leaves an unsigned file unsigned', () => {
    expect(check(pdf())).to.deep.include({ format: 'PDF', verdict: 'not-signed', signatures: [], warnings: [] })
  })
})

describe('PAdES: universal signature forgery', () => {
  const ranges: Record<string, (range: readonly number[]) => string> = {
    'no numbers': () => '[]',
    null: () => 'null',
    'one pair': ([a, b]) => `[${a} ${b}]`,
    'six numbers': ([, b, c, d]) => `[0 ${b} ${c} 1 ${c! + 1} ${d! - 1}]`,
    'a negative number': ([, b, c, d]) => `[0 -${b} ${c} ${d}]`,
    'a start after zero': ([, b, c, d]) => `[1 ${b! - 1} ${c} ${d}]`,
    'a gap larger than the contents': ([, b, c, d]) => `[0 ${b! - 10} ${c} ${d}]`,
    'a gap smaller than the contents': ([, b, c, d]) => `[0 ${b! + 1} ${c} ${d}]`,
    'an end after the file': ([, b, c, d]) => `[0 ${b} ${c} ${d! + 10}]`,
    'an end before the end of the revision': ([, b, c, d]) => `[0 ${b} ${c} ${d! - 30}]`,
    'real numbers': ([, b, c, d]) => `[0.5 ${b} ${c} ${d}]`,
    'names for numbers': () => '[/a /b /c /d]',
  }
  for (const [name, range] of Object.entries(ranges)) {
    it(`refuses ${name} in /ByteRange`, async () =>
      expect(result(check(await first({ range })))).to.equal(failedFormat))
  }

  const contents: Record<string, () => string> = {
    empty: () => '',
    'a zero byte': () => '00',
    'no hexadecimal': () => 'zz',
    'followed by something': (message?: Buffer) => `${message?.toString('hex')}ff`,
  }
  for (const [name, content] of Object.entries(contents)) {
    it(`refuses /Contents that is ${name}`, async () => {
      expect(
        result(check(await first({ content: (message) => (content as (m: Buffer) => string)(message) }))),
      ).to.equal(failedFormat)
    })
  }

  const without = (entry: RegExp) => async () => {
    const bytes = (await first()).toString('latin1')
    return Buffer.from(
      bytes.replace(entry, (found) => ' '.repeat(found.length)),
      'latin1',
    )
  }
  for (const [name, make] of Object.entries({
    '/ByteRange': without(/\/ByteRange \[[^\]]*\]/),
    '/Contents': without(/\/Contents <[0-9a-f]*>/),
    '/SubFilter': without(/\/SubFilter \/\S+/),
    everything: without(/\/Type \/Sig [\s\S]*?\/M \([^)]*\)/),
  })) {
    it(`never says “not signed” when ${name} is missing`, async () =>
      expect(result(check(await make()))).to.equal(failedFormat))
  }

  it('refuses an entry that is there twice', async () => {
    expect(result(check(await first({ extra: '/Contents <00> ' })))).to.equal(failedFormat)
    expect(result(check(await first({ extra: '/ByteRange [0 1 2 3] ' })))).to.equal(failedFormat)
  })
})

describe('PAdES: signature wrapping', () => {
  it('refuses a second part that was moved away', async () => {
    const bytes = await first()
    const text = bytes.toString('latin1')
    const [, before, resume, after] = /\/ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(text)!.map(Number) as [
      number,
      number,
      number,
      number,
    ]
    const injected = Buffer.from('\n4 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n')
    const head = Buffer.from(
      text
        .slice(0, resume)
        .replace(/\/ByteRange \[[^\]]*\]/, (range) =>
          `/ByteRange [0 ${before} ${resume + injected.length} ${after}]`.padEnd(range.length),
        ),
      'latin1',
    )
    expect(result(check(Buffer.concat([head, injected, bytes.subarray(resume)])))).to.equal(failedFormat)
  })

  it('refuses a message with content of its own', async () => {
    const attached = p7m({ signers: [author], content: Buffer.from('altro') })
    expect(result(check(await first({ content: () => attached.toString('hex') })))).to.equal(failedFormat)
  })
})

describe('PAdES: incremental saving attacks', () => {
  const evil: Objects = { 4: stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET') }
  it('new body, cross-reference and trailer', async () =>
    expect(result(check(update(await first(), evil)))).to.equal(failedFormat))
  it('new body, nothing else', async () =>
    expect(result(check(update(await first(), evil, { xref: false, end: false })))).to.equal(failedFormat))
  it('new body with the old startxref', async () =>
    expect(result(check(update(await first(), evil, { xref: false })))).to.equal(failedFormat))
  it('new body with a cross-reference that is none', async () => {
    const bytes = Buffer.concat([
      await first(),
      Buffer.from('4 0 obj\n<<>>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n99\n%%EOF\n'),
    ])
    expect(result(check(bytes))).to.equal(failedFormat)
  })
  it('a body that forgets the signature', async () => {
    const bytes = await first()
    const fresh = pdf({ ...BASE, 4: evil[4]! })
    const moved = Buffer.from(
      fresh
        .toString('latin1')
        .replace(
          /(\d{10}) 00000 n/g,
          (_, at: string) => `${String(Number(at) + bytes.length).padStart(10, '0')} 00000 n`,
        )
        .replace(/startxref\n(\d+)/, (_, at: string) => `startxref\n${Number(at) + bytes.length}`),
      'latin1',
    )
    const report = check(Buffer.concat([bytes, moved]))
    expect(report.verdict).to.equal('TOTAL-FAILED')
    expect(report.signatures[0]?.errors.join()).to.include('hides the signature')
  })
  it('white space after the end is nothing', async () => {
    const report = check(Buffer.concat([await first(), Buffer.from('\n\n  ')]))
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.coversWholeDocument).to.equal(false)
  })
})

describe('PAdES: later revisions', () => {
  const page3 = (changes: string, annotations = '6 0 R 20 0 R') =>
    `<< /Type /Page /Parent 2 0 R ${changes} /Annots [${annotations}] >>`
  const same = '/Resources << /Font << /F1 7 0 R >> >> /Contents 4 0 R'
  const filled = {
    6: BASE[6]!.replace('(Mario)', '(Anna)').replace('8 0 R', '40 0 R'),
    40: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Anna) Tj ET'),
  }
  const note = {
    3: page3(same, '6 0 R 20 0 R 41 0 R'),
    41: '<< /Type /Annot /Subtype /FreeText /Rect [20 90 200 120] /Contents (Devo 900 euro) /P 3 0 R >>',
  }

  type Row = readonly [name: string, change: Objects, none: string, p1: string, p2: string, p3: string]
  const ok = 'TOTAL-PASSED'
  const unknown = 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE'
  const rows: readonly Row[] = [
    ['page content', { 4: stream('', 'BT (altro) Tj ET') }, failedFormat, failedFormat, failedFormat, failedFormat],
    [
      'a font that the page uses',
      { 7: '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>' },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'page size',
      { 3: page3(`${same} /MediaBox [0 0 100 100]`) },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'an action on the page',
      { 3: page3(`${same} /AA << /O << /S /JavaScript /JS (x) >> >>`) },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'a page added',
      {
        2: '<< /Type /Pages /Kids [3 0 R 50 0 R] /Count 2 /MediaBox [0 0 300 200] >>',
        50: '<< /Type /Page /Parent 2 0 R >>',
      },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'an outline',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Outlines 51 0 R >>', 51: '<< /Type /Outlines >>' },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'an open action',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /OpenAction << /S /JavaScript /JS (x) >> >>' },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'optional content',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /OCProperties << /D << >> >> >>' },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    [
      'something unheard of',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Novita 1 >>' },
      unknown,
      unknown,
      unknown,
      unknown,
    ],
    [
      'validation data',
      { 1: '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /DSS << /Certs [] >> >>' },
      ok,
      ok,
      ok,
      ok,
    ],
    ['a field filled in', filled, ok, failedFormat, ok, ok],
    [
      'an appearance without its value',
      { 8: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Truffa) Tj ET') },
      unknown,
      unknown,
      unknown,
      unknown,
    ],
    [
      'a field moved',
      { 6: BASE[6]!.replace('[20 20 120 40]', '[20 90 200 120]') },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
    ['a note', note, ok, failedFormat, failedFormat, ok],
    [
      'the signature replaced',
      {
        20: '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Firma1) /F 132 /Rect [0 0 0 0] /P 3 0 R /V << /Type /Sig /Name (Un altro) >> >>',
      },
      failedFormat,
      failedFormat,
      failedFormat,
      failedFormat,
    ],
  ]
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

describe('PDF: loops and broken files', () => {
  const broken: Record<string, Buffer> = {
    'a page tree that bites its tail': pdf({ ...BASE, 3: '<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] >>' }),
    'a cross-reference that bites its tail': Buffer.from(
      pdf()
        .toString('latin1')
        .replace('/Root 1 0 R', `/Root 1 0 R /Prev ${lastXref(pdf())}`),
      'latin1',
    ),
    'an object that is its own length': pdf({ ...BASE, 4: '<< /Length 4 0 R >>\nstream\nx\nendstream' }),
    'a thousand arrays': pdf({ ...BASE, 9: '['.repeat(1_000) }),
    'half a file': pdf().subarray(0, 300),
  }
  for (const [name, bytes] of Object.entries(broken)) {
    it(`survives ${name}`, () => {
      const report = check(bytes)
      expect(report.verdict).to.be.oneOf(['not-signed', 'unreadable'])
    })
  }

  it('says when a file is cut', () => expect(check(pdf().subarray(0, 300)).verdict).to.equal('unreadable'))
  it('says when a name promises a PDF', () => expect(check(Buffer.from('ciao')).verdict).to.equal('unreadable'))
})

describe('PDF: what a person should know', () => {
  const with_ = (catalog: string, more: Objects = {}) =>
    check(pdf({ ...BASE, 1: `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, ...more })).warnings.join()
  it('scripts', () => expect(with_('/OpenAction << /S /JavaScript /JS (app.alert) >>')).to.include('javascript:'))
  it('programs to start', () => expect(with_('/OpenAction << /S /Launch /F (calc.exe) >>')).to.include('launch:'))
  it('dynamic forms', () => expect(with_('/AcroForm << /Fields [] /XFA (x) >>')).to.include('xfa:'))
  it('attached programs', () => {
    const names =
      '/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (fattura.pdf.exe) /EF << /F 60 0 R >> >>] >> >>'
    expect(with_(names, { 60: stream('/Type /EmbeddedFile', 'MZ') })).to.include('executable:')
  })
  it('encryption', () => {
    const bytes = Buffer.from(
      pdf().toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Encrypt << /Filter /Standard >>'),
      'latin1',
    )
    expect(check(bytes).warnings.join()).to.include('encrypted:')
  })
})
