import { summaryOf } from '../shared/form-body.ts'
import { fieldViews } from './field-views.ts'
import type { FormFile } from './file-views.ts'
import type { Answers, Field, FieldError, Form, Pointer, Section } from './form.ts'
import { fieldsOf, stepNamed } from './steps.ts'
import { idOf } from './pointers.ts'
import type { Drawing, FieldView, SectionView, StepView } from './view-model.ts'
import { stepPlaces } from './visible.ts'

/**
 * `action`: address of the step, by default relative to its own page. `removed`, `cut`, `revealed`: what `decodeStep`
 * answered, to be told to the person.
 */
export type StepOptions = Readonly<{
  errors?: readonly FieldError[]
  files?: readonly FormFile[]
  action?: string
  removed?: readonly string[]
  cut?: readonly string[]
  revealed?: readonly Pointer[]
}>

const list = new Intl.ListFormat('it', { type: 'conjunction' })

/** One step as plain data for `components/forms/step`. */
export function stepView(form: Form, stepId: string, answers: Answers, options: StepOptions = {}): StepView {
  const step = stepNamed(form, stepId)
  const errors = toldErrors(options)
  const onPage = new Set(stepPlaces(step, answers).map(({ field }) => field.pointer))
  const drawing = drawingOf(form, answers, {
    ...options,
    errors,
    action: options.action ?? stepId,
    title: step.title,
    fields: fieldsOf(step),
    onPage,
  })
  return pageView(
    step.sections.map((section, index) => sectionView(section, index, drawing)),
    { id: stepId, title: step.title, description: step.description, errors, notices: noticesOf(options) },
  )
}

type Frame = Pick<StepOptions, 'files'> &
  Readonly<{
    errors: readonly FieldError[]
    action: string
    title: string
    fields: readonly Field[]
    onPage: ReadonlySet<Pointer>
  }>

/** `fields`: what the page asks; `onPage`: definitions of everything visible on it. */
export function drawingOf(
  form: Form,
  answers: Answers,
  { errors, files, action, title, fields, onPage }: Frame,
): Drawing {
  return {
    form,
    answers,
    asks: (definition) =>
      onPage.has(definition) && !form.locked.has(definition) && form.fields.get(definition)?.widget !== 'readonly',
    action,
    title,
    errors: new Map(errors.map(({ pointer, message }) => [pointer, message])),
    files: files ?? [],
    onlyLists: fields.every(({ widget }) => widget === 'repeater'),
  }
}

function sectionView({ title, description, fields }: Section, index: number, drawing: Drawing): SectionView {
  const alone = title === null && fields.length === 1
  // What stands above its fields.
  const inside = title === null ? drawing : { ...drawing, title }
  return {
    id: `sezione-${index + 1}`,
    title,
    description,
    fields: fields.flatMap((field) => fieldViews(field, field.pointer, inside, { alone })),
  }
}

type Page = Pick<StepView, 'id' | 'title' | 'description' | 'notices'> &
  Readonly<{ errors: readonly FieldError[]; hidden?: StepView['hidden'] }>

/** Puts a page of fields together: summary of its errors, and what its frame must know. */
export function pageView(sections: readonly SectionView[], { errors, hidden = [], ...page }: Page): StepView {
  const asked = sections.filter(({ fields }) => fields.length > 0)
  const all = withInner(asked.flatMap(({ fields }) => fields))
  return {
    ...page,
    hidden,
    sections: asked,
    uploads: all.some(({ partial }) => partial === 'components/forms/upload'),
    hasRequired: all.some(({ required }) => required),
    hasLocked: all.some(({ locked }) => locked),
    errorSummary: errorSummary(errors, all),
  }
}

function withInner(views: readonly FieldView[], found: FieldView[] = []): FieldView[] {
  for (const view of views) {
    found.push(view)
    if (view.control.fields) withInner(view.control.fields, found)
  }
  return found
}

/** Fields that have just appeared were not left empty by the person: they are announced, not blamed. */
export function toldErrors({ errors = [], revealed = [] }: StepOptions): FieldError[] {
  return errors.filter(({ pointer }) => !revealed.includes(pointer))
}

export function noticesOf({ removed = [], cut = [], revealed = [] }: StepOptions): string[] {
  const named = (labels: readonly string[]) => list.format(labels.map((label) => `«${label}»`))
  return [
    ...(removed.length > 0
      ? [`Hai cambiato risposta: alcune informazioni sono state rimosse (${named(removed)}).`]
      : []),
    ...(revealed.length > 0
      ? ['In base a quello che hai risposto servono altre informazioni: completa i nuovi campi.']
      : []),
    ...(cut.length > 0
      ? [`Il testo di ${named(cut)} era troppo lungo per essere conservato: la parte finale è stata tagliata.`]
      : []),
  ]
}

function errorSummary(errors: readonly FieldError[], views: readonly FieldView[]): StepView['errorSummary'] {
  const items = onePerTarget(errors.map(({ pointer, message }) => ({ href: targetOf(pointer, views), message })))
  return summaryOf(items)
}

/** Several errors of one item are corrected on the item's page: the list names the first. */
function onePerTarget<Item extends { href: string | null }>(items: readonly Item[]): Item[] {
  return items.filter(({ href }, index) => href === null || items.findIndex((other) => other.href === href) === index)
}

/** The control, or the card of the item that the error is in; null when the page has neither. */
function targetOf(pointer: Pointer, views: readonly FieldView[]): string | null {
  if (views.some((view) => view.pointer === pointer)) return `#${idOf(pointer)}`
  const cards = views.flatMap(({ control }) => control.items ?? [])
  const card = cards.find(({ id }) => idOf(pointer).startsWith(`${id}-`) || idOf(pointer) === id)
  return card ? `#${card.id}` : null
}
