import { expect } from 'chai'
import { formFactsOf } from '../../server/filings/index.ts'
import { forPerson, prefill, uploadFields, validateForm, type Answers, type Form } from '../../server/forms/index.ts'
import type { Person } from '../../server/identity/index.ts'
import { documentId } from './answers.ts'
import { changed, IDS, loadInstalled, procedure, sample } from './installed.ts'

describe('the form of', () => {
  before(loadInstalled)

  type Case = [string, string, Record<string, unknown>, string[]]
  const residence = 'dichiarazione-cambio-indirizzo'
  const permit = 'contrassegno-disabili-rilascio'
  const ground = 'occupazione-suolo-pubblico-temporanea'
  const access = 'accesso-documentale'
  const scia = 'scia-esercizio-di-vicinato-apertura'
  const report = 'segnalazione-disservizio'
  const cases: Case[] = [
    [
      residence,
      'asks the owner of a house for its place in the cadastre',
      { titolo: { tipo: 'proprieta' } },
      ['titolo.immobile.catasto', 'titolo.immobile.foglio', 'titolo.immobile.particella'],
    ],
    [
      residence,
      'asks a tenant for contract and landlord',
      { titolo: { tipo: 'locazione' } },
      [
        'titolo.registrazione.ufficio',
        'titolo.registrazione.data',
        'titolo.registrazione.numero',
        'titolo.proprietario.nominativo',
      ],
    ],
    [
      residence,
      'asks a guest for the consent of the owner',
      { titolo: { tipo: 'altro' } },
      ['titolo.descrizione', 'titolo.consenso', 'titolo.proprietario.nominativo'],
    ],
    [residence, 'does not take a day to come', { 'trasferimento.data': '2026-11-26' }, ['trasferimento.data']],
    [
      residence,
      'wants the children when one declares for them',
      { qualita: 'genitore', componenti: undefined },
      ['componenti'],
    ],
    [
      residence,
      'names each person once',
      { 'componenti.0.codiceFiscale': 'CNTGLI85H54G478Q' },
      ['componenti.0.codiceFiscale'],
    ],
    [
      residence,
      'takes as citizenship that of a State',
      { 'dichiarante.cittadinanza': 'x', 'componenti.0.cittadinanza': 'italiana' },
      ['dichiarante.cittadinanza', 'componenti.0.cittadinanza'],
    ],
    [residence, 'takes who has no citizenship', { 'dichiarante.cittadinanza': 'XX' }, []],
    [
      permit,
      'asks no stamp duty for a permanent permit',
      {
        contrassegno: { condizione: 'cecita', documento: 'verbale', dataDocumento: '2026-10-01', durata: 'permanente' },
        bollo: undefined,
      },
      [],
    ],
    [
      permit,
      'asks stamp duty for a temporary one',
      { bollo: undefined },
      ['bollo.identificativo', 'bollo.dataEmissione'],
    ],
    [permit, 'refuses a stamp of 13 digits', { 'bollo.identificativo': '0123456789012' }, ['bollo.identificativo']],
    [
      permit,
      'asks nothing of another person for oneself',
      {
        qualita: 'proprio',
        provaDelega: undefined,
        persona: undefined,
        'allegati.delega': undefined,
        'allegati.documentoDelegante': undefined,
      },
      [],
    ],
    [
      permit,
      'sends the parent of an adult away',
      {
        qualita: 'genitore',
        provaDelega: undefined,
        'allegati.delega': undefined,
        'allegati.documentoDelegante': undefined,
      },
      ['persona.nascita.data'],
    ],
    [
      permit,
      'asks a guardian for the appointment',
      {
        qualita: 'tutore',
        provaDelega: undefined,
        'allegati.delega': undefined,
        'allegati.documentoDelegante': undefined,
      },
      ['allegati.nomina'],
    ],
    [ground, 'asks why no stamp duty is due', { esenteBollo: true, bollo: undefined }, ['motivoBollo']],
    [ground, 'compares the area with its sides', { 'area.superficie': 76 }, ['area.superficie']],
    [
      ground,
      'wants the end after the beginning',
      { 'periodo.al': '2027-01-03', 'periodo.dal': '2027-01-04' },
      ['periodo.al'],
    ],
    [ground, 'is for less than a year', { 'periodo.dal': '2027-01-01', 'periodo.al': '2027-12-31' }, ['periodo.al']],
    [
      ground,
      'checks the account for the refund',
      { 'deposito.conto.iban': 'IT60X0542811101000000123457' },
      ['deposito.conto.iban'],
    ],
    [
      ground,
      'wants programme and insurance of an event',
      { 'allegati.programma': undefined, 'allegati.polizza': undefined },
      ['allegati.programma', 'allegati.polizza'],
    ],
    [access, 'asks what is wanted', { documenti: undefined }, ['documenti']],
    [access, 'asks a reason in words', { 'interesse.motivazione': 'Mi serve' }, ['interesse.motivazione']],
    [
      access,
      'asks an address to send to',
      { 'modalita.indirizzo': undefined },
      [
        'modalita.indirizzo.via',
        'modalita.indirizzo.civico',
        'modalita.indirizzo.cap',
        'modalita.indirizzo.comune',
        'modalita.indirizzo.provincia',
      ],
    ],
    [
      access,
      'asks a proxy for the mandate',
      {
        qualita: 'delegato',
        provaDelega: 'allegata',
        interessato: { nome: 'Luca', cognome: 'Neri', codiceFiscale: 'NRELCU73E27D612Y' },
      },
      ['allegati.delega'],
    ],
    [
      access,
      'asks for no paper of a mandate that the municipality holds',
      {
        qualita: 'delegato',
        provaDelega: 'registrata',
        interessato: { nome: 'Luca', cognome: 'Neri', codiceFiscale: 'NRELCU73E27D612Y' },
      },
      [],
    ],
    [
      scia,
      'asks whoever has a company’s procura for no order, yet for the owner',
      { qualita: 'delegato', professionista: undefined, 'titolare.carica': undefined },
      ['titolare.carica'],
    ],
    [scia, 'nor here', { provaDelega: 'registrata', 'allegati.procura': undefined }, []],
    [
      scia,
      'is for shops up to 150 square metres',
      { 'locale.superficieVendita': 151, 'locale.superficieTotale': 200 },
      ['locale.superficieVendita'],
    ],
    [
      scia,
      'of 250 in a municipality of more than 10,000 residents',
      { 'locale.abitanti': 'oltre-10000', 'locale.superficieVendita': 250, 'locale.superficieTotale': 300 },
      [],
    ],
    [
      scia,
      'and of no more',
      { 'locale.abitanti': 'oltre-10000', 'locale.superficieVendita': 251, 'locale.superficieTotale': 300 },
      ['locale.superficieVendita'],
    ],
    [scia, 'wants the signed notice itself', { 'allegati.scia': undefined }, ['allegati.scia']],
    [
      scia,
      'asks the representative for no mandate',
      {
        qualita: 'rappresentante',
        provaDelega: undefined,
        professionista: undefined,
        titolare: undefined,
        'allegati.procura': undefined,
      },
      [],
    ],
    [
      scia,
      'asks professional requirements only for food',
      {
        'attivita.settori': ['non-alimentare'],
        professionali: undefined,
        esperienze: undefined,
        'allegati.notificaSanitaria': undefined,
      },
      [],
    ],
    [scia, 'wants two years of experience', { 'esperienze.0.al': '2024-09-01' }, ['esperienze']],
    [scia, 'wants the whole fee', { 'diritti.importo': 4999 }, ['diritti.importo']],
    [report, 'keeps to 200 characters', { 'disservizio.dettagli': 'a'.repeat(201) }, ['disservizio.dettagli']],
    [report, 'asks which danger there is', { 'disservizio.pericolo': true }, ['disservizio.qualePericolo']],
    [report, 'takes five pictures at most', { immagini: ['a', 'b', 'c', 'd', 'e', 'f'].map(documentId) }, ['immagini']],
  ]
  for (const [id, name, changes, wrong] of cases) {
    it(`${id} ${name}`, () =>
      expect(validateForm(procedure(id).form, changed(id, changes)).map(({ name }) => name)).to.have.members(wrong))
  }

  it('SCIA and mandate must be signed, PAdES or CAdES', () => {
    const { signature, form } = procedure(scia)
    const needed = signature.documents.filter(({ required }) => required).map(({ field }) => field)
    expect(needed).to.deep.equal(['/allegati/scia', '/allegati/procura'])
    expect(signed(form, sample(scia))).to.deep.equal(needed)
  })
})

describe('the form of a shop', () => {
  before(loadInstalled)

  for (const [residents, abitanti] of [
    [10_000, 'fino-a-10000'],
    [10_001, 'oltre-10000'],
    [undefined, undefined],
  ] as const)
    it(`has of ${residents ?? 'how many'} residents its largest area${residents ? '' : ', and asks where nobody said it'}`, () => {
      const { form } = procedure('scia-esercizio-di-vicinato-apertura')
      const acting = { profile: 'legal-representative', principal: null, ground: null } as const
      const facts = formFactsOf({} as Person, acting, residents === undefined ? {} : { residents })
      const { locale } = prefill(form, facts) as { locale?: { abitanti: string } }
      expect(locale?.abitanti).to.equal(abitanti)
      expect(forPerson(form, facts).locked.has('/locale/abitanti')).to.equal(residents !== undefined)
    })
})

const signed = (form: Form, answers: Answers): string[] =>
  uploadFields(form, answers)
    .filter(({ signature }) => signature === 'required')
    .map(({ pointer }) => pointer)
    .sort((a, b) => (a.endsWith('scia') ? -1 : b.endsWith('scia') ? 1 : 0))

describe('addresses in the forms', () => {
  /** Of whom the request is for, not of the person who types: the browser must not offer theirs. */
  const OF_OTHERS = ['/ente/pec', '/impresa/pec']
  let forms: Form[]

  before(async () => {
    forms = [...(await loadInstalled()).values()].map(({ form }) => form)
  })

  it('of e-mail say that they are the person’s own (WCAG 1.3.5), and only then', () => {
    const addresses = forms.flatMap(({ id, fields }) =>
      [...fields.values()]
        .filter(({ format }) => format === 'email' || format === 'pec')
        .map(({ pointer, ui }) => ({ id, pointer, token: ui.autocomplete })),
    )
    expect(addresses.length).to.be.at.least(IDS.length)
    for (const { id, pointer, token } of addresses)
      expect(token, `${id} ${pointer}`).to.equal(OF_OTHERS.includes(pointer) ? undefined : 'email')
  })

  it('of a place too: where a copy is sent, where the person moved to; and what they are in a body', () => {
    const tokens = forms.flatMap(({ fields }) =>
      [...fields.values()].flatMap(({ pointer, ui }) => {
        const isPlace = /\/(indirizzo|residenza|sede)\/|\/carica$/.test(pointer)
        return isPlace && ui.autocomplete ? [`${pointer} ${ui.autocomplete}`] : []
      }),
    )
    expect([...new Set(tokens)]).to.have.members([
      '/abitazione/indirizzo/via address-line1',
      '/ente/carica organization-title',
      '/modalita/indirizzo/via address-line1',
      '/modalita/indirizzo/cap postal-code',
      '/modalita/indirizzo/comune address-level2',
      '/modalita/indirizzo/provincia address-level1',
    ])
  })
})
