import type { AppError } from '../errors.ts'
import { PAPER_LIMIT } from '../documents/index.ts'
import { actingView, milestoneOf, type OpenFiling } from '../filings/index.ts'
import type { Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatLongDate, type IsoDate, withDay } from '../shared/dates.ts'
import { shownErrors, type FormErrors } from '../shared/form-body.ts'
import { LONGEST_TEXT } from './step.ts'
import { lastEventNumber, mustHaveSeen, unseenIn } from './unseen.ts'
import { askedOf, lastDayFor } from './workflow.ts'

/**
 * `filesCame`: files that came with what is wrong, of which none is kept. `seen`: the last event, by its number, on the page from which
 * they came; none where it is not told.
 */
type Shown = {
  base: string
  error: AppError | null
  text: string
  days?: string
  filesCame?: boolean
  seen?: number | null
}

/** The page on which a person takes one step of a filing: what it does, what is asked with it, what was wrong last time. */
export function stepPageOf(open: OpenFiling, transition: Transition, shown: Shown) {
  const { base, error, text, days, filesCame, seen = null } = shown
  const { id, label, told, notice, reasons, documents, answerDays, signedBy, letter } = transition
  const { filing } = open
  const request = transition.event === 'withdrawn' ? null : requestOf(open)
  return {
    title: error ? `Errore: ${label}` : label,
    heading: label,
    breadcrumb: [
      { text: 'Area personale', href: '/area-personale' },
      { text: filing.procedure.title, href: `/pratiche/${filing.id}` },
      { text: label },
    ],
    procedureTitle: filing.procedure.title,
    acting: actingView(filing),
    protocol: formatProtocol(filing.protocol),
    told,
    notice,
    request,
    action: `${base}/${filing.id}/passo/${id}`,
    back: `${base}/${filing.id}`,
    ...shownErrors(documents ? withFiles(wrongIn(error, 'documenti'), filesCame) : wrongIn(error, 'testo')),
    text,
    seen: lastEventNumber(open),
    unseen: unseenOn(open, transition, { seen, isRequestShown: request !== null }),
    late: lateText(open, transition),
    observations: transition.event === 'refused' ? observationsIn(open) : null,
    signedFirst: signedBy !== undefined,
    hasPreview: letter !== undefined,
    asksText: reasons !== undefined,
    textRequired: reasons === 'required',
    // Where files may come as well, one of the two is needed.
    textOptional: reasons === 'optional' && documents === undefined,
    longest: LONGEST_TEXT,
    asksFiles: documents !== undefined,
    ...PAPER_LIMIT,
    filesRequired: documents === 'required',
    ...daysOf(answerDays, days),
  }
}

/** What others said since, to be read before the step is taken: of the request of the office no words where the page shows it anyway. */
function unseenOn(
  open: OpenFiling,
  transition: Transition,
  { seen, isRequestShown }: Readonly<{ seen: number | null; isRequestShown: boolean }>,
) {
  if (!mustHaveSeen({ transition, actor: open.actor })) return []
  const inside = open.actor.kind === 'officer'
  const shown = isRequestShown && !inside ? askedOf(open.filing, open.events) : undefined
  return unseenIn(open, seen).map((event) => {
    const { title, date, by, text } = milestoneOf(event, { inside })
    return { title, date, by, text: event === shown ? null : text }
  })
}

/**
 * What a refusal is worth after the last day where silence was the answer: nothing (L. 241/1990 art. 2 c. 8-bis). It is told, not stopped:
 * whether the silence stands, and what art. 21-nonies still allows, a person judges. Null before that day, and for any other step.
 */
function lateText({ filing, procedure, today }: OpenFiling, { event }: Transition): string | null {
  const isNegative = event === 'refused' || event === 'refusal-announced'
  if (!isNegative || today <= filing.due) return null
  const was = `passato ${withDay('il', formatDate(filing.due))}`
  if (procedure.term.effect === 'silenzio-assenso')
    return `Il termine è ${was} e il silenzio vale come accoglimento: un rigetto deciso adesso non ha effetto (art. 2 c. 8-bis L. 241/1990). Resta l’annullamento d’ufficio, se ci sono le condizioni (art. 21-nonies).`
  if (procedure.term.effect === 'scia')
    return `Il termine dei controlli è ${was}: un divieto deciso adesso non ha effetto (art. 2 c. 8-bis L. 241/1990), se non nelle condizioni dell’art. 21-nonies (art. 19 c. 4).`
  return null
}

/** What the citizen answered to the notice of refusal: the refusal has to say why it does not follow it (L. 241/1990 art. 10-bis c. 1). */
function observationsIn({ events }: Pick<OpenFiling, 'events'>) {
  const last = events.findLast(({ type }) => type === 'observations-received')
  return last ? { day: formatDate(last.at), text: milestoneOf(last, { inside: true }).text } : null
}

/** The days to answer, to be chosen; where the law leaves no choice (`daysFixed`) they are told. */
function daysOf(allowed: Transition['answerDays'], typed?: string) {
  if (!allowed) return { days: null, daysFixed: null }
  const { default: usual, min, max } = allowed
  return min === max
    ? { days: null, daysFixed: usual }
    : { days: { min, max, value: typed ?? String(usual) }, daysFixed: null }
}

/** What was wrong last time, beside each field: what the error names, or else `field`. */
function wrongIn(error: AppError | null, field: string): FormErrors {
  if (!error) return {}
  const named = error.details['errors'] as FormErrors | undefined
  return named ?? { [field]: error.explanation ?? 'Controlla i dati inviati.' }
}

/** The same, and that the files which came with it must be chosen again. */
function withFiles(errors: FormErrors, filesCame = false): FormErrors {
  if (!filesCame) return errors
  const { documenti } = errors
  const again = documenti
    ? `${documenti} Poi scegli di nuovo anche gli altri file.`
    : 'Scegli di nuovo i file: li conserviamo quando la risposta è completa.'
  return { ...errors, documenti: again }
}

/** What the office waits for from the filer, in its own words, and until when; null when they owe nothing. */
export function requestOf({ filing, events, today }: Pick<OpenFiling, 'filing' | 'events' | 'today'>) {
  const asked = askedOf(filing, events)
  if (!asked) return null
  const { reasons, told } = asked.data
  const day = formatDate(asked.at)
  const words =
    asked.type === 'integration-requested'
      ? { call: 'Serve una tua risposta', heading: `Che cosa ti ha chiesto l’ufficio ${withDay('il', day)}` }
      : {
          call: 'Puoi presentare le tue osservazioni',
          heading: `Perché l’ufficio pensa di non accogliere la richiesta (${day})`,
        }
  return {
    ...words,
    told: typeof told === 'string' ? told : '',
    text: typeof reasons === 'string' ? reasons : '',
    until: untilText(lastDayFor(filing, events), today),
  }
}

/** The last day to answer closes nothing by itself: from then on the office may decide without the answer. */
function untilText(last: IsoDate, today: IsoDate): string {
  if (last === '') return ''
  const day = formatLongDate(last)
  if (today <= last) return `Rispondi entro ${day}.`
  return `Il termine per rispondere era ${day}: puoi rispondere finché l’ufficio non decide.`
}
