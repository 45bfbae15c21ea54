import type { ErrorSummary } from '../shared/form-body.ts'
import type { FileView, FormFile } from './file-views.ts'
import type { Answers, Form, Pointer } from './form.ts'

/** What the templates of `components/forms` get: plain data with every decision taken. */

/** One field on a page. `partial` names the template that draws it. */
export type FieldView = Readonly<{
  partial: string
  pointer: Pointer
  name: string
  /** Of the control, or of the first one of a group: where the error summary leads. */
  id: string
  label: string
  hint: string | null
  hintId: string
  help: Readonly<{ text: string; href: string }> | null
  error: string | null
  errorId: string
  /** Ids of the texts that explain the control, hint before error; null when there is none. */
  describedBy: string | null
  required: boolean
  /** Not (yet) applicable: drawn for the browser's script to reveal, and never sent while hidden. */
  hidden: boolean
  disabled: boolean
  /** Comes from the identity of the person. */
  locked: boolean
  /** Condition within the page, for the script: name of the deciding field, and its values separated by blanks. */
  showWhen: string | null
  showValues: string | null
  control: ControlView
}>

/** What differs from widget to widget. */
export type ControlView = Readonly<{
  value?: string
  type?: string
  inputMode?: string | null
  autocomplete?: string | null
  /** A code: no spell checking, capital letters. */
  code?: boolean
  width?: string
  rows?: number
  /** Characters admitted, for the counter. */
  counter?: number | null
  options?: readonly ChoiceView[]
  /** A list long enough to be searched. */
  searchable?: boolean
  checked?: boolean
  parts?: readonly DatePart[]
  fields?: readonly FieldView[]
  /** Style of a group's or list's heading: large if it is a whole section, only for the ear if the step says the same. */
  heading?: 'form-section-title' | 'field-group-title' | 'visually-hidden'
  accept?: string
  limits?: string
  /** Of one file; `maxSize` in words. */
  maxBytes?: number
  maxSize?: string
  multiple?: boolean
  /** Name under which boxes and radios say that they were on the page: a browser sends none that is not chosen. */
  shownAs?: string
  files?: readonly FileView[]
  canAdd?: boolean
  /** Required and not there yet. */
  missing?: boolean
  items?: readonly RepeaterItem[]
  addLabel?: string
  fullText?: string | null
}>

export type ChoiceView = Readonly<{ id: string; value: string; label: string; hint: string | null; checked: boolean }>

export type DatePart = Readonly<{ id: string; name: string; label: string; value: string; autocomplete: string }>

/** A card in a list. Links are null where following them would lose what else was typed on the page: buttons save first. */
export type RepeaterItem = Readonly<{
  id: string
  itemId: string
  title: string
  rows: readonly { label: string; value: string }[]
  editHref: string | null
  removeHref: string | null
  error: string | null
}>

export type StepView = Readonly<{
  id: string
  title: string
  description: string | null
  /** The page holds an upload: its form must be `multipart/form-data`. */
  uploads: boolean
  /** Said once: what the asterisk means. */
  hasRequired: boolean
  /** Said once: where the data come from that cannot be changed. */
  hasLocked: boolean
  notices: readonly string[]
  errorSummary: ErrorSummary | null
  hidden: readonly { name: string; value: string }[]
  sections: readonly SectionView[]
}>

export type SectionView = Readonly<{
  id: string
  title: string | null
  description: string | null
  fields: readonly FieldView[]
}>

/** What drawing the fields of one page takes. */
export type Drawing = Readonly<{
  form: Form
  answers: Answers
  /** Whether the page has a control for the field with that definition. */
  asks: (definition: Pointer) => boolean
  /** Address of the step; a list adds the addresses of its items to it. */
  action: string
  /** Messages by concrete pointer. */
  errors: ReadonlyMap<Pointer, string>
  files: readonly FormFile[]
  /** Title of the page, which a group or list in it need not repeat. */
  title: string
  /** Nothing but lists on the page, so a link to an item loses nothing. */
  onlyLists: boolean
}>
