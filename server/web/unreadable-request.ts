import { STATUS_CODES, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type Words = Readonly<{ status: number; title: string; text: string }>

const MALFORMED: Words = {
  status: 400,
  title: 'Richiesta non comprensibile',
  text: 'Il tuo browser ha inviato una richiesta che non riusciamo a leggere. Torna indietro e riprova.',
}

/** By the failure of Node’s reader; all others are malformed requests. */
const WORDS: Readonly<Record<string, Words>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Indirizzo troppo lungo',
    text: 'L’indirizzo della pagina, o quello che il tuo browser ci invia insieme, è troppo lungo per essere letto. Riparti dalla pagina iniziale; se succede di nuovo, cancella i cookie di questo sito.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Richiesta incompleta',
    text: 'La richiesta non è arrivata intera nel tempo previsto. Controlla la connessione e riprova.',
  },
}

/** Until then what is still on its way is read and thrown away: a connection that ends on unread bytes takes the answer with it. */
const LINGER = 2_000

/**
 * Answers in words what no route sees, because it cannot be read as a request; Node would send a bare status. Nothing of what
 * was sent stands in the answer.
 */
export function answerUnreadable<Listening extends Pick<Server, 'on'>>(server: Listening): Listening {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Answered already: these are the bytes that were still on their way.
    if (socket.writableEnded) return
    if (!socket.writable || isAnswering(socket)) {
      socket.destroy()
      return
    }
    socket.end(answer(WORDS[error.code ?? ''] ?? MALFORMED))
    setTimeout(() => socket.destroy(), LINGER).unref()
  })
  return server
}

/** Whether an answer to an earlier request stands half on the line: nothing may be put in its middle. As Node itself asks it. */
const isAnswering = (socket: Socket): boolean =>
  (socket as { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true

function answer({ status, title, text }: Words): string {
  const page = `<!doctype html>
<html lang="it">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Errore: ${title}</title>
<main>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="/">Vai alla pagina iniziale</a></p>
</main>
</html>
`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${page}`
}
