import type { Party } from '../shared/party.ts'
import type { ProcedureSource, Profile } from './procedure.ts'

/** How one acts, in the words that forms and documents use (fact `acting.profile`). */
export const PROFILE_WORDS: Readonly<Record<Profile, string>> = {
  self: 'proprio',
  parent: 'genitore',
  guardian: 'tutore',
  proxy: 'delegato',
  'legal-representative': 'rappresentante',
  professional: 'professionista',
}

/**
 * How one acts in this procedure under a mandate of such a principal, a professional first: as a proxy for persons, as a
 * professional for those whom the procedure names. Empty: nobody can.
 */
export const profilesUnderMandate = (
  { profiles, clients }: Pick<ProcedureSource, 'profiles' | 'clients'>,
  principal: Party['kind'],
): readonly ('professional' | 'proxy')[] => [
  ...(profiles.includes('professional') && principal === clients ? (['professional'] as const) : []),
  ...(profiles.includes('proxy') && principal === 'person' ? (['proxy'] as const) : []),
]
