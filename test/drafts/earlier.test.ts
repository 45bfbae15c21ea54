import { expect } from 'chai'
import { isSource, sourcesFor } from '../../server/drafts/earlier.ts'
import type { Acting } from '../../server/filings/index.ts'
import type { MandateId } from '../../server/mandates/index.ts'

const NOW = new Date('2026-03-02T09:00:00Z')
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000)

const bottega = { kind: 'company', name: 'Bottega Ferri S.r.l.', cf: '99000200016' } as const
const child = { kind: 'person', givenName: 'Luca', familyName: 'Conti', cf: 'CNTLCU15H14G478X' } as const
const mandate: Acting['ground'] = {
  mandate: 'a-mandate' as MandateId,
  principalKey: bottega.cf,
  origin: 'online',
  to: '2026-12-31',
  kind: 'mandate',
}
const register = (hours: number) => ({ kind: 'register', role: 'Amministratore unico', at: hoursAgo(hours) }) as const
const declared = (because: 'own-word' | 'paper' | 'register-silent' | 'not-registered') =>
  ({ kind: 'declared', because }) as const

const OWN = { profile: 'self', company: null }
const OF_THE_COMPANY = { profile: 'legal-representative', company: bottega.cf }

const OFFERED: readonly (readonly [string, Acting, object | null])[] = [
  ['oneself', { profile: 'self', principal: null, ground: null }, OWN],
  [
    'a company whose register confirmed it today',
    { profile: 'legal-representative', principal: bottega, ground: register(1) },
    OF_THE_COMPANY,
  ],
  [
    'a company whose register confirmed it days ago',
    { profile: 'legal-representative', principal: bottega, ground: register(25) },
    null,
  ],
  [
    'a company whose register was silent',
    { profile: 'legal-representative', principal: bottega, ground: declared('register-silent') },
    null,
  ],
  [
    'a body that no register holds',
    { profile: 'legal-representative', principal: bottega, ground: declared('not-registered') },
    null,
  ],
  [
    'a company without a code',
    { profile: 'legal-representative', principal: { ...bottega, cf: null }, ground: register(1) },
    null,
  ],
  ['a client company, under a mandate', { profile: 'professional', principal: bottega, ground: mandate }, null],
  ['a client company, with a paper', { profile: 'professional', principal: bottega, ground: declared('paper') }, null],
  ['a client company, whatever the ground', { profile: 'professional', principal: bottega, ground: register(1) }, null],
  ['a person, under a mandate', { profile: 'proxy', principal: child, ground: mandate }, null],
  ['a child', { profile: 'parent', principal: child, ground: declared('own-word') }, null],
  ['a ward', { profile: 'guardian', principal: child, ground: declared('own-word') }, null],
]

describe('what earlier requests may offer to a request', () => {
  for (const [whom, acting, which] of OFFERED) {
    it(`for ${whom}: ${which ? 'what was sent in that name' : 'nothing'}`, () => {
      expect(sourcesFor(acting, NOW)).to.deep.equal(which)
    })
  }

  const usual = {
    sent: { state: 'accepted', channel: 'web', owner: 'CNTGLI85H54G478Q' },
    procedure: { login: { level: 2 }, privacy: {}, reserved: false },
  }
  type Change = Readonly<{ sent?: object; procedure?: object; level?: 1 | 2 | 3; key?: string }>
  const readable = ({ sent, procedure, level = 2, key = 'CNTGLI85H54G478Q' }: Change): boolean => {
    const source = { sent: { ...usual.sent, ...sent }, procedure: { ...usual.procedure, ...procedure } }
    const login = { person: { key }, level }
    return isSource(source as Parameters<typeof isSource>[0], login as Parameters<typeof isSource>[1])
  }
  const CASES: readonly (readonly [string, Change, boolean])[] = [
    ['was sent and answered', {}, true],
    ['was sent and refused', { sent: { state: 'refused' } }, true],
    ['was taken back', { sent: { state: 'withdrawn' } }, false],
    ['somebody typed at the counter', { sent: { channel: 'counter' } }, false],
    ['somebody else sent', { key: 'RNLMRC81C02D653D' }, false],
    ['treats health data (GDPR art. 9)', { procedure: { privacy: { special: 'Dati sulla salute' } } }, false],
    ['is reserved in the register', { procedure: { reserved: true } }, false],
    ['needs a stronger login', { procedure: { login: { level: 3 } } }, false],
    ['needs a login as strong as theirs', { procedure: { login: { level: 3 } }, level: 3 }, true],
  ]
  for (const [what, change, expected] of CASES) {
    it(`${expected ? 'may' : 'may not'} come from a request that ${what}`, () => {
      expect(readable(change)).to.equal(expected)
    })
  }
})
