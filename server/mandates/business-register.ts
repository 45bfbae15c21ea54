/** A company as the business register (Registro imprese, L. 580/1993 art. 8) has it today. */
export type Company = Readonly<{
  cf: string
  name: string
  status: 'active' | 'ceased'
  persons: readonly Readonly<{
    cf: string
    roles: readonly Readonly<{
      name: string
      /** May act for the company alone (flag "rappresentante dell'impresa"). */
      represents: boolean
    }>[]
  }>[]
}>

/** Port to the business register. */
export type BusinessRegister = {
  /** The company with this tax code, or null when there is none. Throws UPSTREAM_UNAVAILABLE when the register does not answer. */
  find(cf: string): Promise<Company | null>
}

/** What the register says of a person who wants to act for a company. */
export type Standing =
  | Readonly<{ kind: 'represents'; company: Company; role: string }>
  | Readonly<{ kind: 'does-not-represent'; company: Company }>
  | Readonly<{ kind: 'ceased'; company: Company }>
  /** Associations and bodies are not in it: DPR 581/1995 art. 7. */
  | Readonly<{ kind: 'not-registered' }>

/** What the register's answer means for this person; null for a company that it does not have. */
export function standingOf(company: Company | null, personCf: string | null): Standing {
  if (!company) return { kind: 'not-registered' }
  if (company.status === 'ceased') return { kind: 'ceased', company }
  const roles = company.persons.filter(({ cf }) => cf === personCf).flatMap((person) => person.roles)
  const role = roles.find(({ represents }) => represents)
  return role ? { kind: 'represents', company, role: role.name } : { kind: 'does-not-represent', company }
}
