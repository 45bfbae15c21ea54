import type { Submitted } from './filing.ts'

/** Tells a person something, once per key, in the personal area and by mail. */
export type Tell = (message: {
  key: string
  municipality: string
  to: { cf: string; email?: string }
  subject: string
  text: string
  /** The filing to which the message leads; null where the person may not see it. */
  filing: string | null
}) => Promise<unknown>

/** Tells the person who filed. */
export async function tellFiler(
  tell: Tell,
  filing: Submitted,
  { key, subject, text }: { key: string; subject: string; text: string },
): Promise<void> {
  const email = 'email' in filing.filer ? filing.filer.email : undefined
  await tell({
    key,
    municipality: filing.municipality,
    to: { cf: filing.owner, ...(email ? { email } : {}) },
    subject,
    text,
    filing: filing.id,
  })
}

/** Tells the person in whose name a proxy filed; nobody when there is none. */
export async function tellPrincipal(
  tell: Tell,
  { id, municipality, ground, principal }: Submitted,
  { key, subject, text }: { key: string; subject: string; text: string },
): Promise<void> {
  if (ground?.kind !== 'mandate' || principal?.kind !== 'person') return
  const to = { cf: ground.principalKey, ...(principal.email ? { email: principal.email } : {}) }
  await tell({ key, municipality, to, subject, text, filing: id })
}
