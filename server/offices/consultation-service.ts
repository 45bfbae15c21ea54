import type { FilingService, OfficerActor } from '../filings/index.ts'
import type { Consultation, ConsultationLog } from '../history/index.ts'
import type { MessageLogLook, Person } from '../identity/index.ts'
import type { Mandate, MandateLook } from '../mandates/index.ts'
import { CONSULTATION_MONTHS, type Municipality } from '../municipalities/index.ts'
import { formatProtocol, type RegisterEntry } from '../protocol/index.ts'
import { addMonths } from '../shared/calendar.ts'
import { romeDate, startOfDay } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'
import { authorOn } from '../workflow/index.ts'
import type { OfficerAuthor } from './officer.ts'

type Deps = { log: ConsultationLog; filings: FilingService; now: () => Date }

export type Consultations = ReturnType<typeof createConsultationService>

export const PAGE_SIZE = 25

/** Records every look of an officer at personal data, before what they look at is shown. */
export function createConsultationService({ log, filings, now }: Deps) {
  /** At a filing or something of it, if the officer may see it; throws NOT_FOUND otherwise. */
  async function ofFiling(
    municipality: string,
    id: string,
    { actor, what, page }: { actor: OfficerActor; what: Consultation['what']; page: string },
  ): Promise<void> {
    const { filing, owners, named } = await filings.concerned(municipality, id, actor)
    await log.append({
      municipality,
      at: now(),
      by: authorOn(filing, actor) as OfficerAuthor,
      what,
      page,
      owners,
      named,
      filing: id,
      about: `${filing.procedure.title}, protocollo n. ${formatProtocol(filing.protocol)}`,
      reason: null,
    })
  }

  /** At an entry of the register: the parties that it names, and those of its filing. */
  async function ofEntry(entry: RegisterEntry, by: OfficerAuthor, page: string): Promise<void> {
    const { municipality, filing, sender, actedBy, recipients } = entry
    const concerned = filing ? await filings.concerned(municipality, filing) : { owners: [], named: [] }
    const parties = [sender, ...(actedBy ? [actedBy] : []), ...recipients].flatMap(codeOf)
    await log.append({
      municipality,
      at: now(),
      by,
      what: 'register-entry',
      page,
      named: concerned.named,
      owners: [...new Set([...concerned.owners, ...parties])],
      filing: filing ?? null,
      about: `Protocollo n. ${formatProtocol(entry)}`,
      reason: null,
    })
  }

  /** At a power of attorney, or at the papers by which it was shown. */
  const ofMandate = (mandate: Mandate, { what, by, page }: MandateLook): Promise<void> =>
    log.append({
      municipality: mandate.municipality,
      at: now(),
      by,
      what,
      page,
      named: [],
      filing: null,
      reason: null,
      owners: [...new Set([mandate.principalKey, mandate.proxyKey])],
      about: `Procura di ${partyName(mandate.principal)} a ${partyName(mandate.proxy)}`,
    })

  /** At the log of logins: a search, or the messages of one login. */
  const ofMessageLog = (look: MessageLogLook, by: OfficerAuthor): Promise<void> =>
    log.append({ ...look, at: now(), by, what: 'message-log', named: [], filing: null, reason: null })

  const ofPerson = (municipality: string, person: Person, page: number) =>
    log.ofPerson(municipality, keysOf(person), { page, size: PAGE_SIZE })

  /** Erases looks that are older than the municipality keeps them; returns how many. */
  const eraseDue = ({ id, consultationMonths = CONSULTATION_MONTHS }: Municipality): Promise<number> =>
    log.eraseBefore(id, startOfDay(addMonths(romeDate(now()), -consultationMonths)))

  return { ofFiling, ofEntry, ofMandate, ofMessageLog, ofPerson, eraseDue, append: log.append }
}

const codeOf = (party: Party): string[] => (party.kind === 'administration' || !party.cf ? [] : [party.cf])

/** The keys under which a person is known: account key and tax code. */
export const keysOf = ({ key, cf }: Person): string[] => [...new Set([key, ...(cf ? [cf] : [])])]
