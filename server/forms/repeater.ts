import { AppError } from '../errors.ts'
import type { FormBody } from '../shared/form-body.ts'
import { decodeFields, type Decoded } from './decode.ts'
import { itemName, itemTitle } from './display.ts'
import { fieldViews } from './field-views.ts'
import type { Answers, Field, FieldError, Form, Pointer } from './form.ts'
import { isWithin, ITEM_ID, nameOf, valueAt, withValue } from './pointers.ts'
import { positionOf, rowsOf } from './repeater-views.ts'
import { drawingOf, noticesOf, pageView, toldErrors, type StepOptions } from './step-views.ts'
import { isShown } from './conditions.ts'
import { itemsOf, placesFrom, prune } from './visible.ts'
import { validateForm } from './validate.ts'
import type { StepView } from './view-model.ts'

/**
 * One item of a list. `name` is the list's (`veicoli`, `azienda.sedi`); `item` is the item's hidden identifier, or
 * null for a new one. Identifiers and not positions, so that two tabs never edit the wrong item.
 */
export type ItemPlace = Readonly<{ name: string; item: string | null }>

/** Field of an item's page that says at which position its controls were named. */
const POSITION = 'posizione'

type Found = Readonly<{ field: Field; list: Pointer; index: number; pointer: Pointer }>

/** The page of one item: the same partial as a step's. `title` is `Aggiungi: Veicoli` or `Modifica: Veicolo AB123CD`. */
export function itemView(form: Form, place: ItemPlace, answers: Answers, options: StepOptions = {}): StepView {
  const { field, index, pointer } = findItem(form, place, answers)
  const errors = toldErrors(options).filter((error) => isWithin(error.pointer, pointer))
  const onPage = new Set(
    itemFields(field, pointer)
      .flatMap((inner) => placesFrom(inner.field, inner.pointer, answers))
      .map((inner) => inner.field.pointer),
  )
  const drawing = drawingOf(form, answers, {
    ...options,
    errors,
    action: options.action ?? '',
    title: '',
    fields: field.children,
    onPage,
  })
  // Sent with errors before anything says whom or what it is, it is still being added.
  const isBegun =
    place.item !== null && (field.ui.itemTitle === undefined || itemName(field, pointer, answers) !== null)
  const fields = field.children.flatMap((inner) => fieldViews(inner, `${pointer}/${inner.key}`, drawing))
  return pageView([{ id: 'sezione-1', title: null, description: null, fields }], {
    id: form.stepOf.get(field.pointer) ?? '',
    title: isBegun
      ? `Modifica: ${itemTitle(field, pointer, answers)}`
      : (field.ui.addLabel ?? `Aggiungi: ${field.label}`),
    description: null,
    errors,
    notices: noticesOf(options),
    hidden: [{ name: POSITION, value: String(index) }],
  })
}

/**
 * Reads an item's page. A new item gets its identifier from `newId`; the answer says which item it is, and whether nothing is in it.
 * Throws NOT_FOUND for an item or list that is not there, INVALID_INPUT when the list is full.
 */
export function decodeItem(
  form: Form,
  { name, item, newId }: ItemPlace & Readonly<{ newId: () => string }>,
  body: FormBody,
  answers: Answers,
): Decoded & Readonly<{ item: string; blank: boolean }> {
  const { field, list, index, pointer } = findItem(form, { name, item }, answers)
  const limit = Number(field.schema['maxItems'] ?? Infinity)
  if (index >= limit) {
    throw new AppError('INVALID_INPUT', `List ${list} is full`, {
      explanation: `In «${field.label}» puoi inserire al massimo ${limit} elementi.`,
    })
  }
  const id = item ?? newId()
  const items = itemsOf(valueAt(answers, list))
  const started = withValue(answers, list, items.toSpliced(index, 1, { [ITEM_ID]: id, ...items[index] }))
  // Another tab may have taken an item away meanwhile: the names in the body are those of the page as it was made.
  const shown = body[POSITION]
  const then = typeof shown === 'string' && /^\d{1,4}$/.test(shown) ? `${list}/${shown}` : pointer
  const named = (inner: Pointer) => nameOf(then + inner.slice(pointer.length))
  const decoded = decodeFields(itemFields(field, pointer), { form, body, answers: started, cut: [], named })
  return { ...decoded, item: id, blank: isBlank(valueAt(decoded.answers, pointer)) }
}

const isBlank = (item: unknown): boolean =>
  Object.entries(item ?? {}).every(([key, value]) => key === ITEM_ID || value === undefined || value === false)

/** Errors of one item, with the messages and order of its page. */
export function validateItem(form: Form, place: ItemPlace, answers: Answers): FieldError[] {
  const { pointer } = findItem(form, place, answers)
  return validateForm(form, answers).filter((error) => isWithin(error.pointer, pointer))
}

/** The question before an item is deleted: which one, and what is in it. */
export function removeItemView(form: Form, place: ItemPlace, answers: Answers) {
  const { field, pointer } = findItem(form, place, answers)
  return { title: `Vuoi eliminare «${itemTitle(field, pointer, answers)}»?`, rows: rowsOf(field, pointer, answers) }
}

/** What was answered in one item, in words. */
export function itemRows(form: Form, place: ItemPlace, answers: Answers): { label: string; value: string }[] {
  const { field, pointer } = findItem(form, place, answers)
  return rowsOf(field, pointer, answers)
}

/** The answers without that item; an item that is already gone is no mistake (two clicks, two tabs). */
export function removeItem(form: Form, { name, item }: ItemPlace, answers: Answers): Answers {
  const { list } = findList(form, name, answers)
  const items = itemsOf(valueAt(answers, list))
  const index = item === null ? -1 : positionOf(items, item)
  if (index < 0) return answers
  const left = items.toSpliced(index, 1)
  return prune(form, withValue(answers, list, left.length > 0 ? left : undefined)).answers
}

/** The items of a list, whether or not it is asked with these answers. */
export const listIn = (name: string, answers: Answers): readonly Record<string, unknown>[] =>
  itemsOf(valueAt(answers, pointerOf(name)))

/** The answers with these items as the whole list. */
export const withList = (name: string, items: readonly object[], answers: Answers): Answers =>
  withValue(answers, pointerOf(name), items.length > 0 ? items : undefined)

/** The same with items that are new: each gets its identifier here. */
export const withNewItems = (
  { name, items, newId }: Readonly<{ name: string; items: readonly object[]; newId: () => string }>,
  answers: Answers,
): Answers =>
  withList(
    name,
    items.map((item) => ({ [ITEM_ID]: newId(), ...item })),
    answers,
  )

const pointerOf = (name: string): Pointer => `/${name.replaceAll('.', '/')}`

/** The step in which the list is asked. */
export const stepOfList = (form: Form, name: string): string | null => form.stepOf.get(pointerOf(name)) ?? null

function findList(form: Form, name: string, answers: Answers): { field: Field; list: Pointer } {
  const list = pointerOf(name)
  const field = form.fields.get(list)
  if (field?.widget !== 'repeater' || !isShown(field, list, answers))
    throw new AppError('NOT_FOUND', `Form ${form.id} asks no such list`)
  return { field, list }
}

function findItem(form: Form, { name, item }: ItemPlace, answers: Answers): Found {
  const { field, list } = findList(form, name, answers)
  const items = itemsOf(valueAt(answers, list))
  const index = item === null ? items.length : positionOf(items, item)
  if (index < 0) {
    throw new AppError('NOT_FOUND', `Item of ${list} is gone`, {
      explanation: 'L’elemento che cerchi è già stato eliminato da questa richiesta.',
    })
  }
  return { field, list, index, pointer: `${list}/${index}` }
}

const itemFields = (field: Field, pointer: Pointer): { field: Field; pointer: Pointer }[] =>
  field.children.map((inner) => ({ field: inner, pointer: `${pointer}/${inner.key}` }))
