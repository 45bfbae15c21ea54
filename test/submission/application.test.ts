import { expect } from 'chai'
import type { StoredDocument } from '../../server/documents/index.ts'
import type { Draft } from '../../server/filings/index.ts'
import { applicationDocument } from '../../server/submission/application.ts'
import { changed, loadInstalled, procedure } from '../procedures/installed.ts'

const SCIA = 'scia-esercizio-di-vicinato-apertura'
const person = (givenName: string, familyName: string, cf: string) =>
  ({ kind: 'person', givenName, familyName, cf }) as const
const elena = person('Elena', 'Bruni', 'BRNLNE76A70A475D')
const paolo = person('Paolo', 'Ferri', 'FRRPLA70M19L117N')
const AT = new Date('2026-03-02T09:15:00Z')

describe('the application as a document', () => {
  before(loadInstalled)

  const bytesOf = (change: object = {}) =>
    applicationDocument({
      draft: {
        id: 'f1',
        procedure: { id: SCIA, version: 1, title: 'SCIA' },
        answers: changed(SCIA, {}),
        profile: 'self',
        principal: null,
        ground: null,
        privacyReadAt: new Date('2026-03-02T08:00:00Z'),
        ...change,
      } as unknown as Draft,
      procedure: procedure(SCIA),
      files: [
        { id: 'i'.repeat(22), name: 'pianta.pdf', mediaType: 'application/pdf', size: 7, sha256: 'ab' },
      ] as unknown as StoredDocument[],
      filer: elena,
      evidence: { scheme: 'spid', level: 2, identityProvider: 'prova', loginAt: AT, assertionId: '_a1' },
      at: AT,
    })
  const read = (change?: object) => JSON.parse(bytesOf(change).toString('utf8')) as Record<string, unknown>

  it('keeps by what login it was filed, by whom, when, and that the privacy notice was read', () => {
    expect(read()).to.deep.include({
      pratica: 'f1',
      presentataIl: '2026-03-02T09:15:00.000Z',
      presentataDa: elena,
      perContoDi: null,
      inQualitaDi: null,
      identificazione: {
        scheme: 'spid',
        level: 2,
        identityProvider: 'prova',
        assertionId: '_a1',
        loginAt: '2026-03-02T09:15:00.000Z',
      },
      informativaPrivacyLettaIl: '2026-03-02T08:00:00.000Z',
    })
  })

  it('keeps each declaration in the words that were read, with its law (DPR 445/2000 art. 46, 47, 76)', () => {
    const declared = procedure(SCIA).declarations.map(({ law, text }) => ({ norma: law, testo: text }))
    expect(declared).to.not.be.empty
    expect(read()['dichiarazioni']).to.deep.equal(declared)
  })

  it('keeps the answers as data and as the person read them, and the fingerprint of each file', () => {
    const { dati, riepilogo, allegati } = read()
    expect(dati).to.deep.equal(changed(SCIA, {}))
    const rows = (riepilogo as { titolo: string; righe: object[] }[]).flatMap(({ righe }) => righe)
    expect(rows.length).to.be.greaterThan(10)
    for (const row of rows) expect(row).to.have.all.keys('voce', 'valore')
    expect(allegati).to.deep.equal([
      { id: 'i'.repeat(22), nome: 'pianta.pdf', tipo: 'application/pdf', byte: 7, sha256: 'ab' },
    ])
  })

  it('says for whom, as what and on what ground it was filed', () => {
    const ground = { kind: 'register', role: 'Amministratore unico', at: AT }
    expect(read({ profile: 'legal-representative', principal: paolo, ground })).to.deep.include({
      presentataDa: elena,
      perContoDi: paolo,
      inQualitaDi: 'legale rappresentante',
      titolo: 'Amministratore unico, secondo il Registro imprese',
    })
  })

  it('is the same to the byte for the same facts: its fingerprint is that of the register', () => {
    expect(bytesOf().equals(bytesOf())).to.equal(true)
  })
})
