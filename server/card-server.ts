import type { RequestListener } from 'node:http'
import { constants } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:https'
import { join } from 'node:path'

/** Certificates are renewed and authorities come and go while we run. */
const REFRESH_MS = 3_600_000

type Settings = Readonly<{ tls: string; authorities: string }>

/**
 * The TLS server that asks every visitor for the certificate of their card (spid-cie.md §10). It is a server of its own, so
 * that nobody else is ever asked: in TLS 1.3 no browser answers such a request once the connection stands.
 */
export function createCardServer(listener: RequestListener, { tls, authorities }: Settings): Server {
  const server = createServer(
    {
      ...secureContext({ tls, authorities }),
      requestCert: true,
      // Whoever brings no card, or a bad one, must be able to read why: our own check refuses, not the handshake.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      // A resumed session would log in whoever sits at the computer after the card was taken away.
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    listener,
  )
  const refresh = setInterval(() => server.setSecureContext(secureContext({ tls, authorities })), REFRESH_MS).unref()
  return server.once('close', () => clearInterval(refresh))
}

/** Browsers offer only the certificates that these authorities issued. */
function secureContext({ tls, authorities }: Settings): Pick<ServerOptions, 'key' | 'cert' | 'ca'> {
  const pem = readdirSync(authorities).filter((name) => name.endsWith('.pem'))
  return {
    key: readFileSync(join(tls, 'key.pem')),
    cert: readFileSync(join(tls, 'certificate.pem')),
    ca: pem.map((name) => readFileSync(join(authorities, name))),
  }
}
