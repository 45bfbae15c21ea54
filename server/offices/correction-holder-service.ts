import { mayInHouse, type Municipality } from '../municipalities/index.ts'
import type { Appointments } from './appointment-service.ts'
import { holds } from './appointment.ts'
import type { Family } from './family-service.ts'
import { closedTo } from './officer.ts'

type Deps = Readonly<{ appointments: Pick<Appointments, 'all'>; family: Pick<Family, 'codesOf'>; now: () => Date }>

/** An officer who answers requests that data be corrected; `closed` are the account keys for whom they may not. */
type CorrectionHolder = Readonly<{ name: string; closed: readonly string[] }>

/** Who answers requests that data be corrected today: for the pages of those who ask, not for the desk. */
export const createCorrectionHolders =
  ({ appointments, family, now }: Deps) =>
  async (municipality: Municipality): Promise<CorrectionHolder[]> => {
    const at = now()
    const held = (await appointments.all(municipality)).filter(
      (one) => holds(one, at) && mayInHouse([one], 'answer-corrections'),
    )
    // Whoever was given the role twice is one person.
    const names = new Map(held.map(({ cf, givenName, familyName }) => [cf, `${givenName} ${familyName}`]))
    const holders = [...names].map(async ([cf, name]) => {
      const near = await family.codesOf(municipality.id, cf)
      return { name, closed: closedTo({ owner: cf, family: near }) }
    })
    return Promise.all(holders)
  }
