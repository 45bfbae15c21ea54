import { createTransport } from 'nodemailer'
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
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = from.slice(from.indexOf('@') + 1)

  return {
    async send({ id, fromName, to, subject, text, html }) {
      try {
        await transport.sendMail({
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
    close: () => transport.close(),
  }
}

type SmtpError = { code?: string; responseCode?: number }

/** A permanent answer (5yz) to this recipient; anything else may pass. */
const isRefusal = (error: unknown): boolean => {
  const { code, responseCode = 0 } = error as SmtpError
  return code === 'EENVELOPE' && responseCode >= 500
}

const codesOf = (error: unknown): string => {
  const { code, responseCode } = error as SmtpError
  return [code, responseCode].filter(Boolean).join(' ') || 'unknown'
}
