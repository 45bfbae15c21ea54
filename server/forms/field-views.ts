import { applies, isRequired, isRequiredOnceShown, ownConditions } from './conditions.ts'
import { controlView, PARTIALS } from './control-views.ts'
import { displayValue, labelOf } from './display.ts'
import type { Condition, Field, Pointer } from './form.ts'
import { idOf, nameOf, parentOf, placed, valueAt } from './pointers.ts'
import type { ControlView, Drawing, FieldView } from './view-model.ts'

const LOCKED_HINT = 'Dato della tua identità digitale: qui non si può modificare'

type State = Readonly<{
  /** Inside something hidden or hidden itself. */
  off: boolean
  hidden: boolean
  simple: Condition['simple']
  /** Alone in a section without title. */
  prominent: boolean
}>

/**
 * The field at that place: one view, or none where it does not apply. What a script could make applicable within the
 * page is drawn hidden and disabled, so that without a script it is neither seen nor sent.
 */
export function fieldViews(
  field: Field,
  pointer: Pointer,
  drawing: Drawing,
  { off = false, prominent = false } = {},
): FieldView[] {
  const when = ownConditions(field, drawing.form.fields.get(parentOf(field.pointer)))
  const shown = applies(when, pointer, drawing.answers)
  const simple = simpleCondition(when, drawing)
  if (!shown && !simple) return []
  return [fieldView(field, pointer, drawing, { off: off || !shown, hidden: !shown, simple, prominent })]
}

function simpleCondition([all, ...others]: readonly (readonly Condition[])[], { asks }: Drawing): Condition['simple'] {
  const [condition, ...more] = all ?? []
  if (!condition?.simple || others.length > 0 || more.length > 0) return null
  const { pointer, values } = condition.simple
  return asks(pointer) && values.every((value) => /^\S+$/.test(value)) ? condition.simple : null
}

function fieldView(field: Field, pointer: Pointer, drawing: Drawing, state: State): FieldView {
  const locked = drawing.form.locked.has(field.pointer)
  const control = locked ? lockedView(field, pointer, drawing) : drawn(field, pointer, drawing, state)
  const texts = { hint: locked ? LOCKED_HINT : field.hint, error: drawing.errors.get(pointer) ?? null }
  return {
    ...texts,
    ...identifiers(pointer, texts, control),
    ...conditionView(pointer, state),
    partial: `components/forms/${locked ? 'readonly' : PARTIALS[field.widget]}`,
    pointer,
    name: nameOf(pointer),
    label: labelOf(field),
    help: field.ui.help ?? null,
    required: isWritable(field, drawing) && isAskedFor(field, pointer, drawing, state),
    control,
  }
}

const isWritable = ({ pointer, widget }: Field, { form }: Drawing): boolean =>
  !form.locked.has(pointer) && widget !== 'readonly' && widget !== 'fieldset'

const isAskedFor = (field: Field, pointer: Pointer, { answers }: Drawing, { off }: State): boolean =>
  (off ? isRequiredOnceShown : isRequired)(field, pointer, answers)

const conditionView = (pointer: Pointer, { hidden, off, simple }: State) => ({
  hidden,
  disabled: off,
  showWhen: simple ? nameOf(placed(simple.pointer, pointer)) : null,
  showValues: simple ? simple.values.join(' ') : null,
})

/** Ids of a control and of the texts that explain it, in the order in which they should be heard. */
function identifiers(
  pointer: Pointer,
  { hint, error }: { hint: string | null; error: string | null },
  { limits, canAdd, counter }: ControlView,
) {
  const id = idOf(pointer)
  const described = [
    ...(hint === null ? [] : [`${id}-hint`]),
    ...(limits !== undefined && canAdd === true ? [`${id}-limits`] : []),
    ...(error === null ? [] : [`${id}-error`]),
    ...(typeof counter === 'number' ? [`${id}-count`] : []),
  ]
  return {
    id,
    hintId: `${id}-hint`,
    errorId: `${id}-error`,
    describedBy: described.length > 0 ? described.join(' ') : null,
  }
}

const lockedView = (field: Field, pointer: Pointer, { answers }: Drawing): ControlView => ({
  value: displayValue(field, valueAt(answers, pointer)),
})

function drawn(field: Field, pointer: Pointer, drawing: Drawing, { off, prominent }: State): ControlView {
  if (field.widget !== 'fieldset') return controlView(field, pointer, drawing)
  return {
    prominent,
    fields: field.children.flatMap((inner) => fieldViews(inner, `${pointer}/${inner.key}`, drawing, { off })),
  }
}
