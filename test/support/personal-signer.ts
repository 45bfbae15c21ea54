import { localSealKey } from '../../server/keys/seal-key.ts'
import { createSigning } from '../../server/signing/index.ts'
import { p7m } from '../signing/openssl.ts'
import { authority, signer } from '../signing/pki.ts'

type Named = Readonly<{ givenName: string; familyName: string; cf: string | null }>

/**
 * A person with a signing certificate of their own, from an authority that the platform does not know, as a citizen's is in
 * development. `cf` null: the certificate holds no tax code.
 */
export function personalSigner({ givenName, familyName, cf }: Named) {
  const name = `${givenName} ${familyName}`
  const personal = signer({
    subject: {
      country: 'IT',
      surname: familyName,
      givenName,
      commonName: name,
      ...(cf ? { serialNumber: `TINIT-${cf}` } : {}),
    },
  })
  const { certificate, key } = personal
  const own = localSealKey(key, [certificate, authority.certificate])
  const signing = createSigning({ trustAnchors: [], sealKeys: { of: () => own } })
  return {
    /** PAdES: an incremental update of what is there. */
    signPdf: async (pdf: Uint8Array): Promise<Buffer> =>
      Buffer.from((await signing.seal(pdf, { municipality: '', name, reason: 'Firma' })).bytes),
    /** CAdES around the content, by OpenSSL. */
    signP7m: (content: Uint8Array): Buffer => p7m({ content, signers: [personal] }),
  }
}
