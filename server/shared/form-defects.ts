/** What is wrong in one field of a form; `name` is the field's, `message` is for the person. */
export type FormDefect = Readonly<{ name: string; message: string }>

/** Defects for the summary, each leading to its field, and beside the fields. */
export const shownDefects = (defects: readonly FormDefect[]) => ({
  errors: defects.map(({ name, message }) => ({ href: `#${name}`, message })),
  error: Object.fromEntries(defects.map(({ name, message }) => [name, message])),
})
