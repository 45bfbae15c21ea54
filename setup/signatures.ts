import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RemoteSigning } from '../test/support/remote-signing.ts'
import type { Demonstration } from './demonstration.ts'
import { developmentAuthority } from './keys.ts'

/** PIN of every officer's demonstration signature. */
export const DEMONSTRATION_PIN = '314159'

type Settings = Readonly<{
  /** Folder of the development keys, in which the seal and its authority are already there. */
  certs: string
  demonstration: Demonstration
}>

/**
 * Starts a remote signing service with a credential for each head of office of the demonstration, and points their keys at it.
 * Keys and certificates are made anew at each start: they are worth nothing outside this machine.
 */
export async function startSignatures({ certs, demonstration }: Settings): Promise<RemoteSigning> {
  const { startRemoteSigning } = await import('../test/support/remote-signing.ts')
  const { personCredential, tlsKeys } = await import('../test/support/remote-signing-keys.ts')
  const authority = await developmentAuthority(certs)
  const signers = demonstration.officers.filter(({ appointments }) =>
    appointments.some(({ role }) => role === 'head-of-office'),
  )
  const [clientId, clientSecret] = ['sportello', 'demonstration']
  const service = await startRemoteSigning({
    tls: tlsKeys(authority),
    clientId,
    clientSecret,
    credentials: signers.map((officer) => personCredential(authority, officer, DEMONSTRATION_PIN)),
  })
  for (const { cf } of signers) {
    const folder = join(certs, 'seal', demonstration.municipality.id, 'officers', cf)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'secret'), clientSecret, { mode: 0o600 })
    writeFileSync(
      join(folder, 'key.json'),
      JSON.stringify({
        kind: 'csc',
        service: service.service,
        clientId,
        clientSecretFile: 'secret',
        credential: `firma-${cf}`,
        authority: resolve(certs, 'authority', 'certificate.pem'),
      }),
    )
  }
  return service
}
