import { createHash } from 'node:crypto'
import { Router } from 'express'
import { municipalityOf } from '../municipalities/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import type { XmlSigner } from '../signing/index.ts'
import type { Verifier } from './verifier-build.ts'

type Services = Readonly<{
  verifier: () => Promise<Verifier>
  signerOf: (municipality: string) => Promise<Pick<XmlSigner, 'certificateChain'>>
}>

/**
 * What anyone needs to check a bundle elsewhere: the verifier, from a place that whoever altered a bundle cannot alter, and the
 * certificates of the municipality's seal. Mounted at `/verifica`.
 */
export function verifierRoutes({ verifier, signerOf }: Services): Router {
  const router = Router()

  // As downloads: the page is meant to be kept and used without a network, and nothing of it runs in our origin.
  router.get('/verifica.html', async (_req, res) => {
    res.set(attachmentHeaders('verifica.html', 'text/html')).end((await verifier()).page)
  })
  router.get('/verifica.mjs', async (_req, res) => {
    res.set(attachmentHeaders('verifica.mjs', 'text/javascript')).end((await verifier()).script)
  })
  router.get('/sigillo.pem', async (_req, res) => {
    const { certificateChain } = await signerOf(municipalityOf(res).id)
    res.set(attachmentHeaders('sigillo.pem', 'application/x-pem-file')).end(certificateChain.map(pem).join(''))
  })
  return router
}

/** With its fingerprint in front, as the verifier shows it. */
function pem(der: Uint8Array): string {
  const print = createHash('sha256').update(der).digest('hex')
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `SHA-256 ${print}\n-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
