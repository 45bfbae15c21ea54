import type { Profile } from './procedure.ts'

/** How one acts, in the words that forms and documents use (fact `acting.profile`). */
export const PROFILE_WORDS: Readonly<Record<Profile, string>> = {
  self: 'proprio',
  parent: 'genitore',
  guardian: 'tutore',
  proxy: 'delegato',
  'legal-representative': 'rappresentante',
  professional: 'professionista',
}
