import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type ReceivedMail = Readonly<{
  number: number
  at: Date
  /** Addresses of the envelope: where the mail was really sent. */
  to: readonly string[]
  from: string
  subject: string
  messageId: string
  text: string
  html: string
}>

export type Mailbox = Readonly<{
  smtpPort: number
  httpPort: number
  /** Oldest first. */
  mails(): readonly ReceivedMail[]
  /** From now on this address, as recipient or sender, is answered with this SMTP code (550: never, 451: later, 0: taken). */
  refuse(address: string, code: number, words?: string): void
  /** From now on every mail is taken and none confirmed. */
  hang(): void
  close(): Promise<void>
}>

const KEPT = 500

type Refusal = Readonly<{ responseCode: number; words: string }>

/**
 * Every mail of a development installation, on a page instead of in the world: a real SMTP server, and a web page that
 * lists what it got. Both listen on this machine only; port 0 takes any free one.
 */
export async function startMailbox({ smtpPort = 0, httpPort = 0 } = {}): Promise<Mailbox> {
  const received: ReceivedMail[] = []
  const refusals = new Map<string, Refusal>()
  const manner = { hangs: false }
  const smtp = createSmtp({ refusals, manner }, (mail) => {
    received.push({ ...mail, number: (received.at(-1)?.number ?? 0) + 1 })
    if (received.length > KEPT) received.shift()
  })
  const web = createServer((req, res) => answer(req, res, received))
  await Promise.all([
    new Promise<void>((resolve, reject) => {
      smtp.once('error', reject)
      smtp.listen(smtpPort, '127.0.0.1', resolve)
    }),
    new Promise<void>((resolve, reject) => web.once('error', reject).listen(httpPort, '127.0.0.1', resolve)),
  ])
  let closed: Promise<void> | undefined
  return {
    smtpPort: (smtp.server.address() as AddressInfo).port,
    httpPort: (web.address() as AddressInfo).port,
    mails: () => received,
    refuse: (address, responseCode, words = `${address} is not taken`) => {
      if (responseCode) refusals.set(address, { responseCode, words })
      else refusals.delete(address)
    },
    hang: () => void (manner.hangs = true),
    close: () => (closed ??= closeBoth(smtp, web)),
  }
}

async function closeBoth(smtp: SMTPServer, web: Server): Promise<void> {
  web.closeAllConnections()
  await Promise.all([
    new Promise<void>((resolve) => smtp.close(() => resolve())),
    new Promise<void>((resolve) => web.close(() => resolve())),
  ])
}

type Behaviour = Readonly<{ refusals: ReadonlyMap<string, Refusal>; manner: Readonly<{ hangs: boolean }> }>

function createSmtp({ refusals, manner }: Behaviour, keep: (mail: Omit<ReceivedMail, 'number'>) => void): SMTPServer {
  const look = ({ address }: { address: string }, _session: object, done: (error: Error | null) => void): void => {
    const refusal = refusals.get(address)
    done(refusal ? Object.assign(new Error(refusal.words), refusal) : null)
  }
  return new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom: look,
    onRcptTo: look,
    closeTimeout: 1_000,
    onData(stream, { envelope }, done) {
      if (manner.hangs) {
        stream.resume()
        return
      }
      const to = envelope.rcptTo.map(({ address }) => address)
      read(stream)
        .then((raw) => PostalMime.parse(raw))
        .then(({ from, subject = '', messageId = '', text = '', html = '' }) => {
          keep({ at: new Date(), to, from: from?.name ?? '', subject, messageId, text, html })
          done()
        }, done)
    },
  })
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function answer(req: IncomingMessage, res: ServerResponse, mails: readonly ReceivedMail[]): void {
  const number = Number(/^\/(\d+)$/.exec(req.url ?? '')?.[1])
  const mail = mails.find((candidate) => candidate.number === number)
  if (req.url !== '/' && !mail) {
    res.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Nessun messaggio qui.\n')
    return
  }
  res
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      // Shows what programs wrote: no script of theirs may run.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
    })
    .end(mail ? mailPage(mail) : listPage(mails))
}

const listPage = (mails: readonly ReceivedMail[]): string =>
  page(
    'Casella di prova',
    mails.length === 0
      ? '<p>Nessun messaggio. Qui arriva la posta che la piattaforma manda in sviluppo: ricarica la pagina.</p>'
      : `<table><caption>Posta ricevuta, la più recente in alto</caption>
<thead><tr><th scope="col">Ora</th><th scope="col">A</th><th scope="col">Da</th><th scope="col">Oggetto</th></tr></thead>
<tbody>${mails.toReversed().map(row).join('')}</tbody></table>`,
  )

const row = ({ number, at, to, from, subject }: ReceivedMail): string =>
  `<tr><td>${time(at)}</td><td>${escape(to.join(', '))}</td><td>${escape(from)}</td><td><a href="/${number}">${escape(subject)}</a></td></tr>`

/** The text with its links live, then the page as a mail program would show it, in a frame that may do nothing. */
const mailPage = ({ subject, at, to, from, text, html }: ReceivedMail): string =>
  page(
    subject,
    `<p><a href="/">Tutta la posta</a></p>
<dl><dt>Da</dt><dd>${escape(from)}</dd><dt>A</dt><dd>${escape(to.join(', '))}</dd><dt>Ora</dt><dd>${time(at)}</dd></dl>
<h2>Testo</h2><pre>${escape(text).replace(/https?:\/\/\S+/g, (link) => `<a href="${link}">${link}</a>`)}</pre>
<h2>Come pagina</h2><iframe title="Il messaggio come pagina" sandbox srcdoc="${escape(html)}"></iframe>`,
  )

const page = (title: string, body: string): string => `<!doctype html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
  body { max-width: 60rem; margin: 0 auto; padding: 1rem; color: #17324d; font: 1.125rem/1.5 sans-serif; }
  table { width: 100%; border-collapse: collapse; } caption { text-align: left; } th, td { padding: .5rem; text-align: left; border-bottom: 1px solid #c5c7c9; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; } iframe { width: 100%; height: 40rem; border: 1px solid #c5c7c9; }
  dt { float: left; clear: left; width: 4rem; font-weight: bold; } a { color: #0059b3; }
</style></head><body><h1>${escape(title)}</h1>${body}</body></html>`

const time = (at: Date): string =>
  new Intl.DateTimeFormat('it-IT', { timeZone: 'Europe/Rome', dateStyle: 'short', timeStyle: 'medium' }).format(at)

const escape = (value: string): string =>
  value.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? character,
  )
