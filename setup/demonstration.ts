import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from 'mongoose'
import type { Municipality } from '../server/municipalities/index.ts'
import type { Officer } from '../server/offices/index.ts'
import type { RegisteredCompany } from '../test/support/business-register.ts'
import type { TestPerson } from '../test/support/identity-provider/index.ts'

type DemoPerson = TestPerson & Readonly<{ profile: string }>
/** An officer as the file of a municipality names them: roles from now on, without an end. */
export type OfficerSource = Pick<Officer, 'cf' | 'givenName' | 'familyName' | 'email'> & {
  appointments: Pick<Officer['appointments'][number], 'role' | 'office'>[]
}

export type Demonstration = Readonly<{
  municipality: Municipality
  officers: readonly Officer[]
  /** Who the test identity provider lets one be. */
  persons: readonly DemoPerson[]
  /** What the test business register knows. */
  companies: readonly RegisteredCompany[]
}>

/** The demonstration municipality as `setup/demo` describes it. */
export function readDemonstration(root: string): Demonstration {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, 'setup', 'demo', `${name}.json`), 'utf8'))
  const municipality = read('municipality') as Municipality
  const officers = officersOf(municipality, read('officers') as OfficerSource[])
  const companies = read('companies') as RegisteredCompany[]
  return { municipality, officers, persons: read('persons') as DemoPerson[], companies }
}

export function officersOf({ id }: Municipality, sources: readonly OfficerSource[]): Officer[] {
  const term = { from: new Date('2020-01-01T00:00:00+01:00'), to: null, reason: 'Dati iniziali' }
  return sources.map((source) => ({
    ...source,
    municipality: id,
    appointments: source.appointments.map((appointment) => ({ ...appointment, ...term })),
  }))
}

/** Saves municipality and officers into a database that has no municipality yet; leaves any other as it is. */
export async function loadDemonstration(
  connection: Connection,
  { municipality, officers }: Demonstration,
): Promise<void> {
  const { createMunicipalities } = await import('../server/municipalities/index.ts')
  const { createOfficers } = await import('../server/offices/index.ts')
  const municipalities = createMunicipalities({ connection, now: () => new Date() })
  if ((await municipalities.all()).length > 0) return
  const store = createOfficers(connection)
  await Promise.all(officers.map((officer) => store.save(officer)))
  // Last: a start that is cut off here begins anew at the next one.
  await municipalities.save(municipality)
}
