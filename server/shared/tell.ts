/** Tells a person something, once per key, in the personal area and by mail: what the notifications do for the rooms before them. */
export type Tell = (message: {
  key: string
  municipality: string
  to: { cf: string; email?: string }
  subject: string
  text: string
  /** The filing to which the message leads; null where there is none that the person may see. */
  filing: string | null
}) => Promise<unknown>
