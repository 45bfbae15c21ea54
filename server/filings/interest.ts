import { isCodiceFiscale, isCodiceFiscaleEnte, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import type { Submitted } from './filing.ts'

/**
 * Tax codes and account keys of all whom a filing concerns: who files, for whom, and everybody whom the answers name by
 * tax code (beneficiaries, co-owners, companies). Who is among them has an interest in it.
 */
export function partiesOf({ owner, filer, principal, answers }: Submitted): ReadonlySet<string> {
  const known = [owner, ...[filer, principal].map((party) => (party && 'cf' in party ? party.cf : null))]
  return new Set([...known.filter((key) => key !== null), ...codesIn(answers)])
}

function codesIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(codesIn)
  if (typeof value !== 'string' || value.length > 32) return []
  const code = normaliseCodiceFiscale(value)
  return isCodiceFiscale(code) || isCodiceFiscaleEnte(code) ? [code] : []
}
