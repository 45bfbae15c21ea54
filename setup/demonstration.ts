import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from 'mongoose'
import type { Municipality } from '../server/municipalities/index.ts'
import type { OfficerSource } from '../server/offices/index.ts'
import { newId } from '../server/shared/ids.ts'
import type { RegisteredCompany } from '../test/support/business-register.ts'
import type { TestPerson } from '../test/support/identity-provider/index.ts'

type DemoPerson = TestPerson & Readonly<{ profile: string }>

export type Demonstration = Readonly<{
  municipality: Municipality
  officers: readonly OfficerSource[]
  /** Who the test identity provider lets one be. */
  persons: readonly DemoPerson[]
  /** What the test business register knows. */
  companies: readonly RegisteredCompany[]
}>

/** The demonstration municipality as `setup/demo` describes it. */
export function readDemonstration(root: string): Demonstration {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, 'setup', 'demo', `${name}.json`), 'utf8'))
  const municipality = read('municipality') as Municipality
  return {
    municipality,
    officers: read('officers') as OfficerSource[],
    persons: read('persons') as DemoPerson[],
    companies: read('companies') as RegisteredCompany[],
  }
}

/** Saves municipality and officers into a database that has no municipality yet; leaves any other as it is. */
export async function loadDemonstration(
  connection: Connection,
  { municipality, officers }: Demonstration,
): Promise<void> {
  const { createMunicipalities } = await import('../server/municipalities/index.ts')
  const { createAppointments } = await import('../server/offices/index.ts')
  const municipalities = createMunicipalities({ connection, now: () => new Date() })
  if ((await municipalities.all()).length > 0) return
  await createAppointments({ connection, now: () => new Date(), newId }).enrol(municipality, officers)
  // Last: a start that is cut off here begins anew at the next one.
  await municipalities.save(municipality)
}
