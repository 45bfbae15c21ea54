import { expect } from 'chai'
import { draftFiles, signatureViews } from '../../server/filings/file-views.ts'
import { signaturePage } from '../../server/filings/signature-page-views.ts'
import type { SignatureReport, Verification } from '../../server/signing/index.ts'

const signature = (change: Partial<SignatureReport> = {}): SignatureReport => ({
  indication: 'TOTAL-PASSED',
  level: 'B',
  qualification: 'AdESig',
  signedBy: { name: 'Elena Bruni', taxCode: null },
  signingTime: '2026-03-02T09:15:00Z',
  digestIntact: true,
  signatureValid: true,
  coversWholeDocument: true,
  docMdp: null,
  modifications: [],
  timestamps: [],
  errors: [],
  ...change,
})

const report = (change: Partial<Verification>): Verification => ({
  file: 'scia.pdf',
  format: 'PAdES',
  verdict: 'TOTAL-PASSED',
  signatures: [],
  content: null,
  errors: [],
  warnings: [],
  validatedAt: '2026-03-02T10:00:00Z',
  ...change,
})

describe('what is said of a signature', () => {
  const said = (change: Partial<Verification>) =>
    signatureViews(report(change)).map(({ tone, text }) => `${tone}: ${text}`)

  it('says who signed, when in Rome, and that nothing changed', () => {
    expect(said({ signatures: [signature()] })).to.deep.equal([
      'success: Firmato da Elena Bruni, il 02/03/2026, 10:15: documento integro, firma valida.',
    ])
  })

  it('tells a changed document from a signature that is not the certificate’s', () => {
    const broken = { indication: 'TOTAL-FAILED' } as const
    expect(said({ signatures: [signature({ ...broken, digestIntact: false })] })[0]).to.include(
      'modificato dopo la firma',
    )
    expect(said({ signatures: [signature(broken)] })[0]).to.include('non corrisponde al certificato')
  })

  it('gives the reason of a failure that is neither', () => {
    const failed = (subIndication: string) =>
      said({ signatures: [signature({ indication: 'TOTAL-FAILED', subIndication })] })[0]
    expect(failed('REVOKED')).to.include('revocato').and.not.include('non corrisponde')
    expect(failed('FORMAT_FAILURE')).to.include('struttura')
  })

  it('calls nothing intact or added to where the signed file is missing', () => {
    const subIndication = 'SIGNED_DATA_NOT_FOUND'
    const alone = signature({ indication: 'INDETERMINATE', subIndication, coversWholeDocument: false })
    expect(said({ format: 'CAdES', signatures: [alone] })).to.deep.equal([
      'warning: Firma di Elena Bruni, il 02/03/2026, 10:15: da verificare, perché manca il documento firmato.',
    ])
    const document = { name: 'a.p7s', size: 1, sha256: '', createdAt: new Date(), reports: [] }
    const titled = (content: Verification['content']) => {
      const verification = report({ format: 'CAdES', verdict: 'INDETERMINATE', signatures: [alone], content })
      return signaturePage({ ...document, verification } as never, { base: '', detailed: false }).tree?.title
    }
    expect(titled(null)).to.equal('Firma separata dal documento, che qui manca (CAdES, .p7s)')
    expect(titled({ size: 1, sha256: '' })).to.equal('Busta firmata (CAdES, .p7m)')
  })

  it('tells who fills in a draft what to send in place of a signature alone', () => {
    const advice = (mediaType: string) => draftFiles('f', [{ id: 'd', name: 'a.p7s', mediaType } as never])[0]?.notes
    expect(advice('application/pkcs7-signature')?.[0]?.text).to.match(/non il documento.*PAdES.*\.p7m/)
    expect(
      advice('application/pkcs7-mime')
        ?.map(({ text }) => text)
        .join(),
    ).not.to.match(/non il documento/)
  })

  it('says of a container that it holds files which the signature does not cover', () => {
    const [partial] = said({ format: 'ASiC-E', signatures: [signature({ coversWholeDocument: false })] })
    expect(partial).to.match(/^success: .*anche file che questa firma non copre\.$/)
  })

  it('names the doubt that was left, and what came after the signature', () => {
    const doubtful = signature({
      indication: 'INDETERMINATE',
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
      coversWholeDocument: false,
    })
    expect(said({ signatures: [doubtful] })[0]).to.match(
      /^warning: .*autorità.*non è tra quelle riconosciute.*aggiunte successive/,
    )
  })

  it('tells the filer of what acts by itself in a file, in any layer', () => {
    const nested = report({ verdict: 'not-signed', warnings: ['javascript: the document contains scripts'] })
    const verification = report({ signatures: [signature()], content: { size: 1, sha256: '', nested } })
    const file = { id: 'd', name: 'scia.pdf.p7m', mediaType: 'application/pkcs7-mime', verification } as never
    expect(draftFiles('f', [file])[0]?.notes?.map(({ text }) => text)[1]).to.match(/JavaScript/)
  })

  it('says what the virus scan found, and nothing where it found nothing', () => {
    const notes = (scan: string) =>
      draftFiles('f', [{ id: 'd', name: 'foto.jpg', mediaType: 'image/jpeg', scan } as never])[0]?.notes
    expect(notes('clean')).to.deep.equal([])
    expect(notes('pending')?.[0])
      .to.deep.include({ tone: 'warning' })
      .and.to.property('text')
      .match(/^Da controllare/)
    expect(notes('too-large')?.[0])
      .to.deep.include({ tone: 'warning' })
      .and.to.property('text')
      .match(/troppo grande/)
    expect(notes('infected')?.[0])
      .to.deep.include({ tone: 'danger' })
      .and.to.property('text')
      .match(/virus.*scaricare/)
  })

  it('does not count among the additions what a signed document may take', () => {
    const after = (...allowed: (boolean | undefined)[]) =>
      said({
        signatures: [
          signature({ coversWholeDocument: false, modifications: allowed.map((one) => ({ allowed: one })) as never }),
        ],
      })[0]
    expect(after(true, true)).to.not.include('aggiunte successive')
    for (const additions of [[], [true, false], [true, undefined]])
      expect(after(...additions), String(additions)).to.include('aggiunte successive')
  })

  it('says it of a file whose signature nobody could read, and of a signature that gives no time', () => {
    expect(said({ verdict: 'unreadable' })[0]).to.match(/^danger: Non siamo riusciti a leggere/)
    expect(said({ signatures: [signature({ signingTime: null })] })[0]).to.match(/^success: Firmato da Elena Bruni: /)
    expect(said({ signatures: [signature({ indication: 'INDETERMINATE' })] })[0]).to.include(
      'verifica della firma non è conclusa',
    )
  })

  it('says it of every layer of a file in a file, and of a file without signature', () => {
    const nested = report({ signatures: [signature({ signedBy: { name: 'Paolo Ferri', taxCode: null } })] })
    const content = { size: 1, sha256: '', nested }
    expect(
      said({ format: 'CAdES', signatures: [signature()], content }).map((line) => /da (\w+)/.exec(line)?.[1]),
    ).to.deep.equal(['Elena', 'Paolo'])
    expect(said({ verdict: 'not-signed' })).to.deep.equal(['neutral: Documento senza firma digitale.'])
  })
})
