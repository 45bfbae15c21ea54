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

/** Whom a professional or a proxy files for in this procedure: persons, if it does not say. */
export const clientsOf = ({ clients }: Pick<ProcedureSource, 'clients'>): 'person' | 'company' => clients ?? 'person'

/** How one acts in this procedure under a mandate of such a principal, a professional first. Empty: nobody can. */
export const profilesUnderMandate = (
  procedure: Pick<ProcedureSource, 'profiles' | 'clients'>,
  principal: Party['kind'],
): readonly ('professional' | 'proxy')[] =>
  principal === clientsOf(procedure)
    ? (['professional', 'proxy'] as const).filter((profile) => procedure.profiles.includes(profile))
    : []
