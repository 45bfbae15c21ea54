import { readFileSync } from 'node:fs'
import { connectDatabase, createIndexes } from '../server/database.ts'
import { createMunicipalities, type Municipality } from '../server/municipalities/index.ts'
import { createOfficers } from '../server/offices/index.ts'
import { officersOf, type OfficerSource } from './demonstration.ts'
import { SetupProblem } from './problem.ts'
import { say } from './say.ts'

/** `npm run municipality -- municipality.json [officers.json]`: saves a municipality and who works there; again after each change. */
export async function main([municipalityFile, officersFile]: readonly string[]): Promise<number> {
  if (municipalityFile === undefined)
    throw new SetupProblem('Indica il file: npm run municipality -- municipality.json [officers.json]')
  const municipality = read(municipalityFile) as Municipality
  const officers = officersFile === undefined ? [] : officersOf(municipality, read(officersFile) as OfficerSource[])
  const uri = process.env['MONGODB_URI']
  if (!uri) throw new SetupProblem('MONGODB_URI manca: indica il database in cui salvare il comune.')
  const connection = await connectDatabase(uri)
  try {
    const municipalities = createMunicipalities({ connection, now: () => new Date() })
    const store = createOfficers(connection)
    await createIndexes(connection)
    await municipalities.save(municipality)
    for (const officer of officers) await store.save(officer)
  } finally {
    await connection.close()
  }
  say(`${municipality.name}: ${municipality.offices.length} uffici e ${officers.length} operatori salvati.`)
  return 0
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SetupProblem(`Non riesco a leggere «${file}»: ${(error as Error).message}`)
  }
}
