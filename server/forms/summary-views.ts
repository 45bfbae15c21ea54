import { displayValue, itemTitle, labelOf } from './display.ts'
import { filesOf, type FileView, type FormFile } from './file-views.ts'
import type { Answers, Field, Form, Pointer, StepDefinition } from './form.ts'
import { isShown } from './conditions.ts'
import { valueAt } from './pointers.ts'
import { fieldsOf } from './steps.ts'
import { itemsOf } from './visible.ts'

/** `files` only for uploads; `value` then holds their names. */
type SummaryRow = Readonly<{ label: string; value: string; files?: readonly FileView[] }>

/**
 * Answers that belong together: those of an object or of an item, under its title; without title those of the step
 * itself, or of an object that is called as the step. `isRest` when such answers follow a titled group: they are none of its own.
 */
type SummaryGroup = Readonly<{ title: string | null; isRest: boolean; rows: readonly SummaryRow[] }>

/**
 * What was answered in one step. `groups` for a page; `rows` is the same in one list as it was asked, with the group's title
 * before each label, for receipts, comparisons and exports.
 */
type SummarySection = Readonly<{
  id: string
  title: string
  changeHref: string | null
  groups: readonly SummaryGroup[]
  rows: readonly SummaryRow[]
}>

type SummaryOptions = Readonly<{
  files?: readonly FormFile[]
  /** Address where a step can be changed; null leaves the link out. */
  changeLink?: (stepId: string) => string | null
  /** Only that step. */
  only?: string
}>

const NOT_ANSWERED = 'Non indicato'

/** Every visible question with its answer in words, step by step. */
export function summaryView(
  form: Form,
  answers: Answers,
  { files = [], changeLink, only }: SummaryOptions = {},
): SummarySection[] {
  return form.steps
    .filter(({ id }) => only === undefined || id === only)
    .map((step) => sectionOf(step, { answers, files, changeHref: changeLink?.(step.id) ?? null }))
    .filter(({ rows }) => rows.length > 0)
}

type Source = Readonly<{ answers: Answers; files: readonly FormFile[] }>

function sectionOf(
  step: StepDefinition,
  { changeHref, ...source }: Source & { changeHref: string | null },
): SummarySection {
  const found = fieldsOf(step).flatMap((field) => groupsOf(field, field.pointer, { of: '', path: [], source }))
  const titled = ({ path, rows }: Found) => ({ title: titleOf(path, found), rows })
  const groups = gathered(found)
    .map(titled)
    .map((group) => (group.title === step.title ? { ...group, title: null } : group))
  return {
    id: step.id,
    title: step.title,
    changeHref,
    groups: parted(groups),
    rows: found.map(titled).flatMap(flatRows),
  }
}

type Titled = Omit<SummaryGroup, 'isRest'>

const flatRows = ({ title, rows }: Titled): SummaryRow[] =>
  rows.map((row) => (title === null ? row : { ...row, label: `${title}: ${row.label}` }))

/** What has no title is one list up to the next title; below a titled group it is told apart from it. */
function parted(groups: readonly Titled[]): SummaryGroup[] {
  return groups.reduce<SummaryGroup[]>((all, { title, rows }) => {
    const last = all.at(-1)
    if (title !== null || last?.title !== null) return [...all, { title, isRest: title === null && !!last, rows }]
    return [...all.slice(0, -1), { ...last, rows: [...last.rows, ...rows] }]
  }, [])
}

/** Answers of one object or item, under the titles of all that it is part of; those of the step itself are of none. */
type Found = Readonly<{ of: Pointer; path: readonly string[]; rows: readonly SummaryRow[] }>

/** The last title says enough below the group it belongs to; the whole path only where another group of the step ends alike. */
function titleOf(path: readonly string[], all: readonly Found[]): string | null {
  const last = path.at(-1)
  if (last === undefined) return null
  const whole = path.join(', ')
  const isAmbiguous = all.some((other) => other.path.at(-1) === last && other.path.join(', ') !== whole)
  return isAmbiguous ? whole : last
}

type Under = Omit<Found, 'rows'> & Readonly<{ source: Source }>

function groupsOf(field: Field, pointer: Pointer, { of, path, source }: Under): Found[] {
  if (!isShown(field, pointer, source.answers)) return []
  const inside = (inner: Field, at: Pointer, below: readonly string[]) =>
    groupsOf(inner, `${at}/${inner.key}`, { of: at, path: below, source })
  if (field.widget === 'fieldset') {
    if (valueAt(source.answers, pointer) === undefined)
      return [{ of, path, rows: [{ label: nameFor(field), value: NOT_ANSWERED }] }]
    return field.children.flatMap((inner) => inside(inner, pointer, [...path, nameFor(field)]))
  }
  const items = field.widget === 'repeater' ? itemsOf(valueAt(source.answers, pointer)) : []
  if (items.length === 0) return [{ of, path, rows: [rowOf(field, pointer, source)] }]
  return items.flatMap((_, index) => {
    const heading = itemTitle(field, `${pointer}/${index}`, source.answers)
    return field.children.flatMap((inner) => inside(inner, `${pointer}/${index}`, [heading]))
  })
}

/**
 * What belongs together in one group, so that its title is given once: what an object asks after a group inside of it stands before that
 * group. Of the step itself only neighbours do: they have no title.
 */
function gathered(groups: readonly Found[]): Found[] {
  return groups.reduce<Found[]>((all, { of, path, rows }) => {
    const same = path.length === 0 ? all.slice(-1) : all
    const begun = same.find((group) => group.of === of)
    if (!begun) return [...all, { of, path, rows }]
    return all.map((group) => (group === begun ? { ...group, rows: [...group.rows, ...rows] } : group))
  }, [])
}

const nameFor = (field: Field): string => field.ui.summaryLabel ?? labelOf(field)

function rowOf(field: Field, pointer: Pointer, { answers, files }: Source): SummaryRow {
  const value = valueAt(answers, pointer)
  const label = field.ui.summaryLabel ?? field.label
  if (field.widget === 'upload') {
    const found = filesOf(value, files)
    return { label, value: found.map(({ name }) => name).join(', ') || NOT_ANSWERED, files: found }
  }
  const unchecked = field.widget === 'checkbox' && value === undefined
  return { label, value: displayValue(field, unchecked ? false : value) || NOT_ANSWERED }
}
