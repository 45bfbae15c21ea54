import { expect } from 'chai'
import type { ServiceNotice } from '../../server/municipalities/index.ts'
import { serviceState } from '../../server/procedures/service-state.ts'
import {
  assertActive,
  assertSendable,
  draftNotice,
  draftState,
  serviceNotice,
  shortState,
} from '../../server/procedures/service-state-words.ts'

const TODAY = '2026-11-25'
const reason = 'Aggiorniamo il programma.'

type Card = Parameters<typeof serviceState>[0]['card']
const service = (card: Partial<Card> = {}) => ({
  id: 'ztl',
  office: 'mobilita',
  card: { status: 'active', ...card } as Card,
})
const notice = (status: ServiceNotice['status'], days: Partial<ServiceNotice> = {}): ServiceNotice => ({
  procedure: 'ztl',
  status,
  reason,
  ...days,
})
const stateWith = (...services: ServiceNotice[]) => serviceState(service(), { services }, TODAY)
const suspended = (days: Partial<ServiceNotice> = {}) => stateWith(notice('suspended', days))
const scheduled = stateWith(notice('scheduled', { from: '2026-12-01' }))
const ended = (days: Partial<ServiceNotice> = {}) => stateWith(notice('ended', days))

describe('the state of a service', () => {
  const TABLE: readonly [what: string, notices: ServiceNotice[], status: string, next?: string][] = [
    ['nothing is said of it', [], 'active'],
    ['something is said of another', [notice('suspended', { procedure: 'tari' })], 'active'],
    ['its office does nothing', [{ office: 'mobilita', status: 'suspended', reason }], 'suspended'],
    ['another office does nothing', [{ office: 'suap', status: 'suspended', reason }], 'active'],
    ['suspended without days', [notice('suspended')], 'suspended'],
    ['suspended since today', [notice('suspended', { from: TODAY })], 'suspended'],
    ['suspended from tomorrow', [notice('suspended', { from: '2026-11-26' })], 'active', 'suspended'],
    ['suspended until today', [notice('suspended', { to: TODAY })], 'suspended'],
    ['suspended until yesterday', [notice('suspended', { from: '2026-11-01', to: '2026-11-24' })], 'active'],
    ['opening tomorrow', [notice('scheduled', { from: '2026-11-26' })], 'scheduled'],
    ['opened today', [notice('scheduled', { from: TODAY })], 'active'],
    ['ended without days', [notice('ended')], 'ended'],
    ['ended since today', [notice('ended', { from: TODAY })], 'ended'],
    ['ending tomorrow', [notice('ended', { from: '2026-11-26' })], 'active', 'ended'],
    ['suspended and over', [notice('suspended'), notice('ended')], 'ended'],
    ['suspended before it opens', [notice('suspended'), notice('scheduled', { from: '2026-12-01' })], 'scheduled'],
    [
      'open between two days',
      [notice('scheduled', { from: '2026-11-01' }), notice('ended', { from: '2026-12-01' })],
      'active',
      'ended',
    ],
    [
      'about to be suspended, and to end later',
      [notice('ended', { from: '2027-01-01' }), notice('suspended', { from: '2026-12-01', to: '2026-12-05' })],
      'active',
      'suspended',
    ],
  ]
  for (const [what, notices, status, next] of TABLE)
    it(`${what}: ${status}${next ? `, then ${next}` : ''}`, () => {
      const state = stateWith(...notices)
      expect(state.status).to.equal(status)
      expect(state.status === 'active' ? state.next?.status : undefined).to.equal(next)
    })

  it('of several suspensions the one that ends last counts', () => {
    const [short, long, open] = [
      notice('suspended', { to: TODAY }),
      notice('suspended', { to: '2026-12-31' }),
      notice('suspended'),
    ]
    for (const both of [
      [short, long],
      [long, short],
    ])
      expect(stateWith(...both)).to.equal(long)
    for (const all of [
      [short, open, long],
      [long, open],
    ])
      expect(stateWith(...all)).to.equal(open)
  })

  it('is not active where its published card says so, whatever the municipality', () => {
    const card = { status: 'not-active', reason: 'Il modulo cambia.' } as const
    expect(serviceState(service(card), {}, TODAY)).to.deep.equal({ status: 'suspended', reason: 'Il modulo cambia.' })
    const services = [notice('ended')]
    expect(serviceState(service(card), { services }, TODAY)).to.equal(services[0])
  })
})

describe('the words of it', () => {
  const days = { from: '2026-11-20', to: '2026-12-04' }
  const TABLE: readonly [state: ReturnType<typeof stateWith>, short: string | null, title: string | undefined][] = [
    [stateWith(), null, undefined],
    [suspended(), 'Sospeso', 'Il servizio è sospeso'],
    [
      suspended(days),
      'Sospeso fino a venerdì 4 dicembre 2026',
      'Il servizio è sospeso da venerdì 20 novembre 2026 fino a venerdì 4 dicembre 2026',
    ],
    [scheduled, 'Apre martedì 1 dicembre 2026', 'Il servizio apre martedì 1 dicembre 2026'],
    [ended(), 'Non più attivo', 'Il servizio non è più attivo'],
    [ended({ from: '2026-11-01' }), 'Non più attivo', 'Il servizio non è più attivo da domenica 1 novembre 2026'],
    [
      suspended({ from: '2026-12-01', to: '2026-12-04' }),
      null,
      'Il servizio sarà sospeso da martedì 1 dicembre 2026 fino a venerdì 4 dicembre 2026',
    ],
    [ended({ from: '2026-12-01' }), null, 'Il servizio non sarà più attivo da martedì 1 dicembre 2026'],
  ]
  for (const [state, short, title] of TABLE)
    it(title ?? 'nothing of an active service', () => {
      expect(shortState(state)).to.equal(short)
      expect(serviceNotice(state)?.title).to.equal(title)
      if (title) expect(serviceNotice(state)?.texts[0]).to.equal(reason)
    })

  it('say until when one can still ask', () => {
    const soon = suspended({ from: '2026-12-01' })
    expect(serviceNotice(soon)).to.deep.include({ type: 'info' })
    expect(serviceNotice(soon)?.texts[1]).to.equal('Puoi inviare la richiesta fino a lunedì 30 novembre 2026.')
    expect(draftNotice(soon)).to.deep.equal(serviceNotice(soon))
  })

  const DRAFTS: readonly [state: ReturnType<typeof stateWith>, text: string, row: string][] = [
    [suspended(days), 'e inviarla da sabato 5 dicembre 2026.', ': per ora la richiesta non si può inviare.'],
    [suspended(), 'e inviarla quando il servizio sarà di nuovo attivo.', ': per ora la richiesta non si può inviare.'],
    [scheduled, 'e inviarla da martedì 1 dicembre 2026.', ': per ora la richiesta non si può inviare.'],
    [ended(), 'Puoi ancora leggere la bozza, o eliminarla.', ': la richiesta non si può più inviare.'],
  ]
  for (const [state, text, row] of DRAFTS)
    it(`tell whoever has a draft: ${text}`, () => {
      expect(draftNotice(state)?.type).to.equal('warning')
      expect(draftNotice(state)?.texts[0]).to.equal(reason)
      expect(draftNotice(state)?.texts[1]).to.match(new RegExp(`${text.replaceAll('.', '\\.')}$`))
      expect(draftState(state)).to.match(new RegExp(`${row.replaceAll('.', '\\.')}$`))
    })

  it('refuse what only an active service takes, with the reason and the way back', () => {
    const refusal = (work: () => void) => {
      try {
        work()
      } catch (error) {
        return error
      }
      return null
    }
    expect(refusal(() => assertActive(stateWith(), '/'))).to.equal(null)
    expect(refusal(() => assertSendable(stateWith(), '/'))).to.equal(null)
    const bare = stateWith(notice('suspended', { reason: 'Ufficio chiuso' }))
    expect(refusal(() => assertActive(bare, '/servizi/ztl'))).to.deep.include({
      status: 409,
      explanation: 'Il servizio è sospeso. Ufficio chiuso.',
      details: { back: '/servizi/ztl' },
    })
    expect(refusal(() => assertActive(ended(), '/'))).to.have.property('status', 410)
    expect(refusal(() => assertSendable(scheduled, '/')))
      .to.have.property('explanation')
      .that.matches(/^La richiesta non è stata inviata\. Il servizio apre/)
      .and.includes(reason)
      .and.includes('La bozza resta salvata')
    expect(refusal(() => assertSendable(suspended(), '/'))).to.have.property('status', 409)
  })
})
