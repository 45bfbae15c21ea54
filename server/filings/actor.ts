import type { Level } from '../identity/index.ts'
import type { Confirmation, Mandate } from '../mandates/index.ts'
import type { Appointment } from '../municipalities/index.ts'
import type { Author, Party } from '../shared/party.ts'
import type { LoginEvidence } from './filing.ts'

/** A mandate that holds today: what the rule of access reads of it. */
export type HeldMandate = Pick<Mandate, 'principalKey' | 'scope'> &
  Readonly<{
    /**
     * Whether its giver may still give it, as the business register says. Asked for before something is done with it, not to
     * look.
     */
    confirmation?: Confirmation
  }>

/** Who looks or acts: a person with the mandates they hold today, or an officer with their appointments. */
export type Actor = CitizenActor | OfficerActor

export type CitizenActor = Readonly<{
  kind: 'citizen'
  owner: string
  author: Author
  party: Party
  evidence: LoginEvidence
  mandates: readonly HeldMandate[]
  /** Tax code of the company that they represent in this session, as the business register confirmed. */
  represents?: string
  /** Level of login that the filing's procedure asks for. Absent in lists, which show no more than that a filing exists. */
  wanted?: Level
}>

export type OfficerActor = Readonly<{
  kind: 'officer'
  owner: string
  cf: string
  name: string
  appointments: readonly Appointment[]
  /** Tax codes whose interests the officer declared to be near to theirs (DPR 62/2013 artt. 6, 7). */
  family: readonly string[]
}>

/** Somebody who is asked to sign one document of another person's draft, with what of the invitation decides whether they may. */
export type InvitedSigner = Readonly<{
  kind: 'signer'
  cf: string
  invitation: Readonly<{ state: string; municipality: string; filing: string; signer: Readonly<{ cf: string }> }>
}>
