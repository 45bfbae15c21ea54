import { expect } from 'chai'
import { ROLES, type Appointment, type Role } from '../../server/municipalities/index.ts'
import {
  assertMayEnd,
  assertMayGive,
  endingErrors,
  givingErrors,
  mayGive,
  type GivingForm,
} from '../../server/offices/appointing.ts'
import { currentAppointments, isOpen, type Ended, type HeldAppointment } from '../../server/offices/appointment.ts'
import { readDemonstration } from '../../setup/demonstration.ts'

const { municipality } = readDemonstration(process.cwd())
const NOW = new Date('2026-03-10T09:00:00Z')
const [SILVIA, MARCO] = ['DNTSLV78D70G478C', 'RNLMRC81C02D653D']

const held = (role: Role, change: Partial<HeldAppointment> = {}): HeldAppointment => ({
  kind: 'given',
  id: 'a1',
  book: 'vallechiara',
  sequence: 1,
  cf: MARCO,
  at: NOW,
  reason: 'Decreto 1',
  by: { kind: 'system', name: 'Configurazione' },
  givenName: 'Marco',
  familyName: 'Rinaldi',
  role,
  office: ROLES[role].of === 'office' ? 'anagrafe' : null,
  from: '2026-03-01',
  to: null,
  ended: null,
  ...change,
})

const ended = (lastDay: string | null): Ended =>
  ({ ...held('specialist'), kind: 'ended', appointment: 'a1', lastDay }) as unknown as Ended

const appointment = (role: Role): Appointment => ({ role, office: ROLES[role].of === 'office' ? 'anagrafe' : null })

const codeOf = (act: () => void): string => {
  try {
    act()
    return 'may'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('who gives which role', () => {
  const roles = Object.keys(ROLES) as Role[]
  const gives: Partial<Record<Role, readonly Role[]>> = {
    administrator: roles.filter((role) => role !== 'union-administrator'),
    'union-administrator': roles,
  }

  for (const giver of roles) {
    it(`${giver}: ${gives[giver]?.length ?? 0} roles`, () => {
      expect(roles.filter((role) => mayGive([appointment(giver)], role))).to.deep.equal(gives[giver] ?? [])
    })
  }

  it('nobody gives one above their own, whatever the form says', () => {
    const by = (...held: Role[]) => ({ cf: SILVIA, appointments: held.map(appointment) })
    const give = (...held: Role[]) => codeOf(() => assertMayGive(by(...held), 'union-administrator', MARCO))
    expect(give('administrator')).to.equal('NOT_ALLOWED')
    expect(give('administrator', 'union-administrator')).to.equal('may')
  })

  it('nobody gives one to themselves', () => {
    const by = { cf: SILVIA, appointments: [appointment('union-administrator')] }
    for (const role of roles) expect(codeOf(() => assertMayGive(by, role, SILVIA))).to.equal('NOT_ALLOWED')
    for (const role of roles) expect(codeOf(() => assertMayGive(by, role, MARCO))).to.equal('may')
  })
})

describe('the form by which a role is given', () => {
  const form = (change: Partial<GivingForm> = {}): GivingForm => ({
    cf: MARCO,
    nome: 'Marco',
    cognome: 'Rinaldi',
    ruolo: 'specialist',
    ufficio: 'anagrafe',
    dal: '2026-03-10',
    al: '',
    motivo: 'Decreto 12/2026',
    ...change,
  })
  const cases: [what: string, change: Partial<GivingForm>, has: HeldAppointment[], fields: string[]][] = [
    ['complete', {}, [], []],
    ['with a last day', { al: '2026-03-10' }, [], []],
    ['of a role without office', { ruolo: 'info-point', ufficio: '' }, [], []],
    [
      'empty',
      { cf: '', nome: '', cognome: '', ruolo: '', dal: '', motivo: '' },
      [],
      ['cf', 'nome', 'cognome', 'ruolo', 'dal', 'motivo'],
    ],
    ['with a wrong tax code', { cf: 'RNLMRC81C02D653A' }, [], ['cf']],
    ['with an unknown role', { ruolo: 'constructor' }, [], ['ruolo']],
    ['without its office', { ufficio: '' }, [], ['ufficio']],
    ['with an office of another municipality', { ufficio: 'altrove' }, [], ['ufficio']],
    ['from a day gone by', { dal: '2026-03-09' }, [], ['dal']],
    ['with a day that is none', { dal: '2026-02-30' }, [], ['dal']],
    ['ending before it begins', { al: '2026-03-09' }, [], ['al']],
    ['ending on a day that is none', { al: '2026-03-32' }, [], ['al']],
    ['given already', {}, [held('specialist')], ['ruolo']],
    ['given already, of a role without office', { ruolo: 'info-point', ufficio: '' }, [held('info-point')], ['ruolo']],
    ['given already and over', {}, [held('specialist', { ended: ended(null) })], []],
    ['given already in another office', { ufficio: 'suap' }, [held('specialist')], []],
    ['of a watcher to one who works', { ruolo: 'auditor' }, [held('specialist')], ['ruolo']],
    ['of a working role to one who watches', {}, [held('data-protection-officer')], ['ruolo']],
    ['of a second watching role', { ruolo: 'auditor' }, [held('data-protection-officer')], []],
  ]

  for (const [what, change, has, fields] of cases) {
    it(`${what}: ${fields.join(', ') || 'nothing wrong'}`, () => {
      const errors = givingErrors(form(change), { municipality, held: has, now: NOW })
      expect(Object.keys(errors)).to.deep.equal(fields)
    })
  }
})

describe('the form by which a role is taken back', () => {
  const cases: [what: string, ultimo: string, motivo: string, fields: string[]][] = [
    ['at once', '', 'Decreto 9/2026', []],
    ['from tomorrow', '2026-03-10', 'Decreto 9/2026', []],
    ['from a day gone by', '2026-03-09', 'Decreto 9/2026', ['ultimo']],
    ['on a day that is none', '2026-02-30', 'Decreto 9/2026', ['ultimo']],
    ['without a reason', '', '', ['motivo']],
  ]
  for (const [what, ultimo, motivo, fields] of cases)
    it(`${what}: ${fields.join(', ') || 'nothing wrong'}`, () =>
      expect(Object.keys(endingErrors({ ultimo, motivo }, NOW))).to.deep.equal(fields))
})

describe('taking a role back', () => {
  const mine = (role: Role) => ({ cf: SILVIA, appointments: [appointment(role)] })
  const other = (role: Role, change: Partial<HeldAppointment> = {}) => held(role, { id: 'a2', cf: SILVIA, ...change })
  const cases: [what: string, by: Role, ending: HeldAppointment, others: HeldAppointment[], expected: string][] = [
    ['by an administrator', 'administrator', held('specialist'), [], 'may'],
    ['by a head of office', 'head-of-office', held('specialist'), [], 'NOT_ALLOWED'],
    ['of the union, by an administrator', 'administrator', held('union-administrator'), [], 'NOT_ALLOWED'],
    ['that is over', 'administrator', held('specialist', { ended: ended(null) }), [], 'CONFLICT'],
    ['of one administrator of two', 'administrator', held('administrator'), [other('administrator')], 'may'],
    ['of the last administrator', 'administrator', held('administrator'), [], 'CONFLICT'],
    ['… with the union’s left', 'union-administrator', held('administrator'), [other('union-administrator')], 'may'],
    [
      '… with one left for some days',
      'administrator',
      held('administrator'),
      [other('administrator', { to: '2026-04-01' })],
      'CONFLICT',
    ],
    [
      '… with one who comes later',
      'administrator',
      held('administrator'),
      [other('administrator', { from: '2026-04-01' })],
      'CONFLICT',
    ],
    [
      '… with one whose end is fixed',
      'administrator',
      held('administrator'),
      [other('administrator', { ended: ended('2026-04-01') })],
      'CONFLICT',
    ],
    [
      'of the union’s last administrator',
      'union-administrator',
      held('union-administrator'),
      [other('administrator')],
      'CONFLICT',
    ],
  ]

  for (const [what, by, ending, others, expected] of cases) {
    it(`${what}: ${expected}`, () => {
      expect(codeOf(() => assertMayEnd(mine(by), ending, { all: [ending, ...others], now: NOW }))).to.equal(expected)
    })
  }
})

describe('when a role holds', () => {
  // Midnight in Rome is 23:00 UTC of the day before.
  const cases: [what: string, change: Partial<HeldAppointment>, at: string, holds: boolean, open: boolean][] = [
    ['on its first day', { from: '2026-03-10' }, '2026-03-09T23:00:00Z', true, true],
    ['a moment before', { from: '2026-03-10' }, '2026-03-09T22:59:59Z', false, true],
    ['on its last day', { to: '2026-03-10' }, '2026-03-10T22:59:59Z', true, true],
    ['a moment after', { to: '2026-03-10' }, '2026-03-10T23:00:00Z', false, false],
    ['taken back at once', { ended: ended(null) }, '2026-03-10T09:00:00Z', false, false],
    ['taken back from tomorrow', { ended: ended('2026-03-10') }, '2026-03-10T09:00:00Z', true, false],
    ['taken back yesterday', { ended: ended('2026-03-09') }, '2026-03-10T09:00:00Z', false, false],
  ]

  for (const [what, change, at, holds, open] of cases) {
    it(`${what}: ${holds ? 'holds' : 'does not'}`, () => {
      const one = held('specialist', change)
      expect(currentAppointments([one], new Date(at))).to.have.length(holds ? 1 : 0)
      expect(isOpen(one, new Date(at)), 'open').to.equal(open)
    })
  }
})
