import { AppError } from '../errors.ts'
import { buildLetter, type Documents, type Prepared, type StoredDocument } from '../documents/index.ts'
import type { History, HistoryEvent, Outbox } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Catalogue, ProcedureVersion, Transition } from '../procedures/index.ts'
import type { Protocol, RegisterEntry } from '../protocol/index.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import { dueOf } from './clock.ts'
import type { Sealed } from './seal.ts'
import { assertSubmitted, conflict, type FilingStore, type Submitted } from './filing.ts'
import { letterOf } from './letter.ts'
import { administrationOf, registered } from './registration.ts'
import { authorOn, rolesOn, transitionFor, type Actor } from './workflow.ts'

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  documents: Documents
  protocol: Protocol
  history: History
  outbox: Outbox
  sealed: Sealed
  inTransaction: InTransaction
  now: () => Date
}

/** What the person who takes the step wrote. */
export type StepContent = Readonly<{ reasons: string; days: number | null; files: readonly StoredDocument[] }>

/** A filing with everything that a page about it shows. */
export type OpenFiling = Readonly<{
  filing: Submitted
  procedure: ProcedureVersion
  events: readonly HistoryEvent[]
  files: readonly StoredDocument[]
  /** The day in Rome on which it was opened. */
  today: IsoDate
}>

type Step = {
  municipality: Municipality
  open: OpenFiling
  transition: Transition
  actor: Actor
  content: StepContent
}

export type ProgressService = ReturnType<typeof createProgressService>

/** Moves a filing along its procedure's workflow, whoever acts: officers and the filer use the same steps and rules. */
export function createProgressService({
  store,
  catalogue,
  documents,
  protocol,
  history,
  outbox,
  sealed,
  inTransaction,
  now,
}: Deps) {
  async function open(municipality: string, id: string, actor: Actor): Promise<OpenFiling> {
    const filing = await store.find(municipality, id)
    if (!filing) throw new AppError('NOT_FOUND', 'No such filing')
    assertSubmitted(filing)
    if (rolesOn(filing, actor).length === 0) throw new AppError('NOT_FOUND', 'Not a filing of this actor')
    const [procedure, events, files] = await Promise.all([
      catalogue.version(municipality, filing.procedure.id, filing.procedure.version),
      history.of(municipality, id),
      documents.ofFiling(municipality, id),
    ])
    return { filing, procedure, events, files, today: romeDate(now()) }
  }

  /**
   * Takes one step. The letter is composed and sealed first, then it, number, state, event and outbox are written together;
   * of two people who act at once the second is told (CONFLICT) and nothing of theirs is kept.
   */
  async function advance(
    municipality: Municipality,
    id: string,
    transitionId: string,
    { actor, content }: { actor: Actor; content: StepContent },
  ): Promise<Submitted> {
    const opened = await open(municipality.id, id, actor)
    const transition = transitionFor(opened, transitionId, actor)
    const checked = { ...content, days: checkedDays(transition, content.days) }
    assertContent(transition, checked)
    const step = { municipality, open: opened, transition, actor, content: checked }
    const letter = transition.letter ? await prepareLetter(step, transition.letter) : null
    return inTransaction((transaction) => write(step, letter, transaction))
  }

  async function prepareLetter(step: Step, letter: string): Promise<Prepared> {
    const { municipality, open, transition, content, actor } = step
    const at = now()
    const model = letterOf({ municipality, open, letter, content, actor, at })
    const bytes = await sealed(await buildLetter(model), municipality.id, model.subject)
    return documents.prepare(bytes, {
      municipality: municipality.id,
      filing: open.filing.id,
      kind: transition.to === 'accepted' || transition.to === 'refused' ? 'outcome' : 'letter',
      name: `${transition.id}.pdf`,
      mediaType: 'application/pdf',
      at,
    })
  }

  async function write(step: Step, prepared: Prepared | null, transaction: Transaction): Promise<Submitted> {
    const { municipality, open, transition, actor, content } = step
    const at = now()
    const current = await unchanged(open.filing, transaction)
    const letter = prepared && (await documents.keep(prepared, transaction))
    const papers = actor.kind === 'citizen' ? content.files : letter ? [letter] : []
    const entry = papers.length > 0 ? await register(step, { papers, at }, transaction) : null
    const next: Submitted = {
      ...current,
      state: transition.to,
      updatedAt: at,
      due: dueOf([...open.events, { type: transition.event, at }], open.procedure.term),
      assignedTo: actor.kind === 'officer' ? { cf: actor.cf, name: actor.name } : open.filing.assignedTo,
    }
    if (!(await store.replace(next, transaction))) throw conflict(open.filing)
    const event = await history.append(
      {
        municipality: municipality.id,
        filing: open.filing.id,
        type: transition.event,
        at,
        by: authorOn(open.filing, actor),
        data: factsOf(step, { entry, documents: [...(letter ? [letter] : []), ...content.files] }),
      },
      transaction,
    )
    await outbox.put(
      [
        {
          key: `told:${event.id}`,
          kind: 'filing-told',
          municipality: municipality.id,
          payload: { filing: next.id, event: event.id },
        },
      ],
      transaction,
    )
    return { ...next, revision: next.revision + 1 }
  }

  /**
   * The filing as it is in the transaction, if nobody did anything since it was opened: of two people at once, the second
   * finds another revision here. Our own receipt may have come meanwhile, and is nobody's doing.
   */
  async function unchanged(opened: Submitted, transaction: Transaction): Promise<Submitted> {
    const current = await store.find(opened.municipality, opened.id, transaction)
    if (current && current.state !== 'draft') {
      const receiptCame = opened.receipt === null && current.receipt !== null
      if (current.revision === opened.revision + (receiptCame ? 1 : 0)) return current
    }
    throw conflict(opened)
  }

  /** What goes out with a letter, and what comes in with documents, is registered (DPR 445/2000 art. 53 c. 5). */
  async function register(
    { municipality, open: { filing, procedure }, actor, transition }: Step,
    { papers, at }: { papers: readonly StoredDocument[]; at: Date },
    transaction: Transaction,
  ): Promise<RegisterEntry> {
    const incoming = actor.kind === 'citizen'
    const administration = administrationOf(municipality, filing.office)
    return protocol.register(
      {
        municipality: municipality.id,
        direction: incoming ? 'in' : 'out',
        at,
        subject: `${filing.procedure.title} – ${transition.label}`,
        sender: incoming ? (filing.principal ?? filing.filer) : administration,
        recipients: [incoming ? administration : (filing.principal ?? filing.filer)],
        documents: papers.map((paper, index) => registered(paper, index === 0)),
        classification: procedure.classification,
        office: filing.office,
        reserved: procedure.reserved,
        filing: filing.id,
      },
      municipality,
      transaction,
    )
  }

  return { open, advance }
}

/** What the history keeps of a step. */
function factsOf(
  { transition: { id, told }, content: { reasons, days } }: Step,
  { entry, documents }: { entry: RegisterEntry | null; documents: readonly StoredDocument[] },
) {
  return {
    step: id,
    told,
    ...(reasons ? { reasons } : {}),
    ...(days === null ? {} : { answerDays: days }),
    ...(entry && {
      protocol: { entry: entry.id, number: entry.number, year: entry.year, direction: entry.direction },
    }),
    documents: documents.map(({ id: document, sha256 }) => ({ id: document, sha256 })),
  }
}

function checkedDays({ answerDays }: Transition, days: number | null): number | null {
  if (!answerDays) return null
  const chosen = days ?? answerDays.default
  if (Number.isInteger(chosen) && chosen >= answerDays.min && chosen <= answerDays.max) return chosen
  throw new AppError('INVALID_INPUT', 'Answer days out of range', {
    explanation: `Il termine per rispondere va da ${answerDays.min} a ${answerDays.max} giorni.`,
  })
}

function assertContent({ reasons, documents: papers }: Transition, content: StepContent): void {
  if (reasons === 'required' && content.reasons === '') {
    throw new AppError('INVALID_INPUT', 'Reasons are missing', {
      explanation: 'Scrivi la motivazione: senza, l’atto non è valido (art. 3 L. 241/1990).',
      field: 'motivazione',
    })
  }
  if (papers === 'required' && content.files.length === 0) {
    throw new AppError('INVALID_INPUT', 'Documents are missing', {
      explanation: 'Carica almeno un documento.',
      field: 'documenti',
    })
  }
}
