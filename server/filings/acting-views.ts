import { partyName, type Party } from '../shared/party.ts'
import { capacityOf, groundText, isToCheck, type Acting } from './acting.ts'

/** How every page of a filing says for whom it is; null for oneself. */
export function actingView({ profile, principal, ground }: Acting) {
  if (!principal) return null
  return {
    principal: partyName(principal),
    described: described(principal),
    capacity: capacityOf({ profile, principal }),
    ground: groundText(ground),
    toCheck: isToCheck(ground),
  }
}

const described = (party: Party): string =>
  'cf' in party && party.cf ? `${partyName(party)}, ${party.cf}` : partyName(party)
