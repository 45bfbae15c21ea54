import type { AppError } from '../errors.ts'
import { actingView, type OpenFiling } from '../filings/index.ts'
import type { Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate } from '../shared/dates.ts'
import { shownErrors } from '../shared/form-body.ts'
import { LONGEST_TEXT } from './step.ts'

type Shown = { base: string; error: AppError | null; text: string; days?: string }

/** The page on which a person takes one step of a filing: what it does, what is asked with it, what was wrong last time. */
export function stepPageOf({ filing, events }: OpenFiling, transition: Transition, { base, error, text, days }: Shown) {
  const { id, label, told, reasons, documents, answerDays, signedBy } = transition
  const request = events.findLast(({ type }) => type === 'integration-requested' || type === 'refusal-announced')
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
    request:
      request && typeof request.data['reasons'] === 'string'
        ? { text: request.data['reasons'], date: formatDate(request.at) }
        : null,
    action: `${base}/${filing.id}/passo/${id}`,
    back: `${base}/${filing.id}`,
    ...wrongIn(error, documents ? 'documenti' : 'testo'),
    text,
    signedFirst: signedBy !== undefined,
    asksText: reasons !== undefined,
    textRequired: reasons === 'required',
    longest: LONGEST_TEXT,
    asksFiles: documents !== undefined,
    filesRequired: documents === 'required',
    days: answerDays ? { ...answerDays, value: days ?? String(answerDays.default) } : null,
  }
}

/** What was wrong last time, for the head of the page and beside its field: that which the error names, or else `field`. */
function wrongIn(error: AppError | null, field: string) {
  if (!error) return shownErrors({})
  const named = typeof error.details['field'] === 'string' ? error.details['field'] : field
  return shownErrors({ [named]: error.explanation ?? 'Controlla i dati inviati.' })
}
