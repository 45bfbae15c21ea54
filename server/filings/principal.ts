import type { Answers } from '../forms/index.ts'
import type { Party } from '../shared/party.ts'

type Described = Partial<Record<'nome' | 'cognome' | 'denominazione' | 'codiceFiscale' | 'partitaIva' | 'pec', unknown>>

/**
 * For whom one files, as the answers describe them under the first of `pointers` that was answered (a company, the
 * person represented); null when one files for oneself.
 */
export function principalOf(pointers: readonly string[], answers: Answers): Party | null {
  for (const pointer of pointers) {
    const party = partyFrom(at(answers, pointer))
    if (party) return party
  }
  return null
}

function partyFrom(described: Described | undefined): Party | null {
  if (!described) return null
  const [cf, vat, pec] = [text(described.codiceFiscale), text(described.partitaIva), text(described.pec)]
  const contact = pec ? { pec } : {}
  const name = text(described.denominazione)
  if (name) return { kind: 'company', name, cf: cf ?? vat, ...contact }
  const [givenName, familyName] = [text(described.nome), text(described.cognome)]
  return givenName && familyName ? { kind: 'person', givenName, familyName, cf, ...contact } : null
}

function at(answers: Answers, pointer: string): Described | undefined {
  const found = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined), answers)
  return typeof found === 'object' && found !== null ? found : undefined
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
