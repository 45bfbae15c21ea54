import { AppError } from '../errors.ts'
import type { Mailer } from './message.ts'

type Settings = Readonly<{
  /** `smtp://user:password@host:587` or `smtps://…`. */
  smtpUrl: string
  /** Address from which notices come; answers are not read. */
  from: string
}>

/** Sends over SMTP (RFC 5321), a few connections kept open. */
export function createSmtpMailer({ smtpUrl, from }: Settings): Mailer {
  let transport: ReturnType<typeof createPool> | undefined
  const domain = from.slice(from.indexOf('@') + 1)

  return {
    async send({ id, fromName, to, subject, text, html }) {
      try {
        const pool = await (transport ??= createPool(smtpUrl))
        await pool.sendMail({
          messageId: `<${id}@${domain}>`,
          from: { name: fromName, address: from },
          to: { name: '', address: to },
          subject,
          text,
          html,
          // RFC 3834: keeps holiday answers away.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return 'sent'
      } catch (error) {
        if (isRefusal(error)) return 'refused'
        // The server's words may repeat the address: only its codes are kept.
        throw new AppError('UPSTREAM_UNAVAILABLE', `The mail server did not take a mail (${codesOf(error)})`)
      }
    },
    close: () => void transport?.then((pool) => pool.close()),
  }
}

/** Loaded with the first mail, which most often a worker sends. */
async function createPool(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    pool: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

type SmtpError = { code?: string; responseCode?: number; command?: string; response?: string }

/**
 * A permanent answer (5yz) to this recipient; anything else may pass. What the server has against us, our sender, our login, a rule
 * of its own (x.7.x, RFC 3463 §3.8), is no fault of the address: it is mended, and the mail leaves then.
 */
const isRefusal = (error: unknown): boolean => {
  const { code, command, responseCode = 0, response = '' } = error as SmtpError
  return code === 'EENVELOPE' && command === 'RCPT TO' && responseCode >= 500 && !/^\d{3}[ -]5\.7\./.test(response)
}

const codesOf = (error: unknown): string => {
  const { code, responseCode } = error as SmtpError
  return [code, responseCode].filter(Boolean).join(' ') || 'unknown'
}
