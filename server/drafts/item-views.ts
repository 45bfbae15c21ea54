import { draftFiles } from '../filings/index.ts'
import { itemRows, itemView, removeItemView, type Answers, type FieldError, type ItemPlace } from '../forms/index.ts'
import { draftNotice } from '../procedures/index.ts'
import { differences, draftActing, draftBreadcrumb, stepper } from './draft-views.ts'
import type { OpenDraft, SavedStep } from './draft.ts'
import { answersInStep } from './typed.ts'

/** The step at its list: at its head a person would have to look for what they were doing (WCAG 2.4.3). */
export const listPath = ({ id }: OpenDraft['draft'], step: string, list: string): string =>
  `/pratiche/${id}/modulo/${step}#${list.replaceAll('.', '-')}`

type ItemPageInput = {
  step: string
  place: ItemPlace
  /** Item to which the page's form is posted, if it is not the one that the page shows. */
  to?: ItemPlace
  errors: readonly FieldError[]
  notes?: SavedStep['notes']
  theirs?: Answers | undefined
}

/** The page of one item of a list, inside the step that the list belongs to. */
export function itemPage(
  { draft, procedure, files, service, mandateEnded }: OpenDraft,
  { step, place, to = place, errors, notes, theirs }: ItemPageInput,
) {
  const phases = stepper({ draft, procedure }, step)
  const here = `/pratiche/${draft.id}/modulo/${step}`
  const answers = answersInStep(procedure.form, draft, step)
  const view = itemView(procedure.form, place, answers, { errors, files: draftFiles(draft.id, files), ...notes })
  const title = `${view.title} - ${procedure.title}`
  return {
    ...phases,
    title: errors.length > 0 ? `Errore: ${title}` : title,
    heading: procedure.title,
    breadcrumb: draftBreadcrumb(procedure),
    acting: draftActing({ draft, mandateEnded }),
    service: draftNotice(service),
    view,
    action: `${here}/${to.name}/${to.item ?? 'nuovo'}`,
    revision: draft.revision,
    back: listPath(draft, step, to.name),
    differences: theirs
      ? differences(itemRows(procedure.form, place, answers), to.item ? itemRows(procedure.form, to, theirs) : [])
      : null,
  }
}

const removalPath = ({ id }: OpenDraft['draft'], step: string, { name, item }: ItemPlace): string =>
  `/pratiche/${id}/modulo/${step}/${name}/${item ?? 'nuovo'}/elimina`

/** Whoever empties an item means to delete it, or made a mistake: they are asked. */
export const emptiedPath = (...place: Parameters<typeof removalPath>): string => `${removalPath(...place)}?vuoto=1`

export function removeItemPage(
  { draft, procedure, mandateEnded }: OpenDraft,
  { step, place, emptied }: { step: string; place: ItemPlace; emptied: boolean },
) {
  return {
    heading: procedure.title,
    breadcrumb: draftBreadcrumb(procedure),
    acting: draftActing({ draft, mandateEnded }),
    view: removeItemView(procedure.form, place, answersInStep(procedure.form, draft, step)),
    emptied,
    action: removalPath(draft, step, place),
    back: listPath(draft, step, place.name),
  }
}
