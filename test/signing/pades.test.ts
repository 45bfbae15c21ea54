import { expect } from 'chai'
import { BASE, lastXref, pdf, showing, signed, stream, update, type Objects, type SignOptions } from './pdf-maker.ts'
import { p7m } from './openssl.ts'
import { check, curve, result, sealKeyOf, signer } from './pki.ts'

const author = signer({ key: curve('prime256v1') })
const key = sealKeyOf(author)
const first = (options: Partial<SignOptions> = {}) => signed(pdf(), { key, also: showing(20), ...options })
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

  it('is refused when its revision does not end with %%EOF, though it covers the whole file', async () =>
    expect(result(check(await first({ end: '\n% altro\n' })))).to.equal(failedFormat))

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
    'six numbers of which four would do': ([, b, c, d]) => `[0 ${b} ${c} ${d} 0 0]`,
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

  it('never says “not signed” when the dictionary cannot be read', async () => {
    const text = (await first()).toString('latin1')
    expect(
      result(check(Buffer.from(text.replace('/Filter /Adobe.PPKLite', '/Filter ?Adobe.PPKLite'), 'latin1'))),
    ).to.equal(failedFormat)
  })

  describe('never says “not signed” of a form', () => {
    const fields = (list: string) => ({ ...showing(20), 5: `<< /Fields ${list} /SigFlags 3 >>` })

    it('with more fields than are looked at', async () => {
      const report = check(await first({ also: fields(`[${'<</T(a)>>'.repeat(50_000)} 20 0 R]`) }))
      expect(report).to.deep.include({ verdict: 'unreadable', format: 'PDF' })
      expect(report.errors.join()).to.include('more fields than are looked at')
    })

    it('that cannot be read: the signature’s own bytes tell of it', async () => {
      const report = check(await first({ also: fields('[20 0 R] ?') }))
      expect(result(report)).to.equal('INDETERMINATE/SIG_CONSTRAINTS_FAILURE')
      expect(report.signatures[0]?.errors.join()).to.include('No field that can be read shows the signature')
    })

    it('but for the usage rights of a form, which no field shows', async () => {
      const rights = '<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>'
      const catalog = '<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Perms << /UR3 10 0 R >> >>'
      expect(check(pdf({ ...BASE, 1: catalog, 5: '<< /Fields ? >>', 10: rights })).verdict).to.equal('not-signed')
    })
  })

  it('refuses an entry that is there twice', async () => {
    expect(result(check(await first({ extra: '/Contents <00> ' })))).to.equal(failedFormat)
    expect(result(check(await first({ extra: '/ByteRange [0 1 2 3] ' })))).to.equal(failedFormat)
    expect(result(check(await first({ extra: '/SubFilter /ETSI.CAdES.detached ' })))).to.equal(failedFormat)
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
  it('a cross-reference that is none, after a signature that ends with the file', async () => {
    const bytes = await first({ end: '' })
    expect(check(bytes)).to.deep.include({ verdict: 'TOTAL-PASSED' })
    const report = check(Buffer.concat([bytes, Buffer.from('\nstartxref\n99\n%%EOF\n')]))
    expect(result(report)).to.equal(failedFormat)
  })
  it('a body that forgets the signature, under more revisions than are read', async () => {
    const bytes = Buffer.concat([await forgotten(), Buffer.from('%%EOF\n'.repeat(70))])
    const report = check(bytes)
    expect(report.verdict).to.equal('TOTAL-FAILED')
    expect(report.signatures[0]?.errors.join()).to.include('shows the signature')
  })
  it('a body that forgets the signature', async () => {
    const report = check(await forgotten())
    expect(report.verdict).to.equal('TOTAL-FAILED')
    expect(report.signatures[0]?.errors.join()).to.include('hides the signature')
  })
  async function forgotten(): Promise<Buffer> {
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
    return Buffer.concat([bytes, moved])
  }
  it('white space after the end is nothing', async () => {
    const report = check(Buffer.concat([await first(), Buffer.from('\n\n  ')]))
    expect(result(report)).to.equal('TOTAL-PASSED')
    expect(report.signatures[0]?.coversWholeDocument).to.equal(false)
  })
})

describe('PAdES: a file cut off in the revision of its signature', () => {
  const base = pdf()
  const cuts = async (): Promise<Buffer[]> => {
    const bytes = await first()
    const begun = bytes.indexOf('/SigFlags', base.length) + 9
    const steps = Array.from({ length: 20 }, (_, step) => begun + Math.floor(((bytes.length - begun) * step) / 20))
    return [...steps, bytes.length - 2].map((to) => bytes.subarray(0, to))
  }

  it('is altered, not unsigned', async () => {
    for (const cut of await cuts()) expect(result(check(cut)), `${cut.length} bytes`).to.equal(failedFormat)
  })

  it('and so it is with an end put after it', async () => {
    for (const end of ['\n%%EOF\n', `\nstartxref\n${lastXref(base)}\n%%EOF\n`])
      for (const cut of await cuts())
        expect(result(check(Buffer.concat([cut, Buffer.from(end)]))), `${cut.length} bytes`).to.equal(failedFormat)
  })

  it('before anything of the signature, some of it cannot be read', async () => {
    const report = check((await first()).subarray(0, base.length + 40))
    expect(report.verdict).to.equal('not-signed')
    expect(report.warnings.join()).to.include('broken')
  })

  it('at the end of the document that was to be signed, is that document', async () =>
    expect(check((await first()).subarray(0, base.length))).to.deep.include({ verdict: 'not-signed', warnings: [] }))
})
