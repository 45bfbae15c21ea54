import type { Login } from '../identity/index.ts'
import type { Author, Party } from '../shared/party.ts'

/** The person who is logged in, as the history of a mandate names them. */
export const authorOf = ({ person: { givenName, familyName, cf }, level }: Login): Author => ({
  kind: 'citizen',
  name: `${givenName} ${familyName}`,
  cf,
  level,
})

/** The same person as a side of a mandate, as they are on that day. */
export const partyOf = ({ person: { givenName, familyName, cf, email } }: Login): Party => ({
  kind: 'person',
  ...{ givenName, familyName, cf },
  ...(email ? { email } : {}),
})

/** The same person as who gave a mandate for a company. They have a tax code: the business register knows nobody without. */
export const giverOf = ({ person: { givenName, familyName, cf, email } }: Login, role: string) => ({
  ...{ cf: cf ?? '', name: `${givenName} ${familyName}`, role },
  ...(email ? { email } : {}),
})
