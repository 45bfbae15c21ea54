import type { Connection } from 'mongoose'
import { readCertificateFile } from '../certificates/index.ts'
import { readListApart } from '../signing/index.ts'
import { createTrustedListService, type TrustedListService } from './trusted-list-service.ts'
import { createTrustedListStore } from './trusted-list-store.ts'

export { trustedListRoutes } from './trusted-list-routes.ts'

type ListSettings = Readonly<{
  connection: Connection
  folder: string
  /** `signers` in PEM. */
  source?: Readonly<{ url: string; signers: string }> | undefined
  now: () => Date
}>

/** The trusted lists on one database. The host that the administrator named may have a private address: a proxy, a mirror. */
export function createTrustedLists({ connection, folder, source, now }: ListSettings): TrustedListService {
  return createTrustedListService({
    store: createTrustedListStore(connection),
    folder,
    source: source
      ? {
          url: source.url,
          signers: readCertificateFile(Buffer.from(source.signers)),
          privateHosts: [new URL(source.url).hostname],
        }
      : null,
    read: readListApart,
    now,
  })
}
