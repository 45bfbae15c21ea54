import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Demonstration } from './demonstration.ts'
import { freePort } from './ports.ts'

/** Of the PKCS #12 files in `certs/cns/cards`: browsers want one. */
export const CARD_PASSWORD = 'sportello'

type Settings = Readonly<{ certs: string; demonstration: Demonstration; /** Wanted port; 0 for any. */ port: number }>

/** Makes cards to try the CNS out with, and returns the variables with which the platform asks for them. */
export async function developmentCards({
  certs,
  demonstration,
  port: wanted,
}: Settings): Promise<Record<string, string>> {
  const { ensureDevelopmentCards } = await import('../server/certificates/development-cards.ts')
  const folder = join(certs, 'cns')
  mkdirSync(folder, { recursive: true })
  ensureDevelopmentCards({
    folder,
    host: 'localhost',
    password: CARD_PASSWORD,
    now: new Date(),
    holders: demonstration.persons.flatMap(({ id, profile, attributes }) => {
      const { fiscalNumber, name: givenName, familyName: surname } = attributes as Record<string, string | undefined>
      const cf = fiscalNumber?.replace(/^TINIT-/, '')
      return profile === 'citizen' && cf && givenName && surname ? [{ id, cf, givenName, surname }] : []
    }),
  })
  const port = await freePort(wanted)
  return {
    CNS_ADDRESS: `https://localhost:${port}`,
    CNS_AUTHORITIES: join(folder, 'trust'),
    CNS_PORT: String(port),
    CNS_TLS: join(folder, 'tls'),
  }
}
