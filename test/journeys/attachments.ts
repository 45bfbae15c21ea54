import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JPEG_BYTES, makePdf } from '../documents/files.ts'
import { createSigner } from '../documents/openssl.ts'
import { personalSigner } from '../support/personal-signer.ts'

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
    const owner = createSigner({ name: 'Paolo Ferri', cf: 'FRRPLA70M19L117N' })
    const elena = personalSigner({ givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE76A70A475D' })
    holder.folder = folder
    holder.files = {
      pdf: write('planimetria.pdf', pdf),
      pades: write('scia-firmata.pdf', await elena.signPdf(await makePdf('SCIA'))),
      p7m: write('procura.pdf.p7m', owner.sign(await makePdf('Procura'))),
      jpeg: write('foto.jpg', JPEG_BYTES),
    }
    owner.remove()
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

/** The file that fits an upload control, by what the control takes. */
export function fileFor(files: Attachments, { name, accept }: { name: string; accept: string }): string {
  if (!accept.includes('pdf')) return files.jpeg
  if (name.endsWith('scia')) return files.pades
  return name.endsWith('procura') ? files.p7m : files.pdf
}
