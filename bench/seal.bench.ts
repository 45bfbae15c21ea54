import { PDFDocument } from '@cantoo/pdf-lib'
import { generateKeyPairSync, sign } from 'node:crypto'
import { issueCertificate, usage } from '../server/signing/certificate-builder.ts'
import { createAuthority } from '../server/signing/development-pki.ts'
import { sign as putSignature, prepareSeal, sealDefect } from '../server/signing/seal.ts'
import { localSealKey } from '../server/signing/seal-key.ts'
import type { Bench } from './bench.ts'
import { atMost, median } from './figure.ts'

const PAGES = 20
const TIMES = 40
/** Until the engine has compiled what it runs. */
const WARM_UP = 15
const DAY = 86_400_000

/** CPU milliseconds of sealing a document of twenty pages, our own check of the result included, beside its bare RSA signature. */
export const figures: Bench = async () => {
  const pdf = await twentyPages()
  const at = new Date()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const authority = createAuthority('Autorità di misura', at, privateKey)
  const certificate = issueCertificate({
    ...{ subject: { country: 'IT', commonName: 'Sigillo di misura' }, key: privateKey, issuer: authority },
    ...{ notBefore: new Date(at.getTime() - DAY), notAfter: new Date(at.getTime() + DAY) },
    extensions: [usage('nonRepudiation')],
  })
  const chain = [certificate, authority.certificate]
  const key = localSealKey(privateKey, chain)
  const seal = async (): Promise<void> => {
    const ready = await prepareSeal(pdf, { reason: 'Misura', name: 'Comune', at }, chain)
    if ('refused' in ready) throw new Error(ready.refused)
    const sealed = await putSignature(ready, key)
    const defect = sealDefect(sealed, { chain, at, signatures: ready.signatures })
    if (defect !== null) throw new Error(defect)
  }
  const whole = await cpuOf(seal)
  const bare = await cpuOf(() => Promise.resolve(void sign('sha256', pdf.subarray(0, 200), privateKey)))
  return [atMost(`Sigillo di un PDF di ${PAGES} pagine, oltre alla firma RSA (CPU)`, whole - bare, 15, 'ms')]
}

/** Pages of text as a letter has them. */
async function twentyPages(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  for (let number = 1; number <= PAGES; number += 1) {
    const page = document.addPage()
    for (let line = 0; line < 45; line += 1)
      page.drawText(`Pagina ${number}, riga ${line}: testo di un atto del Comune, lungo quanto una riga.`, {
        ...{ x: 50, y: 780 - line * 16, size: 10 },
      })
  }
  return document.save({ useObjectStreams: false })
}

/** Milliseconds of processor time of one run, all threads counted. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const spent: number[] = []
  for (let time = 0; time < WARM_UP + TIMES; time += 1) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    if (time >= WARM_UP) spent.push((user + system) / 1000)
  }
  return median(spent)
}
