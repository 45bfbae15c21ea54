import { AppError } from '../errors.ts'
import type { StoredDocument } from '../documents/index.ts'
import {
  actsUnconfirmed,
  administrationOf,
  capacityOf,
  dueOf,
  eventTitle,
  inWhoseName,
  isPrincipal,
  registeredDocument,
  type Actor,
  type CitizenActor,
  type OpenFiling,
  type Submitted,
} from '../filings/index.ts'
import type { HistoryEvent, NewEvent } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Profile, Transition } from '../procedures/index.ts'
import type { NewEntry, RegisterEntry } from '../protocol/index.ts'
import { formatFigure } from '../shared/figure.ts'
import type { Author, Party } from '../shared/party.ts'
import { charactersIn } from '../shared/plain-text.ts'
import { authorOn, lastDayFor, transitionFor } from './workflow.ts'

/** What the person who takes the step wrote. */
export type StepContent = Readonly<{ reasons: string; days: number | null; files: readonly StoredDocument[] }>

/** One step of the workflow on a filing, checked, before anything of it is written. */
export type Step = {
  municipality: Municipality
  open: OpenFiling
  transition: Transition
  actor: Actor
  content: StepContent
}

/** The step as it was written, if its actor may take it now; throws the failure that fits. */
export function stepOn(
  open: OpenFiling,
  { municipality, transitionId, content }: Pick<Step, 'municipality' | 'content'> & { transitionId: string },
): Step {
  const transition = transitionFor(open, transitionId, open.actor)
  assertContent(transition, content)
  const checked = { ...content, days: daysToAnswer(transition, content) }
  return { municipality, open, transition, actor: open.actor, content: checked }
}

/** What goes out with a letter, and what a person declares, is registered (DPR 445/2000 art. 53 c. 5). `papers`: the primary one first. */
export function stepEntry(
  { municipality, open: { filing, procedure }, actor, transition }: Step,
  { papers, at }: { papers: readonly StoredDocument[]; at: Date },
): NewEntry {
  const incoming = actor.kind === 'citizen'
  const administration = administrationOf(municipality, filing.office)
  return {
    municipality: municipality.id,
    direction: incoming ? 'in' : 'out',
    at,
    // What the paper is, not what the officer's button says («Chiedi un'integrazione»).
    subject: `${filing.procedure.title} – ${eventTitle(transition.event)}`,
    sender: incoming ? senderOf(filing) : administration,
    ...(incoming && actedBy(filing, actor)),
    recipients: [incoming ? administration : senderOf(filing)],
    documents: papers.map((paper, index) => registeredDocument(paper, index === 0)),
    classification: procedure.classification,
    office: filing.office,
    reserved: procedure.reserved,
    filing: filing.id,
  }
}

/** Who asks for something by the filing, whoever filed it. */
export const senderOf = ({ principal, filer }: Submitted): Party => principal ?? filer

/**
 * Who acts for another here, and as what: the filer for whom they filed for, or whoever holds a mandate for this one filing.
 * Empty when they act for themselves.
 */
export function actedBy(filing: Submitted, actor: CitizenActor): Pick<NewEntry, 'actedBy' | 'actedAs'> {
  const isFiler = actor.owner === filing.owner
  if (isFiler ? !filing.principal : actor.owner === inWhoseName(filing)) return {}
  return {
    actedBy: actor.party,
    actedAs: capacityOf(isFiler ? filing : { ...filing, profile: profileOn(filing, actor) }),
  }
}

const profileOn = (filing: Submitted, actor: CitizenActor): Profile =>
  isPrincipal(filing, actor) ? 'legal-representative' : 'proxy'

/** The filing after the step. `current` is how the transaction found it; its revision is kept. */
export function steppedFiling({ open, transition, actor, content }: Step, current: Submitted, at: Date): Submitted {
  const event = { type: transition.event, at, data: { answerDays: content.days } }
  return {
    ...current,
    state: transition.to,
    // A proposal that waited for a signature was about the filing as it was: it is void.
    toSign: null,
    updatedAt: at,
    due: dueOf([...open.events, event], open.procedure.term),
    answerBy: lastDayFor({ state: transition.to }, [...open.events, event]),
    // Signing what another decided does not take the filing from them.
    assignedTo:
      actor.kind === 'officer' && !open.filing.toSign ? { cf: actor.cf, name: actor.name } : open.filing.assignedTo,
  }
}

/** The step as the history keeps it. */
export function stepEvent(
  step: Step,
  facts: { entry: RegisterEntry | null; documents: readonly StoredDocument[]; at: Date },
): NewEvent {
  const { municipality, open, transition, actor } = step
  return {
    municipality: municipality.id,
    filing: open.filing.id,
    type: transition.event,
    at: facts.at,
    by: authorOn(open.filing, actor),
    data: factsOf(step, facts),
  }
}

/** What the history keeps of a step. */
function factsOf(
  { open, actor, transition: { id, told }, content: { reasons, days } }: Step,
  { entry, documents }: { entry: RegisterEntry | null; documents: readonly StoredDocument[] },
) {
  return {
    step: id,
    told,
    // Of an act that one proposes and another signs, both are kept (L. 241/1990 art. 6 c. 1 e).
    ...(open.filing.toSign?.step === id ? { proposedBy: open.filing.toSign.by.name } : {}),
    ...(reasons ? { reasons } : {}),
    ...(actsUnconfirmed(actor) ? { unconfirmed: true } : {}),
    ...(days === null ? {} : { answerDays: days }),
    ...(entry && {
      protocol: { entry: entry.id, number: entry.number, year: entry.year, direction: entry.direction },
    }),
    documents: documents.map(({ id: document, sha256 }) => ({ id: document, sha256 })),
  }
}

/**
 * The step by its id, if its actor may take it now or has just taken it: what comes may be the same once more. Throws the failure that
 * fits.
 */
export function transitionToRead(open: OpenFiling, id: string): Transition {
  const last = open.events.at(-1)
  const taken = open.procedure.workflow.find((transition) => transition.id === id && transition.event === last?.type)
  const isTheirs = last !== undefined && isBy(authorOn(open.filing, open.actor), last)
  return taken && isTheirs ? taken : transitionFor(open, id, open.actor)
}

/** Whether the event is of this person. */
export const isBy = (author: Author, { by }: Pick<HistoryEvent, 'by'>): boolean => nameOf(author) === nameOf(by)
const nameOf = (who: Author): string => [who.kind, 'cf' in who ? who.cf : null, who.name].join()

/** Whether the event is this very step, by the same person with the same words and papers: then it was sent twice. */
export function isSameStep(
  event: HistoryEvent | undefined,
  { step, by, content }: Readonly<{ step: string; by: Author; content: StepContent }>,
): boolean {
  return event?.data['step'] === step && isBy(by, event) && holds(event, content)
}

function holds({ by, data, note = '' }: HistoryEvent, { reasons, days, files }: StepContent): boolean {
  const { reasons: words = note, answerDays = days, documents = [] } = data as Told
  // The papers of an officer's step are ours, and so is the first of a person's: the statement that names the others.
  const isSamePapers = by.kind !== 'citizen' || isSameSet(documents.slice(1), files)
  return words === reasons && isSamePapers && (days === null || answerDays === days)
}

type Hashed = readonly Pick<StoredDocument, 'sha256'>[]
type Told = Readonly<{ reasons?: string; answerDays?: number; documents?: Hashed }>

const isSameSet = (some: Hashed, others: Hashed): boolean => hashesOf(some) === hashesOf(others)
const hashesOf = (files: Hashed): string =>
  files
    .map(({ sha256 }) => sha256)
    .sort()
    .join()

/** Characters of what is written with a step: some three pages. The letter that quotes it, its history and its mail must bear it. */
export const LONGEST_TEXT = 10_000

/** One thing that is wrong with what was written: `reason` for the log, the rest for the person. */
type Wrong = Readonly<{ field: 'testo' | 'giorni' | 'documenti'; reason: string; explanation: string }>

/**
 * Throws INVALID_INPUT when what was written is not what the step asks for. Its `errors` tell all that is wrong together, by name of
 * control (WCAG 3.3.1): who mends one thing should not learn of the next by sending again.
 */
export function assertContent(transition: Transition, content: StepContent): void {
  assertAsked(transition, content)
  const wrong = [
    textWrong(transition, content.reasons, content.files.length > 0),
    papersWrong(transition, content),
    daysWrong(transition, content),
  ]
  const all = wrong.filter((one) => one !== null)
  if (all.length === 0) return
  throw new AppError('INVALID_INPUT', all.map(({ reason }) => reason).join('; '), {
    explanation: all.map(({ explanation }) => explanation).join(' '),
    errors: Object.fromEntries(all.map(({ field, explanation }) => [field, explanation])),
  })
}

/** What is wrong with the text of a step whose files are told of by themselves; null when nothing is. */
export const textErrorBesideFiles = (transition: Transition, text: string): string | null =>
  textWrong(transition, text, true)?.explanation ?? null

function textWrong({ reasons, documents: papers }: Transition, text: string, filesCame: boolean): Wrong | null {
  const field = 'testo'
  if (charactersIn(text) > LONGEST_TEXT) {
    const explanation = `Il testo può avere al massimo ${formatFigure(LONGEST_TEXT)} caratteri: accorcialo, o metti il resto in un documento.`
    return { field, reason: 'Reasons are too long', explanation }
  }
  if (text !== '') return null
  if (reasons === 'required') {
    const explanation = 'Scrivi la motivazione: senza, l’atto non è valido (art. 3 L. 241/1990).'
    return { field, reason: 'Reasons are missing', explanation }
  }
  // An answer with nothing in it would end the suspension and tell the office nothing: a slip of the finger.
  const isEmpty = reasons && papers === 'optional' && !filesCame
  const explanation = 'Scrivi un messaggio o carica almeno un documento.'
  return isEmpty ? { field, reason: 'The answer is empty', explanation } : null
}

const papersWrong = ({ documents: papers }: Transition, { files }: StepContent): Wrong | null =>
  papers === 'required' && files.length === 0
    ? { field: 'documenti', reason: 'Documents are missing', explanation: 'Carica almeno un documento.' }
    : null

function daysWrong({ answerDays }: Transition, { days }: StepContent): Wrong | null {
  if (!answerDays || days === null) return null
  const { min, max } = answerDays
  if (Number.isInteger(days) && days >= min && days <= max) return null
  const explanation = `Il termine per rispondere va da ${min} a ${max} giorni.`
  return { field: 'giorni', reason: 'Answer days out of range', explanation }
}

/** The days that the person has to answer: as chosen, or as usual; null where nothing is asked. */
const daysToAnswer = ({ answerDays }: Transition, { days }: StepContent): number | null =>
  answerDays ? (days ?? answerDays.default) : null

/** No page of ours sends what its step does not ask for, and the history, which the filer reads, would keep it. */
function assertAsked({ reasons, documents }: Pick<Transition, 'reasons' | 'documents'>, content: StepContent): void {
  const isAsked = (reasons || content.reasons === '') && (documents || content.files.length === 0)
  if (isAsked) return
  throw new AppError('INVALID_INPUT', 'The step asks for nothing of the kind', {
    explanation:
      'Questa operazione non prevede un testo o documenti come quelli arrivati: non abbiamo registrato niente. Riprova da questa pagina.',
  })
}
