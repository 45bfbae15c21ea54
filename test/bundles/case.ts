import { parseCertificate, type Certificate } from '../../server/certificates/certificate.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import { begunIn, loggedIn, readyIn, receiptMade } from '../filings/citizen.ts'
import type { TestPlatform } from '../support/platform.ts'
import { download } from './archive.ts'

export type Made = Readonly<{ id: string; ofFiler: Buffer; ofOffice: Buffer; anchors: readonly Certificate[] }>

/** A filing with a picture, taken in charge and asked about by an office: its two bundles, and who is behind the seal. */
export async function madeBundles(platform: TestPlatform): Promise<Made> {
  const { visitor } = await loggedIn(platform, 'Giulia Conti', '/area-personale')
  const pictures = { immagini: new File([JPEG_BYTES], "La buca d'angolo.jpg") }
  const { id, summary } = await readyIn(await begunIn(visitor), pictures)
  await visitor.submit(summary)
  await receiptMade(platform, id)
  const { visitor: officer, page } = await loggedIn(
    platform,
    'Roberta Villa',
    `/ufficio/pratiche/${id}/passo/prendi-in-carico`,
  )
  await officer.submit(page)
  await officer.submit(await officer.get(`/ufficio/pratiche/${id}/passo/chiedi-integrazione`), {
    testo: 'A quale altezza di Via della Stazione?',
  })
  const get = async (by: typeof visitor, path: string) => (await download(by, new URL(path, platform.url))).bytes
  const pem = await get(platform.visitor(), '/verifica/sigillo.pem')
  const certificates = pem.toString().matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)
  return {
    id,
    ofFiler: await get(visitor, `/pratiche/${id}/fascicolo.zip`),
    ofOffice: await get(officer, `/ufficio/pratiche/${id}/fascicolo.zip`),
    anchors: [...certificates].map(([, body = '']) => parseCertificate(Buffer.from(body, 'base64'))),
  }
}
