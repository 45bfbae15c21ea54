import { applies, isRequired, isRequiredOnceShown, ownConditions } from './conditions.ts'
import { controlView, PARTIALS } from './control-views.ts'
import { displayValue, labelOf } from './display.ts'
import type { Condition, Field, Pointer } from './form.ts'
import { idOf, nameOf, parentOf, placed, valueAt } from './pointers.ts'
import { repeaterView } from './repeater-views.ts'
import type { ControlView, Drawing, FieldView } from './view-model.ts'

/** Where the field stands on its page. */
type Seat = Readonly<{
  /** Inside something that is hidden. */
  off?: boolean
  /** Alone in a section without title. */
  alone?: boolean
  /** Inside an optional group in which nothing is written yet: its fields are required only once something is. */
  optional?: boolean
}>

type State = Seat & Readonly<{ off: boolean; hidden: boolean; simple: Condition['simple'] }>

/**
 * The field at that place: one view, or none where it does not apply. What a script could make applicable within the
 * page is drawn hidden and disabled, so that without a script it is neither seen nor sent.
 */
export function fieldViews(field: Field, pointer: Pointer, drawing: Drawing, seat: Seat = {}): FieldView[] {
  const when = ownConditions(field, drawing.form.fields.get(parentOf(field.pointer)))
  const shown = applies(when, pointer, drawing.answers)
  const simple = simpleCondition(when, drawing)
  if (!shown && !simple) return []
  return [fieldView(field, pointer, drawing, { ...seat, off: seat.off === true || !shown, hidden: !shown, simple })]
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
  const hint = locked ? null : field.hint
  const error = drawing.errors.get(pointer) ?? null
  const { simple } = state
  const id = idOf(pointer)
  return {
    partial: `components/forms/${locked ? 'readonly' : PARTIALS[field.widget]}`,
    pointer,
    name: nameOf(pointer),
    id,
    label: labelOf(field),
    hint,
    hintId: `${id}-hint`,
    help: field.ui.help ?? null,
    error,
    errorId: `${id}-error`,
    describedBy: describedBy(id, { hint, error, control }),
    required: isWritable(field, drawing) && state.optional !== true && isAskedFor(field, pointer, drawing, state),
    locked,
    hidden: state.hidden,
    disabled: state.off,
    showWhen: simple && nameOf(placed(simple.pointer, pointer)),
    showValues: simple && simple.values.join(' '),
    control,
  }
}

const isWritable = ({ pointer, widget }: Field, { form }: Drawing): boolean =>
  !form.locked.has(pointer) && widget !== 'readonly' && widget !== 'fieldset'

const isAskedFor = (field: Field, pointer: Pointer, { answers }: Drawing, { off }: State): boolean =>
  (off ? isRequiredOnceShown : isRequired)(field, pointer, answers)

/** Ids of the texts that explain a control, in the order in which they should be heard. */
function describedBy(
  id: string,
  { hint, error, control }: Pick<FieldView, 'hint' | 'error' | 'control'>,
): string | null {
  const described = [
    ...(hint === null ? [] : [`${id}-hint`]),
    ...(control.limits !== undefined && control.canAdd === true ? [`${id}-limits`] : []),
    ...(error === null ? [] : [`${id}-error`]),
    ...(control.files?.length && control.canAdd === true ? [`${id}-files`] : []),
    ...(typeof control.counter === 'number' ? [`${id}-count`] : []),
  ]
  return described.length > 0 ? described.join(' ') : null
}

const lockedView = (field: Field, pointer: Pointer, { answers }: Drawing): ControlView => ({
  value: displayValue(field, valueAt(answers, pointer)),
})

function drawn(field: Field, pointer: Pointer, drawing: Drawing, state: State): ControlView {
  if (field.widget !== 'fieldset' && field.widget !== 'repeater') return controlView(field, pointer, drawing)
  const heading = headingOf(field, drawing, state)
  if (field.widget === 'repeater') return { ...repeaterView(field, pointer, drawing), heading }
  const empty = valueAt(drawing.answers, pointer) === undefined
  const optional = state.optional === true || (empty && !isAskedFor(field, pointer, drawing, state))
  const fields = field.children.flatMap((inner) =>
    fieldViews(inner, `${pointer}/${inner.key}`, drawing, { off: state.off, optional }),
  )
  return { heading, fields }
}

function headingOf({ label }: Field, { title }: Drawing, { alone }: State): NonNullable<ControlView['heading']> {
  if (label === title) return 'visually-hidden'
  return alone === true ? 'form-section-title' : 'field-group-title'
}
