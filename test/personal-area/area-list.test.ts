import { expect } from 'chai'
import type { Filing } from '../../server/filings/filing.ts'
import { areaFilings, rowsFor, wantedIn, type ListQuery } from '../../server/personal-area/area-list-views.ts'
import { areaHome, FIRST } from '../../server/personal-area/area-views.ts'

const at = new Date('2026-03-02T09:00:00Z')
const READER = 'GLLNMR42T48I921B'

const filing = (change: object): Filing =>
  ({
    id: 'f',
    owner: READER,
    state: 'in-charge',
    procedure: { title: 'SCIA' },
    updatedAt: at,
    due: '2026-04-01',
    expiresAt: at,
    protocol: { number: 1, year: 2026, at },
    profile: 'self',
    principal: null,
    ground: null,
    ...change,
  }) as unknown as Filing

const sent = (count: number): Filing[] =>
  Array.from({ length: count }, (_, index) =>
    filing({ id: `f${index + 1}`, protocol: { number: index + 1, year: 2026, at } }),
  )

const counted = (filings: readonly Filing[]) => {
  const counts = new Map<Filing['state'], number>()
  for (const { state } of filings) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}
type Rows = Readonly<{ states?: readonly Filing['state'][]; page: number; size: number }>
const rowsOf = (filings: readonly Filing[], { states, page, size }: Rows): Filing[] =>
  filings.filter(({ state }) => states?.includes(state) ?? true).slice((page - 1) * size, page * size)

const CLOSED = new Map([
  ['scia', { status: 'suspended', reason: '' } as const],
  ['vecchio', { status: 'ended', reason: '' } as const],
])

const BESIDES = {
  reader: READER,
  today: '2026-04-01',
  about: new Map(),
  annulled: new Set<string>(),
  answerBy: new Map([['asked', '2026-03-12']]),
  closed: CLOSED,
  mandateEnded: () => false,
}

/** As the database finds them. */
function list(filings: readonly Filing[], query: Partial<ListQuery> = {}) {
  const wanted = wantedIn({ filter: '', number: '', page: 1, ...query })
  const { number, protocol } = wanted
  const found =
    number === '' ? filings : filings.filter((one) => one.state !== 'draft' && one.protocol.number === protocol?.number)
  const rows = rowsOf(found, rowsFor(wanted, counted(found)))
  return areaFilings(wanted, { all: counted(filings), found: counted(found), rows, unread: 0, ...BESIDES })
}
const shown = (page: ReturnType<typeof list>) => page.rows.map(({ href }) => href.replace('/pratiche/', ''))

describe('«Le mie pratiche»', () => {
  it('has pages of twenty, which keep the order and say which one it is', () => {
    const filings = sent(61)
    expect(shown(list(filings))).to.deep.equal(filings.slice(0, 20).map(({ id }) => id))
    const last = list(filings, { page: 4 })
    expect(shown(last)).to.deep.equal(['f61'])
    expect(last.pagination).to.include({
      text: 'Pagina 4 di 4',
      next: null,
      previous: '/area-personale/pratiche?stato=tutte&pagina=3',
    })
    expect(shown(list(filings, { page: 99 })), 'an old address').to.deep.equal(['f61'])
    expect(list(sent(20)).pagination).to.equal(null)
  })

  it('says of drafts that are not there any more how long one is kept', () => {
    for (const filings of [[], sent(1)])
      expect(list(filings, { filter: 'bozze' }).empty.text).to.include(
        'si cancella da sola, con i suoi file, 90 giorni',
      )
  })

  it('says of a draft that its service takes no requests, and of nothing that was sent', () => {
    const filings = ['draft', 'submitted'].flatMap((state) =>
      ['scia', 'accesso'].map((id) => filing({ state, procedure: { id, title: id } })),
    )
    const told = 'Il servizio è sospeso: per ora la richiesta non si può inviare.'
    expect(list(filings).rows.map(({ closed }) => closed)).to.deep.equal([told, null, null, null])
  })

  it('says when a draft is erased, and of taking it up again only where it can be sent some day', () => {
    const filings = ['scia', 'vecchio'].map((id) => filing({ state: 'draft', procedure: { id, title: id } }))
    const [suspended, ended] = list(filings).rows.map(({ note }) => note)
    expect(suspended).to.match(/^Si cancella da sola il [\d/]+ se non la riprendi\.$/)
    expect(ended).to.match(/^Si cancella da sola il [\d/]+\.$/)
  })

  it('says of each until when who must answer, and of what is over nothing', () => {
    const filings = [
      filing({}),
      filing({ due: '2026-03-31' }),
      filing({ id: 'asked', state: 'waiting-integration' }),
      filing({ id: 'old', state: 'refusal-announced' }),
      filing({ state: 'accepted' }),
    ]
    const [ours, over] = ['Risposta del Comune entro il 01/04/2026', 'Il termine è passato il 31/03/2026']
    const told = [ours, over, 'Termine per la tua risposta: 12/03/2026', null, null]
    expect(list(filings).rows.map(({ due }) => due)).to.deep.equal(told)
  })

  it('counts every state that there is over all pages, and leads to the first of its own', () => {
    const states = ['accepted', 'withdrawn', 'closed', 'refused', 'submitted', 'waiting-integration', 'draft']
    const { filters } = list([...sent(45), ...states.map((state) => filing({ state }))], { page: 2 })
    expect(filters.map(({ text, count }) => [text, count])).to.deep.equal([
      ['Tutte', 52],
      ['In bozza', 1],
      ['Da integrare', 1],
      ['Inviate', 1],
      ['In elaborazione', 45],
      ['Accettate', 1],
      ['Rifiutate', 1],
      ['Altre concluse', 2],
    ])
    expect(filters[5]?.href).to.equal('/area-personale/pratiche?stato=accettate')
    const few = list([...sent(3), filing({ state: 'refusal-announced' })], { filter: 'accettate' }).filters
    expect(few.map(({ text }) => text)).to.deep.equal(['Tutte', 'Da integrare', 'In elaborazione', 'Accettate'])
  })

  for (const [typed, protocol] of [
    ['12', { number: 12 }],
    ['0000012/2026', { number: 12, year: 2026 }],
    ['n.\u00a00000012/2026', { number: 12, year: 2026 }],
    ['Protocollo n. 12', { number: 12 }],
    [' 12 / 2026 ', { number: 12, year: 2026 }],
    ['/', null],
    ['.*', null],
    [' ', undefined],
  ] as const)
    it(`looks for ${JSON.stringify(protocol)} by «${typed}»`, () => {
      expect(wantedIn({ filter: '', number: typed, page: 1 }).protocol).to.deep.equal(protocol)
    })

  it('keeps the number on the way to another state and page', () => {
    const page = list(sent(3), { number: '2', filter: 'in-elaborazione' })
    expect(page.search).to.deep.include({ number: '2', filter: 'in-elaborazione', all: '/area-personale/pratiche' })
    expect(page.filters[0]).to.include({ href: '/area-personale/pratiche?stato=tutte&numero=2', count: 1 })
  })

  it('says who filed what the reader did not file', () => {
    const filer = { kind: 'person', givenName: 'Giulia', familyName: 'Conti' }
    const { rows } = list([filing({ filer }), filing({ filer, owner: 'CNTGLI85H54G478Q' })])
    expect(rows.map((row) => row.filer)).to.deep.equal([null, 'Giulia Conti'])
  })

  it('says why there is nothing', () => {
    expect(list([]).empty.title).to.equal('Non hai ancora pratiche')
    expect(list(sent(1), { number: '7' }).empty.title).to.equal('Nessuna pratica con questo numero')
    expect(list(sent(1), { filter: 'concluse' }).empty.title).to.equal('Nessuna pratica in questo elenco')
    expect(shown(list(sent(1), { filter: '__proto__' })), 'an unknown state').to.deep.equal(['f1'])
  })
})

describe('the first page of the personal area', () => {
  it('shows the first of each kind, counts all, and leads to the others', () => {
    const many = (state: string) => Array.from({ length: 12 }, () => filing({ state }))
    const home = (filings: readonly Filing[]) => {
      const [waiting = [], drafts = [], recent = []] = [FIRST.waiting, FIRST.drafts, FIRST.recent].map((which) =>
        rowsOf(filings, which),
      )
      const who = { givenName: 'Elena', unread: 0, toSign: 0 }
      return areaHome(counted(filings), { ...who, ...BESIDES, waiting, drafts, recent })
    }
    const page = home([...many('waiting-integration'), ...many('draft'), ...many('in-charge')])
    expect([page.waiting, page.drafts, page.recent].map((rows) => rows.length)).to.deep.equal([10, 5, 5])
    expect(page).to.include({ waitingCount: 12, moreWaiting: true, draftCount: 12, moreDrafts: true })
    expect(home(many('draft').slice(0, 5))).to.include({ moreWaiting: false, draftCount: 5, moreDrafts: false })
  })
})
