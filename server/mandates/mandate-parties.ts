import type { Login } from '../identity/index.ts'
import type { Party } from '../shared/party.ts'
import type { Mandate } from './mandate.ts'

/**
 * Who gives the mandate and who has it. `filler` fills in the form: on line they give a mandate to `other`; with a paper they
 * are the proxy, and show what `other` gave them.
 */
export function principalAndProxy(
  origin: Mandate['origin'],
  filler: Readonly<{ party: Party; key: string }>,
  other: Party,
): Pick<Mandate, 'principal' | 'principalKey' | 'proxy' | 'proxyKey'> {
  const otherKey = ('cf' in other && other.cf) || ''
  if (origin === 'online')
    return { principal: filler.party, principalKey: filler.key, proxy: other, proxyKey: otherKey }
  return { principal: other, principalKey: otherKey, proxy: filler.party, proxyKey: filler.key }
}

/** The person who fills in the form, as they are on that day. */
export const fillerOf = ({ person: { givenName, familyName, cf, email } }: Login): Party => ({
  kind: 'person',
  givenName,
  familyName,
  cf,
  ...(email ? { email } : {}),
})

/** The same person as who gave a mandate for a company. They have a tax code: the business register knows nobody without. */
export const giverOf = ({ person: { givenName, familyName, cf, email } }: Login, role: string) => ({
  cf: cf ?? '',
  name: `${givenName} ${familyName}`,
  role,
  ...(email ? { email } : {}),
})
