import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigning, ensureDevelopmentSeal } from '../../server/signing/index.ts'
import { JPEG_BYTES, makePdf } from '../documents/files.ts'
import { createSigner } from '../documents/openssl.ts'

/** Files as people have them on their computer: paths on disk. */
export type Attachments = Readonly<{ pdf: string; pades: string; p7m: string; jpeg: string }>

/**
 * A plain PDF, a PAdES-signed one, a CAdES `.p7m` made by OpenSSL and a photograph, in a folder that goes with the tests
 * of the describe block in which this is called.
 */
export function testAttachments(): { readonly files: Attachments } {
  const holder: { files?: Attachments; folder?: string } = {}
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sportello-files-'))
    const write = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes)
      return join(folder, name)
    }
    const pdf = await makePdf('Planimetria del locale')
    const signer = createSigner()
    holder.folder = folder
    holder.files = {
      pdf: write('planimetria.pdf', pdf),
      pades: write('scia-firmata.pdf', await signedPdf(folder, await makePdf('SCIA'))),
      p7m: write('procura.pdf.p7m', signer.sign(await makePdf('Procura'))),
      jpeg: write('foto.jpg', JPEG_BYTES),
    }
    signer.remove()
  })
  after(() => {
    if (holder.folder) rmSync(holder.folder, { recursive: true })
  })
  return {
    get files() {
      if (!holder.files) throw new Error('The files are there only inside hooks and tests')
      return holder.files
    },
  }
}

/** Signed by somebody whom the platform does not know, as a professional's own certificate is in development. */
async function signedPdf(folder: string, pdf: Uint8Array): Promise<Uint8Array> {
  const [authority, trust, seals] = ['authority', 'trust', 'seals'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  ensureDevelopmentSeal({
    authority,
    trust,
    seals,
    municipality: { id: 'studio', name: 'Studio Bruni', cf: '99000000994' },
    now: new Date(),
  })
  const signing = createSigning({ trustAnchors: trust, sealKeys: seals })
  const signed = await signing.seal(pdf, {
    municipality: 'studio',
    name: 'Elena Bruni',
    reason: 'Firma del professionista',
  })
  await signing.stop()
  return signed
}

/** The file that fits an upload control, by what the control takes. */
export function fileFor(files: Attachments, { name, accept }: { name: string; accept: string }): string {
  if (!accept.includes('pdf')) return files.jpeg
  if (name.endsWith('scia')) return files.pades
  return name.endsWith('procura') ? files.p7m : files.pdf
}
