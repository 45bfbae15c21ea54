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
import { changeLines, noticeLine, runOf } from './service-changes.ts'

const HISTORY = '--storico'

/**
 * `npm run municipality -- municipality.json [officers.json]`: saves a municipality and who works there; again after each change. Who has
 * or had a role keeps what the administrators decided.
 * `npm run municipality -- --storico ID`: which services took no requests, since when, and who said so.
 */
export async function main([first, second]: readonly string[]): Promise<number> {
  return first === HISTORY ? tellHistory(second) : saveFiles(first, second)
}

async function tellHistory(id: string | undefined): Promise<number> {
  if (id === undefined) throw new SetupProblem(`Indica il comune: npm run municipality -- ${HISTORY} vallechiara`)
  return onDatabase(async (connection) => {
    const municipalities = createMunicipalities({ connection, now: () => new Date() })
    const known = (await municipalities.all()).map((one) => one.id)
    if (!known.includes(id))
      throw new SetupProblem(`Non c’è un comune «${id}». Ci sono: ${known.join(', ') || 'nessuno'}.`)
    changeLines(await municipalities.serviceChanges(id)).forEach((line) => say(line))
  })
}

async function saveFiles(municipalityFile: string | undefined, officersFile: string | undefined): Promise<number> {
  if (municipalityFile === undefined)
    throw new SetupProblem('Indica il file: npm run municipality -- municipality.json [officers.json]')
  const municipality = municipalityIn(municipalityFile, read(municipalityFile))
  const unknown = unknownServices(municipality)
  if (unknown.length > 0)
    throw new SetupProblem(`«services» nomina servizi che nessun ufficio del comune offre: ${unknown.join(', ')}.`)
  const officers = officersFile === undefined ? [] : officersIn(officersFile, read(officersFile), municipality)
  return onDatabase(async (connection) => {
    const enrolled = await saveMunicipality(connection, municipality, {
      officers,
      by: runOf(municipalityFile, process.env),
    }).catch((error: unknown) => {
      throw isDuplicateKey(error) ? hostTaken(municipality) : error
    })
    say(`${municipality.name}: ${municipality.offices.length} uffici salvati, ${enrolled} operatori nuovi.`)
    const { services = [] } = municipality
    for (const notice of services) say(`  ${noticeLine(notice)}`)
  })
}

async function onDatabase(work: (connection: Connection) => Promise<void>): Promise<number> {
  const uri = process.env['MONGODB_URI']
  if (!uri) throw new SetupProblem('MONGODB_URI manca: indica il database in cui è salvato il comune.')
  const connection = await connectDatabase(uri)
  try {
    await work(connection)
  } catch (error) {
    if (!isDatabaseAway(error)) throw error
    throw new SetupProblem(`Il database ha smesso di rispondere (${error.message}). Esegui di nuovo lo stesso comando.`)
  } finally {
    await connection.close()
  }
  return 0
}

/** Returns how many of the officers are new. */
export async function saveMunicipality(
  connection: Connection,
  municipality: Municipality,
  { officers, by }: Readonly<{ officers: readonly OfficerSource[]; by: string }>,
): Promise<number> {
  const now = (): Date => new Date()
  const municipalities = createMunicipalities({ connection, now })
  const appointments = createAppointments({ connection, now, newId })
  await createIndexes(connection)
  await municipalities.save(municipality, by)
  return appointments.enrol(municipality, officers)
}

const hostTaken = ({ hosts }: Municipality): SetupProblem =>
  new SetupProblem(`Uno di questi host è già di un altro comune, e non ho cambiato niente: ${hosts.join(', ')}.`)

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
