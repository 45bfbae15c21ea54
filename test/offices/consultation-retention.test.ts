import { expect } from 'chai'
import { createConsultationLog, type Consultation } from '../../server/history/index.ts'
import type { Municipality } from '../../server/municipalities/index.ts'
import { createConsultationService } from '../../server/offices/consultation-service.ts'
import { testDatabase } from '../support/database.ts'

const GIULIA = 'CNTGLI85H54G478Q'
const look = (municipality: string, day: string): Consultation => ({
  municipality,
  at: new Date(`${day}T10:00:00Z`),
  what: 'filing',
  page: '/ufficio/pratiche/f1',
  by: { kind: 'officer', name: 'Matteo Longo', cf: 'LNGMTT96H06D653K', role: 'specialist', office: 'suap' },
  owners: [GIULIA],
  named: [],
  filing: 'f1',
  about: day,
  reason: null,
})

describe('looks at personal data', () => {
  const database = testDatabase()

  it('are erased once they are older than their municipality keeps them, and no sooner', async () => {
    const log = createConsultationLog(database.connection)
    const now = () => new Date('2026-11-26T03:00:00Z')
    const service = createConsultationService({ log, filings: {} as never, now })
    for (const [municipality, day] of [
      ['vallechiara', '2024-11-25'],
      ['vallechiara', '2024-11-26'],
      ['montalto', '2024-11-25'],
      ['montalto', '2026-05-25'],
      ['montalto', '2026-05-26'],
    ] as const)
      await log.append(look(municipality, day))
    const kept = async (municipality: string) =>
      (await log.ofPerson(municipality, [GIULIA], { page: 1, size: 10 })).consultations.map(({ about }) => about)

    expect(await service.eraseDue({ id: 'vallechiara' } as Municipality), 'by default after 24 months').to.equal(1)
    expect(await kept('vallechiara')).to.deep.equal(['2024-11-26'])
    expect(await kept('montalto'), 'not those of another municipality').to.have.length(3)
    expect(await service.eraseDue({ id: 'montalto', consultationMonths: 6 } as Municipality)).to.equal(2)
    expect(await kept('montalto')).to.deep.equal(['2026-05-26'])
  })
})
