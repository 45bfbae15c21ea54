import type { RequestListener } from 'node:http'
import { constants } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:https'
import { join } from 'node:path'

/** Certificates are renewed and authorities come and go while we run. */
const REFRESH_MS = 3_600_000

type Settings = Readonly<{ tls: string; authorities: string }>

/**
 * The TLS server that asks every visitor for the certificate of their card (spid-cie.md §10). It is apart from the main
 * one, so that nobody else is ever asked: TLS 1.3 knows no asking in the middle of a connection that browsers follow.
 */
export function createCardServer(listener: RequestListener, { tls, authorities }: Settings): Server {
  const server = createServer(
    {
      ...secureContext({ tls, authorities }),
      requestCert: true,
      // Who brings no card, or a bad one, must read why: our own check refuses, with words.
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
