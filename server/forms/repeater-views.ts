import { formatFigure } from '../shared/figure.ts'
import { displayValue, itemTitle, labelOf } from './display.ts'
import type { Answers, Field, Pointer } from './form.ts'
import { child, idOf, ITEM_ID, nameOf, valueAt } from './pointers.ts'
import { itemsOf, placesFrom } from './visible.ts'
import type { ControlView, Drawing, RepeaterItem } from './view-model.ts'

/** Lines of an item's card; the whole of it is on its own page. */
const CARD_ROWS = 6

/** The list of a repeater inside its step: a card per item, and the way to add one while there is room. */
export function repeaterView(field: Field, pointer: Pointer, drawing: Drawing): ControlView {
  const items = itemsOf(valueAt(drawing.answers, pointer))
  const limit = Number(field.schema['maxItems'] ?? Infinity)
  return {
    items: items.map((item, index) => itemCard(field, `${pointer}/${index}`, drawing, itemIdOf(item, index))),
    canAdd: items.length < limit,
    addLabel: field.ui.addLabel ?? `Aggiungi: ${field.label}`,
    fullText: items.length < limit ? null : `Hai raggiunto il numero massimo: ${formatFigure(limit)}.`,
  }
}

function itemCard(field: Field, pointer: Pointer, drawing: Drawing, itemId: string): RepeaterItem {
  const address = `${drawing.action}/${nameOf(pointer.slice(0, pointer.lastIndexOf('/')))}/${itemId}`
  return {
    id: idOf(pointer),
    itemId,
    title: itemTitle(field, pointer, drawing.answers),
    rows: rowsOf(field, pointer, drawing.answers).slice(0, CARD_ROWS),
    editHref: drawing.onlyLists ? address : null,
    removeHref: drawing.onlyLists ? `${address}/elimina` : null,
    error: firstError(pointer, drawing),
  }
}

/** What was answered in one item, in words. */
export function rowsOf(field: Field, pointer: Pointer, answers: Answers): { label: string; value: string }[] {
  return field.children
    .flatMap((inner) => placesFrom(inner, `${pointer}/${inner.key}`, answers))
    .filter(({ field: { widget } }) => widget !== 'fieldset' && widget !== 'upload')
    .map((place) => ({
      label: place.field.ui.summaryLabel ?? labelOf(place.field),
      value: displayValue(place.field, place.value),
    }))
    .filter(({ value }) => value !== '')
}

/** The item's page shows every error; its card says what the first one is. */
function firstError(pointer: Pointer, { errors }: Drawing): string | null {
  const [first] = [...errors].filter(([place]) => place === pointer || place.startsWith(`${pointer}/`))
  return first ? first[1] : null
}

/** Position of the item with that identifier; -1 when it is no longer there. */
export const positionOf = (items: unknown, itemId: string): number =>
  itemsOf(items).findIndex((item, index) => itemIdOf(item, index) === itemId)

/** Items that do not come from an item's page (an import, a default) have no identifier: their position stands for it. */
function itemIdOf(item: Record<string, unknown>, index: number): string {
  const id = child(item, ITEM_ID)
  return typeof id === 'string' ? id : String(index)
}
