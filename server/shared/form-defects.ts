/** What is wrong in one field of a form; `name` is the field's, `message` is for the person. */
export type FormDefect = Readonly<{ name: string; message: string }>

/** The defects as pages need them: for the summary, each leading to its field, and by field. */
export const shownDefects = (defects: readonly FormDefect[]) => ({
  errors: defects.map(({ name, message }) => ({ href: `#${name}`, message })),
  error: Object.fromEntries(defects.map(({ name, message }) => [name, message])),
})
