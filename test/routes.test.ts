import { expect } from 'chai'
import { filed } from './filings/all-addressed.ts'
import { changeSession, loggedIn, post, tokenIn } from './filings/citizen.ts'
import { testPlatform } from './support/platform.ts'
import { allRoutes } from './support/routes.ts'
import type { Page, Visitor } from './support/visitor.ts'

/**
 * Who asks, and at which level they logged in; one column of the table each. Elena is the filer: all that the addresses name is
 * hers. `account` has logged in with the municipality's directory.
 */
const PERSONS = {
  nobody: null,
  weak: ['Elena Bruni', 1],
  filer: ['Elena Bruni', 2],
  proxy: ['Marco Rinaldi', 2],
  signer: ['Luca Neri', 2],
  stranger: ['Giulia Conti', 2],
  officer: ['Matteo Longo', 2],
  elsewhere: ['Ilaria Fontana', 2],
  head: ['Roberta Villa', 2],
  protocol: ['Valentina Costa', 2],
  infoPoint: ['Beatrice Lodi', 2],
  auditor: ['Enrico Sala', 2],
  protection: ['Laura Sforza', 2],
  administrator: ['Silvia Donati', 2],
  account: ['Matteo Longo', 2],
} as const
type PersonName = keyof typeof PERSONS
const NAMES = Object.keys(PERSONS) as PersonName[]

/** Open to everybody, logged in or not: public, or it proves itself (SAML, the code of a card). */
const PUBLIC: readonly string[] = [
  'GET /salute',
  'GET /accesso',
  'GET /accesso/spid',
  'GET /accesso/cie',
  'GET /accesso/eidas',
  'POST /spid/acs',
  'POST /cie/acs',
  'GET /esci',
  'POST /esci',
  'GET /spid/slo',
  'POST /spid/slo',
  'GET /cie/slo',
  'POST /cie/slo',
  'GET /spid/metadata',
  'GET /cie/metadata',
  'GET /accesso/personale',
  'GET /accesso/personale/entra',
  'GET /accesso/personale/ritorno',
  'GET /accesso/cns',
  'GET /accesso/cns/ritorno',
  'GET /',
  'GET /servizi',
  'GET /servizi/:procedure',
  'GET /servizi/:procedure/condizioni',
  'GET /argomenti',
  'GET /segnala-disservizio',
  'GET /contatti',
  'GET /domande-frequenti',
  'GET /note-legali',
  'GET /privacy',
  'GET /verifica/verifica.html',
  'GET /verifica/verifica.mjs',
  'GET /verifica/sigillo.pem',
  'GET /verifica',
  'GET /verifica/:code',
  'POST /verifica/:code',
  'POST /verifica/:code/documento',
  'POST /valutazione',
  'GET /valutazione/:key',
]

/**
 * Every other route × every person, in the order of `PERSONS`: `l` is asked to log in, `.` does not exist, `n` is not allowed, `x` is
 * answered (also that something is missing or the state is wrong), `-` is not asked. What ends something stands last.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'GET /ufficio/protocollo': 'l.......xx.....',
  'GET /ufficio/protocollo/registri-giornalieri': 'l........x.....',
  // No day is over yet.
  'GET /ufficio/protocollo/registri-giornalieri/:date.xml': 'l..............',
  'GET /ufficio/protocollo/:id': 'l.......xx.....',
  'GET /ufficio/protocollo/:id/segnatura.xml': 'l.......xx.....',
  'GET /ufficio/protocollo/:id/annulla': 'l........x.....',
  'GET /ufficio/deleghe': 'l.......xx.....',
  'GET /ufficio/deleghe/:id': 'l..............',
  'GET /ufficio/deleghe/:id/documenti/:document': 'l..............',
  'GET /ufficio/rettifiche': 'l...........x..',
  'GET /ufficio/rettifiche/:id': 'l...........x..',
  'GET /ufficio/liste-fiducia': 'l............x.',
  'GET /ufficio/registro-accessi': 'l..........xx..',
  'GET /ufficio/registro-accessi/:request': 'l..............',
  'GET /ufficio/registro-accessi/:request/messaggi/:number': 'l..............',
  'GET /ufficio/valutazioni': 'l............x.',
  'GET /ufficio/operazioni-non-riuscite': 'll...........x.',
  'GET /ufficio/operazioni-non-riuscite/riprova': 'll...........x.',
  'GET /ufficio/operazioni-non-riuscite/:task/riprova': 'll...........x.',
  'GET /ufficio/incarichi': 'll.........xxx.',
  'GET /ufficio/incarichi/cerca': 'll.........xxx.',
  'GET /ufficio/incarichi/nuovo': 'll...........x.',
  'GET /ufficio/incarichi/:officer': 'll.............',
  'GET /ufficio/incarichi/:officer/termina/:appointment': 'll.............',
  'GET /ufficio/conflitti': 'll....xxxxxxxxx',
  'GET /ufficio/conflitti/ritira/:id': 'll....xxxxxxxxx',
  'GET /ufficio/firme': 'll......x......',
  'GET /ufficio/firme/:id/documento': 'll......x......',
  'GET /ufficio/firme/:id/restituisci': 'll......x......',
  'GET /ufficio/pratiche/:id/astensione': 'l.....x.x.n...x',
  'GET /ufficio/pratiche/:id/assegna': 'l.....n.x.n...n',
  'GET /ufficio': 'll....xxxxxxxxx',
  'POST /ufficio': 'll....xxxxxxxxx',
  'GET /ufficio/cerca': 'll....xxxxxxxxx',
  'GET /ufficio/pratiche/:id/documenti/:document/firma': 'll....x.x.n...x',
  'GET /ufficio/pratiche/:id/documenti/:document/firma/rapporto.json': 'll........n....',
  'GET /ufficio/pratiche/:id/documenti/:document/firma/rapporto.xml': 'll........n....',
  'GET /ufficio/pratiche/:id': 'll....x.x.x...x',
  'GET /ufficio/pratiche/:id/documenti/:document': 'll....x.x.n...x',
  'GET /ufficio/pratiche/:id/documenti/:document/copia': 'll....x.x.n...x',
  'GET /ufficio/pratiche/:id/fascicolo.zip': 'll....x.x.n...x',
  'GET /ufficio/pratiche/:id/passo/:step': 'll....x.x.n...x',
  'GET /area-personale/deleghe/impresa': 'llxxxxxxxxxxxxl',
  'GET /area-personale/deleghe': 'llxxxxxxxxxxxxl',
  'GET /area-personale/deleghe/nuova': 'llxxxxxxxxxxxxl',
  'GET /area-personale/deleghe/procura': 'llxxxxxxxxxxxxl',
  'GET /area-personale/deleghe/:id': 'llxx..........l',
  'GET /area-personale/deleghe/:id/documenti/:document': 'll............l',
  'GET /area-personale/accessi': 'lxxxxxxxxxxxxxl',
  'GET /area-personale/consultazioni': 'lxxxxxxxxxxxxxl',
  'GET /area-personale/i-miei-dati': 'llxxxxxxxxxxxxl',
  'GET /area-personale/i-miei-dati/dati.zip': 'llxxxxxxxxxxxxl',
  'GET /area-personale/i-miei-dati/rettifica': 'llxxxxxxxxxxxxl',
  'GET /area-personale/i-miei-dati/rettifiche/:id': 'llx...........l',
  'GET /area-personale/messaggi': 'lxxxxxxxxxxxxxl',
  'GET /area-personale/messaggi/:id': 'lxx...........l',
  'GET /pratiche/:id/fascicolo.zip': 'lxxx..........l',
  'GET /area-personale': 'lxxxxxxxxxxxxxl',
  'GET /area-personale/pratiche': 'lxxxxxxxxxxxxxl',
  'GET /pratiche/:id': 'lxxx..........l',
  'GET /pratiche/:id/documenti/:document/copia': 'lxxx..........l',
  'GET /pratiche/:id/inviata': 'll............l',
  'GET /pratiche/:id/documenti/:document': 'lxxx..........l',
  'GET /pratiche/:id/documenti/:document/firma': 'lxxx..........l',
  'GET /pratiche/:id/documenti/:document/firma/rapporto.json': 'l.............l',
  'GET /pratiche/:id/documenti/:document/firma/rapporto.xml': 'l.............l',
  'GET /pratiche/:id/passo/:step': 'lxxx..........l',
  'GET /area-personale/firme': 'lxxxxxxxxxxxxxl',
  'GET /area-personale/firme/:id': 'l...x.........l',
  'GET /area-personale/firme/:id/documento': 'l...x.........l',
  'GET /area-personale/firme/:id/rifiuta': 'l...x.........l',
  'GET /servizi/:procedure/avvia': 'lxxxxxxxxxxxxxl',
  'GET /pratiche/:id/modulo/:step': 'llx...........l',
  'GET /pratiche/:id/modulo/:step/:list/:item': 'll............l',
  'GET /pratiche/:id/modulo/:step/:list/:item/elimina': 'll............l',
  'GET /pratiche/:id/elimina': 'llx...........l',
  'GET /pratiche/:id/riepilogo': 'llx...........l',
  'GET /pratiche/:id/invia': 'llx...........l',
  'GET /pratiche/:id/firme': 'llx...........l',
  'GET /pratiche/:id/firme/:invitation/ritira': 'llx...........l',
  'POST /ufficio/cerca': 'll....xxxxxxxxx',
  'POST /ufficio/protocollo': 'l.......xx.....',
  'POST /ufficio/protocollo/:id/annulla': 'l........x.....',
  'POST /ufficio/deleghe/:id': 'l..............',
  'POST /ufficio/rettifiche/:id': 'l...........x..',
  'POST /ufficio/registro-accessi': 'l..........xx..',
  'POST /ufficio/operazioni-non-riuscite/riprova': 'll...........x.',
  'POST /ufficio/operazioni-non-riuscite/:task/riprova': 'll...........x.',
  'POST /ufficio/incarichi/cerca': 'll.........xxx.',
  'POST /ufficio/incarichi/nuovo': 'll...........x.',
  'POST /ufficio/incarichi/:officer/termina/:appointment': 'll.............',
  'POST /ufficio/conflitti': 'll....xxxxxxxxx',
  'POST /ufficio/conflitti/ritira/:id': 'll.............',
  'POST /ufficio/firme': 'll......x......',
  'POST /ufficio/firme/:id/restituisci': 'll......x......',
  'POST /ufficio/pratiche/:id/astensione': 'l.....x.x.n...x',
  'POST /ufficio/pratiche/:id/assegna': 'l.....n.x.n...n',
  'POST /ufficio/pratiche/:id/documenti/:document/firma': 'll....x.x.n...x',
  'POST /area-personale/deleghe/impresa': 'llxxxxxxxxxxxxl',
  'POST /area-personale/deleghe/impresa/lascia': 'llxxxxxxxxxxxxl',
  'POST /area-personale/deleghe/nuova': 'llxxxxxxxxxxxxl',
  'POST /area-personale/deleghe/procura': 'llxxxxxxxxxxxxl',
  'POST /area-personale/i-miei-dati/rettifica': 'llxxxxxxxxxxxxl',
  'POST /pratiche/:id/documenti/:document/firma': 'l.............l',
  'POST /pratiche/:id/passo/:step': 'lxxx..........l',
  'POST /area-personale/firme/:id': 'l...x.........l',
  'POST /servizi/:procedure/avvia': 'lxxxxxxxxxxxxxl',
  'POST /pratiche/:id/modulo/:step': 'llx...........l',
  'POST /pratiche/:id/modulo/:step/:list/:item': 'll............l',
  'POST /pratiche/:id/modulo/:step/:list/:item/elimina': 'll............l',
  'POST /pratiche/:id/invia': 'llx...........l',
  'POST /ufficio/pratiche/:id/passo/:step': 'll....x.x.n...x',
  'POST /pratiche/:id/firme': 'llx...........l',
  'POST /area-personale/firme/:id/rifiuta': 'l...x.........l',
  'POST /pratiche/:id/firme/:invitation/ritira': 'llx...........l',
  'POST /pratiche/:id/elimina': 'llx...........l',
  'POST /area-personale/deleghe/:id/revoca': 'llxx..........l',
  'POST /area-personale/accessi/chiudi': 'lxxxxxxxxxxxxxl',
  'POST /area-personale/accessi/chiudi-altri': 'l-xxxxxxxxxxxxl',
}

/** What an address names, where more than one thing could be meant. */
const IDS: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
  [/^\/pratiche\/:id\/(modulo|riepilogo|elimina|invia|firme)/, { id: 'draft', step: 'documents' }],
  [/^\/pratiche/, { id: 'filing', step: 'answer' }],
  [/^\/ufficio\/(pratiche|firme)/, { id: 'filing', step: 'charge' }],
  [/firme/, { id: 'invitation' }],
  [/protocollo/, { id: 'entry' }],
  [/deleghe/, { id: 'mandate' }],
  [/rettifiche/, { id: 'correction' }],
  [/messaggi/, { id: 'message' }],
]

describe('every route', function () {
  this.timeout(120_000)
  const site = testPlatform()
  const visitors = {} as Record<PersonName, Visitor>
  const tokens = {} as Record<PersonName, string>
  const unknownTo = new Map<string, string>()
  let ids: Readonly<Record<string, string>>

  before(async () => {
    for (const name of NAMES) {
      const person = PERSONS[name]
      visitors[name] = site.platform.visitor()
      if (person) await loggedIn(site.platform, person[0], '/esci', { level: person[1], visitor: visitors[name] })
      tokens[name] = tokenIn(await visitors[name].get('/esci'))
    }
    await changeSession(site.platform, visitors.account, { 'session.login.scheme': 'oidc' })
    ids = await filed(site.platform, visitors.filer)
  })

  it('is in the table', async () => {
    expect(await allRoutes(site.platform)).to.have.members([...PUBLIC, ...Object.keys(ALLOWED)])
  })

  // Before the others: they end what is asked for here.
  for (const [route, allowed] of Object.entries(ALLOWED).filter(([name]) => name.startsWith('POST'))) {
    it(`${route} does nothing without the token of the session`, async () => {
      const [name, address] = [NAMES.find((_, place) => allowed[place] === 'x') ?? 'filer', addressOf(route)]
      for (const [to, fields] of [
        [address, {}],
        [address, { _csrf: name === 'stranger' ? tokens.filer : tokens.stranger }],
        [`${address}?_csrf=${encodeURIComponent(tokens[name])}`, {}],
      ] as const) {
        expect((await post(visitors[name], to, fields)).status, to).to.equal(403)
        const body = new FormData()
        for (const [field, value] of [...Object.entries(fields), ['altro', 'x']] as const) body.set(field, value)
        const upload = await visitors[name].request(to, { method: 'POST', body })
        expect(upload.status, `${to}, with files`).to.equal(403)
      }
    })
  }

  for (const [route, allowed] of Object.entries(ALLOWED)) {
    it(`${route} answers whom it should`, async () => {
      const asked = NAMES.map((name, place) => ({ name, letter: allowed[place] ?? '' }))
        .filter(({ letter }) => letter !== '-')
        // Who may comes last: what they do may end what others ask for.
        .sort((a, b) => Number(a.letter === 'x') - Number(b.letter === 'x'))
      const found: Partial<Record<PersonName, string>> = {}
      for (const { name } of asked) {
        const [visitor, address] = [visitors[name], addressOf(route)]
        const ask = (path: string) =>
          route.startsWith('GET') ? visitor.get(path) : post(visitor, path, { _csrf: tokens[name] })
        const page = await ask(address)
        found[name] = letterOf(page)
        const unknown = address.replace(ID, UNKNOWN)
        if (found[name] !== '.' || unknown === address) continue
        // Asked once for each person and part of the site: what does not exist is told in the same words wherever it would be.
        const place = `${name} ${unknown.split('/').slice(1, 3).join('/')}`
        const words = unknownTo.get(place) ?? wordsOf(await ask(unknown))
        unknownTo.set(place, words)
        expect(wordsOf(page), `${name} learns that it exists`).to.equal(words)
      }
      expect(NAMES.map((name) => found[name] ?? '-').join('')).to.equal(allowed)
    })
  }

  function addressOf(route: string): string {
    const path = route.slice(route.indexOf('/'))
    const own = IDS.find(([wanted]) => wanted.test(path))?.[1] ?? {}
    return path.replace(/:(\w+)/g, (_, name: string) => ids[own[name] ?? name] ?? name)
  }
})

/** As our ids are made, and one that nothing has. */
const [ID, UNKNOWN] = [/[\w-]{22}/g, 'Z'.repeat(22)]

/** What the page says, whatever names this very request. Read off its source: there are a thousand pages to compare. */
const wordsOf = ({ body }: Page): string => (/<main[^]*<\/main>/.exec(body)?.[0] ?? body).replace(ID, UNKNOWN)

function letterOf({ url, status }: Page): string {
  if (new URL(url).pathname === '/accesso') return 'l'
  return status >= 500 ? '!' : ({ 404: '.', 403: 'n' }[status] ?? 'x')
}
