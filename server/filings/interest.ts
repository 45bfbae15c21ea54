import { isCodiceFiscale, isCodiceFiscaleEnte, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import type { Submitted } from './filing.ts'

/** The persons and companies that a filing concerns, by account key or tax code. */
export type Concerned = Readonly<{
  /** Who files, and for whom. */
  owners: readonly string[]
  /** Whom else the answers name by tax code: beneficiaries, co-owners, companies. */
  named: readonly string[]
}>

/** Whom a filing concerns. The answers are searched for whatever is a valid tax code, in whichever field it stands. */
export function concernedBy({ owner, filer, principal, answers }: Submitted): Concerned {
  const known = [owner, ...[filer, principal].map((party) => (party && 'cf' in party ? party.cf : null))]
  const owners = [...new Set(known.filter((key) => key !== null))]
  return { owners, named: [...new Set(codesIn(answers))].filter((code) => !owners.includes(code)) }
}

function codesIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(codesIn)
  if (typeof value !== 'string' || value.length > 32) return []
  const code = normaliseCodiceFiscale(value)
  return isCodiceFiscale(code) || isCodiceFiscaleEnte(code) ? [code] : []
}
