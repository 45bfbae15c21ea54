import { expect } from 'chai'
import { signatureDefects } from '../../server/cosigning/signature-policy.ts'
import { missingSigners, signersOf, signerStates, type Signer } from '../../server/cosigning/signers.ts'
import type { StoredDocument } from '../../server/documents/index.ts'
import type { DocumentSignature, ProcedureVersion } from '../../server/procedures/index.ts'
import type { Indication, Verification } from '../../server/signing/index.ts'
import { changed, loadInstalled, procedure } from '../procedures/installed.ts'

const [ELENA, PAOLO, LUCA] = ['BRNLNE76A70A475D', 'FRRPLA70M19L117N', 'NRELCU73E27D612Y'] as const
const SCIA = 'scia-esercizio-di-vicinato-apertura'
const elena = { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: ELENA } as const

/** A report with one layer a list of tax codes, the outer first; `null` is a certificate without one, `!` a broken signature. */
function report(...layers: (string | null)[][]): Verification {
  const [codes = [], ...inner] = layers
  const signatures = codes.map((code) => ({
    indication: (code?.startsWith('!') ? 'TOTAL-FAILED' : 'INDETERMINATE') satisfies Indication,
    signedBy: { name: 'x', taxCode: code?.replace('!', '') ?? null },
  }))
  return {
    format: 'CAdES',
    verdict:
      codes.length === 0
        ? 'not-signed'
        : codes.some((code) => code?.startsWith('!'))
          ? 'TOTAL-FAILED'
          : 'INDETERMINATE',
    signatures,
    content: inner.length > 0 ? { size: 1, sha256: 'x', nested: report(...inner) } : null,
  } as unknown as Verification
}

const policy = (changes: Partial<DocumentSignature>): DocumentSignature => ({
  field: '/allegati/planimetria',
  required: true,
  formats: ['PAdES', 'CAdES'],
  signers: ['filer'],
  quorum: 'all',
  text: 'x',
  ...changes,
})

describe('who is expected to sign', () => {
  before(loadInstalled)
  type Named = Parameters<typeof signersOf>[1]
  const expected = (changes: Partial<DocumentSignature>, answers: object, principal: Named['principal']) =>
    signersOf(policy(changes), { answers: answers as never, filer: elena, principal }).map(({ name, role, cf }) => [
      name,
      role,
      cf,
    ])
  const person = (nome: string, cognome: string, codiceFiscale?: string) => ({ nome, cognome, codiceFiscale })
  const owners = { person: '/comproprietari/*', role: 'comproprietario' }
  const paolo = { kind: 'person', givenName: 'Paolo', familyName: 'Ferri', cf: PAOLO } as const
  const cases: [string, Partial<DocumentSignature>, object, unknown[], Named['principal']?][] = [
    ['is nobody where the policy does not look at who signed', { quorum: undefined as never }, {}, []],
    ['is the filer', { signers: ['filer'] }, {}, [['Elena Bruni', 'presenta la richiesta', ELENA]]],
    [
      'is the filer as principal of themselves, once',
      { signers: ['principal', 'filer'] },
      {},
      [['Elena Bruni', 'interessato', ELENA]],
    ],
    ['is the principal', { signers: ['principal'] }, {}, [['Paolo Ferri', 'interessato', PAOLO]], paolo],
    [
      'is a company as principal, which no certificate of a person names',
      { signers: ['principal'] },
      {},
      [['Bottega', 'interessato', null]],
      { kind: 'company', name: 'Bottega', cf: '99000200016' },
    ],
    [
      'is each person of a list, once, in capital letters',
      { signers: [owners] },
      {
        comproprietari: [
          person('Luca', 'Neri', LUCA.toLowerCase()),
          person('Luca', 'Neri', LUCA),
          person('Ann', 'Lee'),
          person('Bo', 'Ek'),
        ],
      },
      [
        ['Luca Neri', 'comproprietario', LUCA],
        ['Ann Lee', 'comproprietario', null],
        ['Bo Ek', 'comproprietario', null],
      ],
    ],
    ['is nobody of a person who is not named', { signers: [{ person: '/tecnico', role: 'tecnico' }] }, {}, []],
  ]
  for (const [what, changes, answers, wanted, principal = null] of cases)
    it(what, () => expect(expected(changes, answers, principal)).to.deep.equal(wanted))
})

describe('a signature that is expected', () => {
  const signer = (cf: string | null): Signer => ({ name: cf ?? 'straniero', role: 'x', cf })
  const both = [signer(PAOLO), signer(LUCA)]
  const cases: [string, readonly Signer[], Verification | undefined, string[], all: number, any: number][] = [
    ['on no report', both, undefined, ['missing', 'missing'], 2, 2],
    ['of nobody', both, report([]), ['missing', 'missing'], 2, 2],
    ['of one', both, report([LUCA]), ['missing', 'signed'], 1, 0],
    ['side by side', both, report([LUCA, PAOLO]), ['signed', 'signed'], 0, 0],
    ['one around the other', both, report([LUCA], [PAOLO]), ['signed', 'signed'], 0, 0],
    ['of a third person', both, report([ELENA]), ['missing', 'missing'], 2, 2],
    ['that is broken', both, report([`!${LUCA}`]), ['missing', 'missing'], 2, 2],
    ['without a tax code', both, report([null]), ['unrecognised', 'missing'], 1, 0],
    ['of one, and another without a tax code', both, report([PAOLO, null]), ['signed', 'unrecognised'], 0, 0],
    ['of a foreigner without a tax code', [signer(null)], report([]), ['unrecognised'], 0, 0],
    ['of whom no tax code says that it is theirs', [signer(null)], report([null]), ['unrecognised'], 0, 0],
  ]
  for (const [what, expected, verification, states, all, any] of cases) {
    it(what, () => {
      const found = signerStates(expected, verification)
      expect(found).to.deep.equal(states)
      expect(missingSigners(expected, found, 'all'), 'all').to.have.length(all)
      expect(missingSigners(expected, found, 'any'), 'any').to.have.length(any)
    })
  }
})

describe('the signatures of a SCIA', () => {
  before(loadInstalled)
  const documents = { scia: 'h', planimetria: 'i', procura: 'j', notificaSanitaria: 'k' }
  const file = ([name, letter]: [string, string], verification: Verification): StoredDocument =>
    ({ id: letter.repeat(22), name: `${name}.pdf`, verification }) as unknown as StoredDocument
  type Reports = Partial<Record<keyof typeof documents, Verification>>
  const found = (
    reports: Reports,
    { changes = {}, version = procedure(SCIA) }: { changes?: object; version?: ProcedureVersion } = {},
  ) =>
    signatureDefects({
      answers: changed(SCIA, changes as Record<string, unknown>),
      procedure: version,
      files: Object.entries(documents).map((one) => file(one, reports[one[0] as keyof Reports] ?? report([]))),
      filer: elena,
      principal: null,
    }).map(({ message }) => message)
  const signed = { scia: report([ELENA]), procura: report([PAOLO]) }
  const technician = { disegno: 'tecnico', tecnico: { nome: 'Luca', cognome: 'Neri', codiceFiscale: LUCA } }

  it('are enough when the professional signs the notice and the owner the mandate', () =>
    expect(found(signed)).to.deep.equal([]))
  it('may be one of several: the sentence names them', () =>
    expect(found({ ...signed, procura: report([LUCA]) })).to.deep.equal([
      'Su «procura.pdf» serve la firma digitale di Paolo Ferri (titolare o legale rappresentante) o di Elena Bruni (presenta la richiesta).',
    ]))
  it('must be that of the technician, if one made the drawing', () => {
    expect(found(signed, { changes: technician })).to.deep.equal([
      'Su «planimetria.pdf» manca la firma digitale di Luca Neri (tecnico).',
    ])
    expect(found({ ...signed, planimetria: report([LUCA]) }, { changes: technician })).to.deep.equal([])
  })
  it('must be whole, in a form that is taken', () => {
    expect(found({ ...signed, scia: report([`!${ELENA}`]) }).join()).to.include('non è valida')
    expect(found({ ...signed, scia: { ...report([ELENA]), format: 'XAdES' } }).join()).to.include('formato non ammesso')
    expect(found({ ...signed, scia: { ...report([ELENA]), verdict: 'unreadable' } })[0]).to.match(
      /^Non riusciamo a leg/,
    )
  })
  it('must come with the document', () => {
    const alone = (letter: string): Verification => {
      const made = report([letter])
      return { ...made, signatures: [{ ...made.signatures[0]!, subIndication: 'SIGNED_DATA_NOT_FOUND' }] }
    }
    const around = (inner: Verification) => ({
      ...report([ELENA]),
      content: { size: 1, sha256: 'x', nested: inner },
    })
    for (const scia of [alone(ELENA), around(alone(ELENA))])
      expect(found({ ...signed, scia }).join()).to.include('non contiene il documento')
    const { signature } = procedure(SCIA)
    const nobody = signature.documents.map((one) => ({ ...one, quorum: undefined }))
    const version = {
      ...procedure(SCIA),
      signature: { ...signature, documents: nobody },
    } as unknown as ProcedureVersion
    expect(found({ ...signed, scia: alone(ELENA) }, { version }).join()).to.include('non contiene il documento')
    expect(signerStates([{ name: 'x', role: 'x', cf: ELENA }], alone(ELENA))).to.deep.equal(['missing'])
  })
  it('that nobody has to give are not looked at, good or broken', () => {
    const broken = { ...signed, planimetria: report([`!${LUCA}`]) }
    expect(found(broken)).to.deep.equal([])
    expect(found(broken, { changes: technician })[0]).to.include('non è valida')
  })
  it('are asked of a foreigner too, but nobody is told that theirs is missing', () => {
    const anonymous = {
      ...procedure(SCIA),
      signature: {
        ...procedure(SCIA).signature,
        documents: [policy({ field: '/allegati/scia', signers: [{ person: '/tecnico', role: 'tecnico' }] })],
      },
    }
    const changes = { disegno: 'tecnico', tecnico: { nome: 'Ann', cognome: 'Lee' } }
    expect(found({}, { changes, version: anonymous }).join()).to.include('non è firmato digitalmente')
    expect(found({ scia: report([LUCA]) }, { changes, version: anonymous })).to.deep.equal([])
  })
  it('are not looked at by name in a version that does not say how many must sign', () => {
    const { signature } = procedure(SCIA)
    const old = { ...signature, documents: signature.documents.map((one) => ({ ...one, quorum: undefined })) }
    const version = { ...procedure(SCIA), signature: old } as unknown as ProcedureVersion
    expect(found({ scia: report([LUCA]), procura: report([LUCA]) }, { changes: technician, version })).to.deep.equal([])
    expect(found({}, { version })).to.have.length(2)
  })
})
