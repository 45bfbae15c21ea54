import type { Submitted } from './filing.ts'
import type { Tell } from '../shared/tell.ts'

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
