import { formDefects, uiDefects } from './defects.ts'
import { buildField } from './fields.ts'
import type { Field, Form, FormSource, Pointer, StepDefinition, Ui, UiStep } from './form.ts'
import { isWithin } from './pointers.ts'
import { readSchema, type Declaration } from './schema-reader.ts'
import type { SharedTypes } from './shared-types.ts'
import { fieldsOf } from './steps.ts'

/**
 * Makes a form out of its schema and companion. Throws one Error that lists every defect, so that a form that would
 * fail in front of a person stops the start instead.
 */
export function compileForm(source: FormSource, types: SharedTypes): Form {
  const defects = uiDefects(source.ui)
  if (defects.length > 0) throw defective(source, defects)

  const key = attempt(() => types.add(source.schema), defects)
  if (key === null) throw defective(source, defects)

  const declared = readSchema(types, key, defects)
  const form = assemble(source, buildField(declared, source.ui.fields ?? {}, defects), types.validator(key))
  defects.push(...closedDefects(source.schema, declared), ...formDefects(form, source.ui))
  if (defects.length > 0) throw defective(source, defects)
  return form
}

function assemble({ id, version, ui, rules }: FormSource, root: Field, validate: Form['validate']): Form {
  const fields = new Map(descendants(root).map((field) => [field.pointer, field]))
  const steps = ui.steps.map((step) => stepOf(step, fields))
  const inPageOrder = steps.flatMap(fieldsOf).flatMap((field) => [field, ...descendants(field)])
  return {
    id,
    version,
    title: root.label,
    steps,
    root,
    fields,
    positions: new Map(inPageOrder.map(({ pointer }, position) => [pointer, position])),
    stepOf: new Map([...fields.keys()].flatMap((pointer) => placeOf(pointer, ui))),
    locked: new Set([...fields.values()].filter(({ ui: own }) => own.lock === true).map(({ pointer }) => pointer)),
    validate,
    rules: rules ?? (() => []),
  }
}

const descendants = (field: Field): Field[] => field.children.flatMap((inner) => [inner, ...descendants(inner)])

function stepOf(
  { id, title, description, sections, fields }: UiStep,
  known: ReadonlyMap<Pointer, Field>,
): StepDefinition {
  const asked = (pointers: readonly Pointer[]) => pointers.flatMap((pointer) => known.get(pointer) ?? [])
  return {
    id,
    title,
    description: description ?? null,
    sections: (sections ?? [{ fields: fields ?? [] }]).map((section) => ({
      title: section.title ?? null,
      description: section.description ?? null,
      fields: asked(section.fields),
    })),
  }
}

const pointersOf = ({ fields, sections }: UiStep): readonly Pointer[] =>
  fields ?? (sections ?? []).flatMap((section) => section.fields)

function placeOf(pointer: Pointer, ui: Ui): [Pointer, string][] {
  const step = ui.steps.find((one) => pointersOf(one).some((named) => isWithin(pointer, named)))
  return step ? [[pointer, step.id]] : []
}

/** Without it, answers left over from a branch that no longer applies would pass. */
function closedDefects(schema: object, { keywords }: Declaration): string[] {
  const closed = 'unevaluatedProperties' in schema && schema.unevaluatedProperties === false
  return closed || keywords['type'] !== 'object' ? [] : ['the schema must say "unevaluatedProperties": false']
}

function attempt<Result>(action: () => Result, defects: string[]): Result | null {
  try {
    return action()
  } catch (error) {
    defects.push(`the schema does not compile: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

const defective = ({ id, version }: FormSource, defects: readonly string[]): Error =>
  new Error(`Form ${id} version ${version}:\n- ${defects.join('\n- ')}`)
