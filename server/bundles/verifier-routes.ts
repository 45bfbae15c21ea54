import { createHash } from 'node:crypto'
import { Router } from 'express'
import type { Municipality } from '../municipalities/index.ts'
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
  const headers = { 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "sandbox; default-src 'none'" }

  // As downloads: the page is meant to be kept and used without a network, and nothing of it runs in our origin.
  router.get('/verifica.html', async (_req, res) => {
    res.attachment('verifica.html').set({ ...headers, 'Content-Type': 'application/octet-stream' })
    res.send((await verifier()).page)
  })
  router.get('/verifica.mjs', async (_req, res) => {
    res.attachment('verifica.mjs').set({ ...headers, 'Content-Type': 'application/octet-stream' })
    res.send((await verifier()).script)
  })
  router.get('/sigillo.pem', async (_req, res) => {
    const { certificateChain } = await signerOf((res.locals['municipality'] as Municipality).id)
    res.attachment('sigillo.pem').set({ ...headers, 'Content-Type': 'application/x-pem-file' })
    res.send(certificateChain.map(pem).join(''))
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
