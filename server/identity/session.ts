import type { Login } from './person.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    login: Login
    /** Where the login was made, and the only place where it counts (web/session.ts). */
    municipality: string
    /** Browser and system, as a person knows them. */
    device: string
    /** What the municipality's directory wants to see to end its own session; it opens nothing. */
    idToken: string
  }
}
