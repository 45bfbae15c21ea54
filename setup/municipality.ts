import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from 'mongoose'
import { connectDatabase, createIndexes } from '../server/database.ts'
import { createMunicipalities, type Municipality } from '../server/municipalities/index.ts'
import { createAppointments, type OfficerSource } from '../server/offices/index.ts'
import { isDatabaseAway } from '../server/shared/database-failure.ts'
import { isDuplicateKey } from '../server/shared/duplicate-key.ts'
import { newId } from '../server/shared/ids.ts'
import { municipalityIn, officersIn } from './municipality-file.ts'
import { SetupProblem } from './problem.ts'
import { say } from './say.ts'

/** `npm run municipality -- municipality.json [officers.json]`: saves a municipality and who works there; again after each change. Who has or had a role keeps what the administrators decided. */
export async function main([municipalityFile, officersFile]: readonly string[]): Promise<number> {
  if (municipalityFile === undefined)
    throw new SetupProblem('Indica il file: npm run municipality -- municipality.json [officers.json]')
  const municipality = municipalityIn(municipalityFile, read(municipalityFile))
  const unknown = unknownServices(municipality)
  if (unknown.length > 0)
    throw new SetupProblem(`«services» nomina servizi che nessun ufficio del comune offre: ${unknown.join(', ')}.`)
  const officers = officersFile === undefined ? [] : officersIn(officersFile, read(officersFile), municipality)
  const uri = process.env['MONGODB_URI']
  if (!uri) throw new SetupProblem('MONGODB_URI manca: indica il database in cui salvare il comune.')
  const connection = await connectDatabase(uri)
  try {
    const enrolled = await saveMunicipality(connection, municipality, officers).catch((error: unknown) => {
      throw forPeople(error, municipality)
    })
    say(`${municipality.name}: ${municipality.offices.length} uffici salvati, ${enrolled} operatori nuovi.`)
    const { services = [] } = municipality
    for (const { procedure, office, status, from, to } of services)
      say(`  ${[procedure ?? office, status, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ')}`)
  } finally {
    await connection.close()
  }
  return 0
}

/** Returns how many of the officers are new. */
export async function saveMunicipality(
  connection: Connection,
  municipality: Municipality,
  officers: readonly OfficerSource[],
): Promise<number> {
  const now = (): Date => new Date()
  const municipalities = createMunicipalities({ connection, now })
  const appointments = createAppointments({ connection, now, newId })
  await createIndexes(connection)
  await municipalities.save(municipality)
  return appointments.enrol(municipality, officers)
}

/** What no file shows by itself, and what is no fault of it. */
function forPeople(error: unknown, { hosts }: Municipality): unknown {
  if (isDuplicateKey(error))
    return new SetupProblem(
      `Uno di questi host è già di un altro comune, e non ho cambiato niente: ${hosts.join(', ')}.`,
    )
  if (isDatabaseAway(error))
    return new SetupProblem(
      `Il database ha smesso di rispondere (${error.message}). Esegui di nuovo lo stesso comando.`,
    )
  return error
}

/** A name that is mistyped would leave open what should be closed, and nobody would be told. */
const unknownServices = ({ services = [], offices }: Municipality): string[] =>
  services
    .flatMap(({ procedure }) => procedure ?? [])
    .filter((procedure) => !offices.some(({ id }) => existsSync(join('forms', id, procedure))))

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SetupProblem(`Non riesco a leggere «${file}»: ${(error as Error).message}`)
  }
}
