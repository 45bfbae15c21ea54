import type { TestPerson } from './pages.ts'

/** One of the federations whose provider this program plays; each is an entity of its own. */
export type Profile = Readonly<{
  scheme: 'spid' | 'cie' | 'eidas'
  /** Under the provider's address. */
  path: string
  name: string
  /** Whom it knows, and what it says of them. */
  knows: (person: TestPerson) => boolean
  attributes: readonly string[] | 'all'
}>

const hasTaxCode = ({ attributes }: TestPerson): boolean => attributes['fiscalNumber'] !== undefined

export const PROFILES: readonly Profile[] = [
  { scheme: 'spid', path: '', name: 'Gestore di prova', knows: hasTaxCode, attributes: 'all' },
  // The four that CIE gives, and no others (spid-cie.md §9).
  {
    scheme: 'cie',
    path: '/cie',
    name: 'CIE di prova',
    knows: hasTaxCode,
    attributes: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'],
  },
  // Persons of other countries, without an Italian tax code (spid-cie.md §11).
  {
    scheme: 'eidas',
    path: '/eidas',
    name: 'Nodo eIDAS di prova',
    knows: (person) => !hasTaxCode(person),
    attributes: ['spidCode', 'name', 'familyName', 'dateOfBirth', 'placeOfBirth', 'address', 'gender'],
  },
]

export function attributesFor({ attributes: allowed }: Profile, { attributes }: TestPerson): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => allowed === 'all' || allowed.includes(name)))
}
