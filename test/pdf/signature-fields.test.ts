import { expect } from 'chai'
import { BASE, pdf, showing, signed, stream, update, type SignOptions } from '../signing/pdf-maker.ts'
import { check, result, sealKeyOf, signer } from '../signing/pki.ts'

const key = sealKeyOf(signer())
const ok = 'TOTAL-PASSED'
const failedFormat = 'TOTAL-FAILED/FORMAT_FAILURE'
const first = (options: Partial<SignOptions> = {}) => signed(pdf(), { key, also: showing(20), ...options })

describe('PAdES: what the lock of a signature field permits afterwards (ISO 32000-2 table 236)', () => {
  const filled = {
    6: BASE[6]!.replace('(Mario)', '(Anna)').replace('8 0 R', '40 0 R'),
    40: stream('/Type /XObject /Subtype /Form /BBox [0 0 100 20]', 'BT /Helv 12 Tf (Anna) Tj ET'),
  }
  const note = {
    3: showing(20)[3]!.replace('20 0 R', '20 0 R 41 0 R'),
    41: '<< /Type /Annot /Subtype /FreeText /Rect [20 90 200 120] /Contents (Devo 900 euro) /P 3 0 R >>',
  }
  const locked = (permission: string) => {
    const lock = '/Action /Include /Fields [(altro)]'
    return first({ lock, ofField: `/Lock << /Type /SigFieldLock ${lock} ${permission} >>` })
  }
  const second = async (bytes: Buffer, options: Partial<SignOptions> = {}) =>
    signed(bytes, { key, field: 'Firma2', at: 30, also: showing(20, 30), ...options })

  for (const [permission, docMdp, expected] of [
    ['', null, [ok, ok, ok]],
    ['/P 1', 1, [failedFormat, failedFormat, failedFormat]],
    ['/P 2', 2, [ok, failedFormat, ok]],
    ['/P 3', 3, [ok, ok, ok]],
  ] as const)
    it(`a field filled in, a note, a second signature under a lock ${permission || 'without /P'}`, async () => {
      const bytes = await locked(permission)
      expect(check(bytes).signatures[0]).to.include({ indication: ok, docMdp })
      const after = [update(bytes, filled), update(bytes, note), await second(bytes)]
      expect(after.map((changed) => result(check(changed)))).to.deep.equal(expected)
    })

  it('a signature in a new field is not refused where all fields are locked, but told', async () => {
    for (const [lock, allowed] of [
      ['/Action /All', 'flag'],
      ['/Action /Exclude /Fields [(nome)]', 'flag'],
      ['/Action /Exclude /Fields [(Firma2)]', true],
      ['/Action /Include /Fields [(nome)]', true],
    ] as const) {
      const report = check(await second(await first({ lock, docMdp: 2 })))
      expect(report.verdict, lock).to.equal(ok)
      expect(report.signatures[0]?.modifications).to.deep.include({ what: 'signature field “Firma2” added', allowed })
    }
  })

  it('a later signature permits less than one before it, never more', async () => {
    const bytes = await second(await locked('/P 2'), { ofField: '/Lock << /Type /SigFieldLock /Action /All /P 3 >>' })
    expect(
      check(update(bytes, { ...note, 3: showing(20, 30)[3]!.replace('30 0 R', '30 0 R 41 0 R') })).signatures.map(
        ({ indication }) => indication,
      ),
    ).to.deep.equal(['TOTAL-FAILED', 'TOTAL-FAILED'])
  })
})

describe('PAdES: an empty field that a second signer fills', () => {
  const empty = '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Firma2) /F 4 /Rect [20 90 200 120] /P 3 0 R >>'
  const prepared = () => first({ also: { ...showing(20, 30), 30: empty } })
  const judged = async (options: Partial<SignOptions>) =>
    result(check(await signed(await prepared(), { key, field: 'Firma2', at: 30, ...options })))

  it('may give up its place, as PDFBox and EU DSS do, for a signature that shows nothing', async () => {
    expect(await judged({ rect: '[20 90 200 120]' })).to.equal(ok)
    expect(await judged({ rect: '[0 0 0 0]' })).to.equal(ok)
  })

  it('may not show itself elsewhere, nor go away for a time stamp or for nothing', async () => {
    expect(await judged({ rect: '[20 10 200 40]' })).to.equal(failedFormat)
    expect(await judged({ rect: '[0 0 0 0]', subFilter: 'ETSI.RFC3161' })).to.equal(failedFormat)
    const gone = update(await prepared(), { 30: empty.replace('[20 90 200 120]', '[0 0 0 0]') })
    expect(result(check(gone))).to.equal(failedFormat)
  })
})
