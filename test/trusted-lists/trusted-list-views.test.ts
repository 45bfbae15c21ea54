import { expect } from 'chai'
import type { ListState } from '../../server/trusted-lists/trusted-list-refresh.ts'
import { trustedListsPage } from '../../server/trusted-lists/trusted-list-views.ts'

const now = new Date('2026-12-01T10:00:00Z')
const state = (changes: Partial<ListState>): ListState => ({
  territory: 'IT',
  sequence: 7,
  issued: new Date('2026-11-01T00:00:00Z'),
  nextUpdate: new Date('2027-04-01T00:00:00Z'),
  tried: now,
  problem: null,
  ...changes,
})
const page = (...states: ListState[]) => trustedListsPage(states, { configured: true, now })

describe('the state of the trusted lists, in words', () => {
  it('is good when each is in force', () => {
    const { alert, rows } = page(state({}))
    expect(alert?.type).to.equal('success')
    expect(rows[0]).to.deep.include({
      name: 'Italia',
      sequence: '7',
      state: { tone: 'success', text: 'In vigore' },
      note: '',
    })
  })

  it('puts first what needs somebody: never received, overdue, not renewed', () => {
    const missing = state({ territory: 'EL', sequence: null, issued: null, nextUpdate: null, problem: 'badly-signed' })
    const overdue = state({ territory: 'FR', nextUpdate: new Date('2026-11-20T00:00:00Z') })
    const old = state({ territory: 'DE', problem: 'unreachable' })
    const { alert, rows } = page(state({}), old, overdue, missing)
    expect(alert).to.deep.include({ type: 'warning', title: '3 liste da guardare' })
    expect(rows.slice(0, 2).map(({ state: { text } }) => text)).to.have.members(['Mai ricevuta', 'Scaduta'])
    expect(rows.map(({ name, note }) => `${name}: ${note}`)).to.have.members([
      'Italia: ',
      'Germania: Il sito che la pubblica non ha risposto. Resta in uso l’ultima copia valida.',
      'Francia: Doveva essere sostituita entro il 20/11/2026: ciò che dice sulla qualifica delle firme non è certo.',
      'Grecia: La firma del file pubblicato non è valida, o non è di chi può firmarlo.',
    ])
    expect(rows.at(-1)?.name).to.equal('Italia')
  })
})
