/**
 * A person or a company as they were at that moment (soggetto). Always a copy, never a link to a profile that changes:
 * a register entry must say in ten years who filed on that day (DPR 445/2000 art. 53).
 */
export type Party =
  | Readonly<{ kind: 'person'; givenName: string; familyName: string; cf: string | null; email?: string; pec?: string }>
  | Readonly<{ kind: 'company'; name: string; cf: string | null; email?: string; pec?: string }>
  | Readonly<{ kind: 'administration'; name: string; ipaCode: string; office?: string; email?: string; pec?: string }>

/** A party's name as people write it. */
export const partyName = (party: Party): string =>
  party.kind === 'person' ? `${party.givenName} ${party.familyName}` : party.name

/** Who did something, as records keep it: the history of a filing, of a mandate, the log of consultations. */
export type Author =
  | Readonly<{ kind: 'citizen'; name: string; cf: string | null; level: 1 | 2 | 3 }>
  | Readonly<{ kind: 'officer'; name: string; cf: string; role: string; office: string }>
  | Readonly<{ kind: 'system'; name: string }>
