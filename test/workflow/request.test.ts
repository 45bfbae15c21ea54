import { expect } from 'chai'
import type { OpenFiling } from '../../server/filings/index.ts'
import { requestOf, stepPageOf } from '../../server/workflow/index.ts'

const at = new Date('2026-03-12T09:00:00Z')
const asked = (type: string, data: object) => [
  { type: 'submitted', at, data: {} },
  { type, at, data },
]
const officer = { kind: 'officer', appointments: [] }
const open = (state: string, events: object[], today = '2026-03-20'): OpenFiling =>
  ({ filing: { state }, events, today }) as unknown as OpenFiling

describe('what the office waits for from the filer', () => {
  const integration = asked('integration-requested', {
    reasons: 'Serve la pianta.',
    told: 'Il termine è sospeso.',
    answerDays: 30,
  })

  it('is told with its words, its day and the last day to answer', () => {
    expect(requestOf(open('waiting-integration', integration))).to.deep.equal({
      call: 'Serve una tua risposta',
      heading: 'Che cosa ti ha chiesto l’ufficio il 12/03/2026',
      told: 'Il termine è sospeso.',
      text: 'Serve la pianta.',
      until: 'Rispondi entro sabato 11 aprile 2026.',
    })
  })

  it('can still be given after that day, while the office has not decided', () => {
    const late = requestOf(open('waiting-integration', integration, '2026-04-12'))
    expect(late?.until).to.equal(
      'Il termine per rispondere era sabato 11 aprile 2026: puoi rispondere finché l’ufficio non decide.',
    )
  })

  it('is no request where a refusal was announced: they may answer', () => {
    const notice = asked('refusal-announced', { reasons: 'Manca il verbale.', told: 'Hai 10 giorni.', answerDays: 10 })
    expect(requestOf(open('refusal-announced', notice))).to.include({
      call: 'Puoi presentare le tue osservazioni',
      heading: 'Perché l’ufficio pensa di non accogliere la richiesta (12/03/2026)',
    })
  })

  it('is nothing once they have answered', () => {
    expect(requestOf(open('in-charge', integration))).to.equal(null)
  })
})

describe('the days to answer, on the page of a step', () => {
  const pageWith = (answerDays: object) => {
    const filing = {
      id: 'f',
      state: 'in-charge',
      procedure: { title: 'SCIA' },
      protocol: { number: 1, year: 2026, at },
      profile: 'self',
      principal: null,
    }
    const step = { id: 'chiedi', label: 'Chiedi', event: 'integration-requested', answerDays }
    const shown = { base: '/ufficio/pratiche', error: null, text: '' }
    return stepPageOf({ filing, events: [], actor: officer, today: '2026-03-20' } as never, step as never, shown)
  }

  it('are chosen where the procedure leaves a choice, and told where the law does not', () => {
    expect(pageWith({ default: 10, min: 5, max: 30 })).to.deep.include({
      days: { min: 5, max: 30, value: '10' },
      daysFixed: null,
    })
    expect(pageWith({ default: 10, min: 10, max: 10 })).to.include({ days: null, daysFixed: 10 })
  })
})

describe('the page on which a request is refused', () => {
  const pageWith = ({ events = [] as object[], effect = 'none', due = '2026-03-20' }, event = 'refused') => {
    const procedure = { title: 'SCIA', term: { effect } }
    const protocol = { number: 1, year: 2026, at }
    const filing = { id: 'f', state: 'in-charge', procedure, protocol, principal: null, due }
    const step = { id: 'respingi', label: 'Respingi', event, reasons: 'required' }
    const shown = { base: '/ufficio/pratiche', error: null, text: '' }
    const open = { filing, procedure, events, actor: officer, today: '2026-03-20' }
    return stepPageOf(open as never, step as never, shown)
  }
  const observed = { type: 'observations-received', at, by: { kind: 'citizen' }, data: { reasons: 'La pianta c’è.' } }

  it('says which observations its reasons have to answer (L. 241/1990 art. 10-bis c. 1)', () => {
    expect(pageWith({ events: [observed] }).observations).to.deep.equal({ day: '12/03/2026', text: 'La pianta c’è.' })
    const papersOnly = { ...observed, data: { told: 'Hai presentato le tue osservazioni.' } }
    expect(pageWith({ events: [papersOnly] }).observations).to.deep.equal({ day: '12/03/2026', text: null })
    expect(pageWith({ events: [{ ...observed, type: 'integration-received' }] }).observations).to.equal(null)
  })

  it('says that it has no effect once silence has answered (L. 241/1990 art. 2 c. 8-bis)', () => {
    const late = { due: '2026-03-19' }
    for (const effect of ['silenzio-assenso', 'scia']) {
      expect(pageWith({ effect, ...late }).late).to.match(/passato il 19\/03\/2026.*non ha effetto/)
      expect(pageWith({ effect, ...late }, 'refusal-announced').late).to.include('non ha effetto')
      expect(pageWith({ effect, ...late }, 'accepted').late, 'an acceptance').to.equal(null)
      expect(pageWith({ effect }).late, 'on the last day').to.equal(null)
    }
    for (const effect of ['silenzio-rifiuto', 'none']) expect(pageWith({ effect, ...late }).late).to.equal(null)
  })
})

describe('the page on which a citizen answers', () => {
  const giulia = { kind: 'citizen', cf: 'CNTGLI85C41F205X', name: 'Giulia Conti' }
  const office = { kind: 'officer', name: 'Matteo Longo' }
  const event = (sequence: number, type: string, by: object, reasons = '') => ({
    sequence,
    type,
    at,
    by,
    data: { reasons },
  })
  const events = [
    event(1, 'submitted', giulia),
    event(2, 'integration-requested', office, 'Serve la pianta.'),
    event(3, 'integration-received', giulia, 'Eccola.'),
    event(4, 'integration-requested', office, 'Manca una firma.'),
  ]
  const protocol = { number: 1, year: 2026, at }
  const filing = { id: 'f', state: 'waiting-integration', procedure: { title: 'SCIA' }, protocol, principal: null }
  const opened = { filing, events, actor: { kind: 'citizen', author: giulia }, today: '2026-03-20' }
  const unseenBy = (seen: number, step: object) => {
    const shown = { base: '/pratiche', error: null, text: '', seen }
    const page = stepPageOf(opened as never, { id: 'integra', label: 'Invia', ...step } as never, shown)
    return page.unseen.map(({ title, text }) => [title, text])
  }

  it('tells of a second request of the office whoever saw the first, and not of what is theirs', () => {
    const answer = { event: 'integration-received', documents: 'required' }
    expect(unseenBy(2, answer), 'in its own words below').to.deep.equal([['Richiesta di integrazione', null]])
    expect(unseenBy(4, answer)).to.deep.equal([])
    const withdrawal = { event: 'withdrawn', reasons: 'optional' }
    expect(unseenBy(2, withdrawal)).to.deep.equal([['Richiesta di integrazione', 'Manca una firma.']])
  })
})
