import type { ValidateFunction } from 'ajv'

/** What a person answered: nested JSON data in the shape of the form's schema. Absent = not answered, never `''` or null. */
export type Answers = Readonly<Record<string, unknown>>

/** JSON Pointer into the answers (RFC 6901). In definitions `*` stands for any item of an array: `/veicoli/*` is one vehicle. */
export type Pointer = string

export type Widget =
  | 'text'
  | 'textarea'
  | 'email'
  | 'tel'
  | 'date'
  | 'date-parts'
  | 'time'
  | 'number'
  | 'money'
  | 'radio'
  | 'select'
  | 'autocomplete'
  | 'yes-no'
  | 'checkbox'
  | 'declaration'
  | 'checkboxes'
  | 'repeater'
  | 'fieldset'
  | 'upload'
  | 'readonly'

/** How one field is asked. Everything is optional: the schema alone gives an acceptable page. */
export type UiField = Readonly<{
  /** Instead of the widget that follows from the schema. */
  widget?: Widget
  /** Instead of the schema's `title`; needed for the fields of a shared type. */
  label?: string
  /** Instead of the schema's `description`: one plain sentence shown between label and control. */
  hint?: string
  summaryLabel?: string
  width?: 'short' | 'medium' | 'full'
  /** Fact about the person that fills the field when the draft is created, e.g. `identity.fiscalNumber`. */
  prefill?: string
  /** With `prefill`: shown as text and never read from the request, as long as the fact is known. */
  lock?: boolean
  /** WCAG 1.3.5 token, only for data about the person who fills in. */
  autocomplete?: string
  /** Rows of a textarea. */
  rows?: number
  help?: Readonly<{ text: string; href: string }>
  /** Repeater: title of an item, `Veicolo {{targa}}`; `{{field}}` is a field of the item. */
  itemTitle?: string
  addLabel?: string
  /** Upload: media types admitted (default PDF, p7m, JPEG, PNG), size limit of one file (default 10 MB), signature. */
  accept?: readonly string[]
  maxBytes?: number
  signature?: 'required' | 'optional'
  /** Own sentence for a keyword (`required`, `pattern`, `maxLength`…) or format (`format:iban`). */
  errors?: Readonly<Record<string, string>>
}>

/** `fields` are pointers to properties or whole objects, in the order in which they are asked. */
type UiSection = Readonly<{ title?: string; description?: string; fields: readonly Pointer[] }>

export type UiStep = Readonly<{
  /** Used in the address: lower case letters, digits and `-`. */
  id: string
  title: string
  description?: string
  /** Either sections, or fields in one section without title. */
  sections?: readonly UiSection[]
  fields?: readonly Pointer[]
}>

/** The presentation companion `ui.json` of a form's schema (checked against `ui.schema.json` at start). */
export type Ui = Readonly<{
  $schema?: string
  form?: string
  steps: readonly UiStep[]
  fields?: Readonly<Record<Pointer, UiField>>
}>

export type RuleError = Readonly<{ pointer: Pointer; message: string }>

/**
 * What a schema cannot say: order of dates, sums, comparison with another answer. Called only with answers that
 * already satisfy the schema as far as they were asked, so later steps may be missing. Pure: a rule that needs
 * today's date is made with a clock by whoever loads the procedure.
 */
export type Rules = (answers: Answers) => readonly RuleError[]

export type FormSource = Readonly<{ id: string; version: number; schema: object; ui: Ui; rules?: Rules }>

/** A branch of the schema (`if`, `else`, `dependentSchemas`). `depth`: how many segments of the field's pointer lead to the object it tests. */
export type Condition = Readonly<{
  depth: number
  holds: (scope: unknown) => boolean
  /** Fields whose answers decide. */
  dependsOn: readonly Pointer[]
  /** The case a browser can decide by itself: one field has one of these values. */
  simple: Readonly<{ pointer: Pointer; values: readonly string[] }> | null
}>

/** Any one of the lists, in which every condition holds. `[]` = never, `[[]]` = always. */
export type When = readonly (readonly Condition[])[]

export type Option = Readonly<{ value: string | number; label: string; hint: string | null }>

type SchemaKeywords = Readonly<Record<string, unknown>>

/** One node of the form: a control, a group (`fieldset`) or a list of groups (`repeater`). */
export type Field = Readonly<{
  pointer: Pointer
  key: string
  label: string
  hint: string | null
  widget: Widget
  type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
  format: string | null
  options: readonly Option[]
  multiple: boolean
  /** Keywords of the schema, `$ref` resolved. */
  schema: SchemaKeywords
  ui: UiField
  children: readonly Field[]
  shownWhen: When
  requiredWhen: When
}>

export type Section = Readonly<{ title: string | null; description: string | null; fields: readonly Field[] }>

export type StepDefinition = Readonly<{
  id: string
  title: string
  description: string | null
  sections: readonly Section[]
}>

export type Form = Readonly<{
  id: string
  version: number
  title: string
  steps: readonly StepDefinition[]
  /** The whole tree; its children are the properties of the schema. */
  root: Field
  /** Every field by its definition pointer. */
  fields: ReadonlyMap<Pointer, Field>
  /** Number of each field in the order of the pages, groups before their fields. */
  positions: ReadonlyMap<Pointer, number>
  /** The step that asks each field; an object spread over several steps is in none. */
  stepOf: ReadonlyMap<Pointer, string>
  /** Pointers of the fields that the person cannot write. */
  locked: ReadonlySet<Pointer>
  validate: ValidateFunction
  rules: Rules
}>

/** `pointer` and `name` are concrete (`/veicoli/0/targa`, `veicoli.0.targa`); `message` is Italian, for the person. */
export type FieldError = Readonly<{ pointer: Pointer; name: string; label: string; message: string; stepId: string }>

/** What is known of the person: `identity.fiscalNumber` → value. Absent when the identity provider did not say. */
export type PrefillFacts = Readonly<Record<string, string | undefined>>
