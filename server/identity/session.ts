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
    /** Local path to continue at after login. */
    returnTo: string
    /** The form that was being sent when the session ended: shown again after login, to its owner only. */
    parked: { path: string; body: Record<string, string | string[]> }
    csrf: string
  }
}
