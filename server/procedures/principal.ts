import type { Answers } from '../forms/index.ts'
import type { Party } from '../shared/party.ts'
import type { ProcedureSource } from './procedure.ts'

/**
 * The person or body for whom one files, read from the answers that the procedure names; undefined when the filer acts
 * for themselves. Forms describe a person by `nome`, `cognome`, `codiceFiscale` and a body by `denominazione`,
 * `codiceFiscale` or `partitaIva`, `pec` (the shared types persona and impresa).
 */
export function principalOf(
  { principal = [] }: Pick<ProcedureSource, 'principal'>,
  answers: Answers,
): Party | undefined {
  return principal.map((pointer) => partyAt(answers, pointer)).find((party) => party !== undefined)
}

function partyAt(answers: Answers, pointer: string): Party | undefined {
  const text = (key: string): string | null => {
    const value = [...pointer.slice(1).split('/'), key].reduce<unknown>(property, answers)
    return typeof value === 'string' ? value : null
  }
  const pec = text('pec')
  const contacts = pec === null ? {} : { pec }
  const [name, givenName, familyName] = [text('denominazione'), text('nome'), text('cognome')]
  if (name !== null) return { kind: 'company', name, cf: text('codiceFiscale') ?? text('partitaIva'), ...contacts }
  if (givenName === null || familyName === null) return undefined
  return { kind: 'person', givenName, familyName, cf: text('codiceFiscale'), ...contacts }
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
