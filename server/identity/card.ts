import type { ClientCertificate, ClientCertificateDefect } from '../certificates/index.ts'
import { isCodiceFiscale } from '../shared/italian/index.ts'
import type { Login } from './person.ts'

/** Why a card does not log its holder in. */
export type CardProblem = 'no-card' | ClientCertificateDefect | 'not-a-cns' | 'no-name'

export type CardVerdict =
  Readonly<{ kind: 'valid'; certificate: ClientCertificate }> | Readonly<{ kind: 'refused'; defect: CardProblem }>

/** Judges the certificate that a card presented, and those that came with it (DER, the person's first). */
export type CheckCard = (chain: readonly Uint8Array[]) => Promise<CardVerdict>

/** What arrived where cards are asked for. `distrusted`: the proxy in front found a fault in it. */
export type PresentedCard = Readonly<{ chain: readonly Uint8Array[]; distrusted: boolean }>

/** Policy of authentication certificates on CNS and TS-CNS cards (spid-cie.md §10). */
const CNS_POLICY = '1.3.76.16.2.1'
/** `<tax code>/<card number>.<hash>` */
const CARD_NAME = /^([A-Z0-9]{16})\/[^.]+\..+$/

/**
 * The login of a card's holder. A card with its PIN is two factors of which one is a device that cannot be copied: what
 * eIDAS calls high and SPID level 3 (CAD art. 64 c. 2-novies puts CNS beside SPID and CIE).
 */
export function loginOfCard(facts: ClientCertificate, at: Date): Login | CardProblem {
  const [, cf = ''] = CARD_NAME.exec(facts.commonName ?? '') ?? []
  // An authority may issue other certificates too; only this policy says that a public body checked who holds the card.
  if (!facts.policies.includes(CNS_POLICY) || !isCodiceFiscale(cf)) return 'not-a-cns'
  const [givenName, familyName] = [facts.givenName?.trim(), facts.surname?.trim()]
  if (!givenName || !familyName) return 'no-name'
  return {
    person: { key: cf, cf, givenName, familyName },
    scheme: 'cns',
    level: 3,
    identityProvider: facts.issuer,
    at,
    // Names the very certificate, as the identifier of an assertion does.
    assertionId: facts.sha256,
  }
}
