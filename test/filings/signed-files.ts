import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDocuments, type StoredDocument } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { qualifiedStatements, usage } from '../../server/certificates/certificate-builder.ts'
import { readAuthority } from '../../server/certificates/development-pki.ts'
import { createSigning } from '../../server/signing/index.ts'
import { createTrustedLists } from '../../server/trusted-lists/index.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { p7m } from '../signing/openssl.ts'
import { later, otherAuthority, signer } from '../signing/pki.ts'
import { modelsReady } from '../support/models.ts'
import type { TestPlatform } from '../support/platform.ts'

/** Files signed by people whom the development lists make qualified, and by one whom nobody knows. */
export function signedFiles(platform: TestPlatform) {
  const issuer = readAuthority(join(dirname(platform.env['TRUST_ANCHORS'] ?? ''), 'authority'))
  const qualified = signer({
    issuer,
    notBefore: later(-2),
    extensions: [usage('nonRepudiation'), qualifiedStatements({ statements: [OID.qcCompliance, OID.qcSscd] })],
  })
  const unknown = signer({
    issuer: otherAuthority,
    subject: { country: 'IT', surname: 'Verdi', givenName: 'Anna', commonName: 'Anna Verdi' },
  })
  const content = Buffer.from('Relazione tecnica\n')
  return {
    good: p7m({ signers: [qualified], content }),
    nested: p7m({ signers: [unknown], content: p7m({ signers: [qualified], content }) }),
    broken: Buffer.concat([p7m({ signers: [qualified], content }), Buffer.from('x')]),
  }
}

/** Puts a file into a filing, as its upload would have. */
export async function putDocument(
  platform: TestPlatform,
  filing: string,
  { bytes, name, type = 'application/pkcs7-mime' }: { bytes: Buffer; name: string; type?: string },
): Promise<StoredDocument> {
  const { connection, env } = platform
  const now = () => new Date()
  const lists = createTrustedLists({ connection, folder: env['TRUSTED_LISTS_FOLDER'] ?? '', now })
  const signing = createSigning({
    trustAnchors: env['TRUST_ANCHORS'] ?? '',
    sealKeys: 'none',
    now,
    trustedLists: lists.ready,
  })
  const documents = createDocuments({ connection, signing, now, newId })
  await modelsReady(connection)
  // The platform takes them once it has started, which a busy machine puts off.
  while (!(await lists.states()).some(({ territory, sequence }) => territory === 'IT' && sequence !== null))
    await sleep(50)
  const { id: municipality } = platform.demonstration.municipality
  const place = { municipality, filing, kind: 'attachment', sender: 'giulia', at: now() } as const
  try {
    return await documents.receive(Readable.from([bytes]), { ...place, name, maxBytes: 1_000_000, accept: [type] })
  } finally {
    for (const model of Object.keys(connection.models)) connection.deleteModel(model)
  }
}
