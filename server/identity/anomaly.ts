import { STATUS_SUCCESS } from './saml.ts'
import type { Status } from './response-rules.ts'

/** Why an identity provider did not identify the person. `technical`: our request or a clock is wrong, the office must know. */
export type Anomaly = Readonly<{ code: string; title: string; text: string; technical: boolean }>

type Message = Readonly<{ title: string; text: string }>

/** AgID's anomalies that are the person's to solve (spid-cie.md §5): the page must say why access failed. */
const MESSAGES: Readonly<Record<number, Message>> = {
  2: unavailable(),
  3: unavailable(),
  19: {
    title: 'Troppi tentativi',
    text: 'Accesso non riuscito: hai superato il numero di tentativi con credenziali errate. Verifica le credenziali con il tuo gestore e riprova.',
  },
  20: {
    title: 'Credenziali di livello insufficiente',
    text: 'Le tue credenziali non raggiungono il livello di sicurezza richiesto da questo servizio. Chiedi al tuo gestore di attivare il livello necessario.',
  },
  21: { title: 'Tempo scaduto', text: 'Il tempo per completare l’autenticazione è scaduto. Ripeti l’accesso.' },
  22: {
    title: 'Consenso non dato',
    text: 'Non hai autorizzato l’invio dei dati necessari: senza consenso non possiamo farti accedere al servizio.',
  },
  23: {
    title: 'Identità digitale non utilizzabile',
    text: 'La tua identità digitale risulta sospesa, revocata o bloccata. Contatta il gestore che l’ha rilasciata.',
  },
  25: { title: 'Accesso annullato', text: 'Hai annullato l’autenticazione. Puoi riprovare quando vuoi.' },
  30: {
    title: 'Serve un altro tipo di identità',
    text: 'Per questo servizio serve un’identità digitale di tipo diverso (es. uso professionale).',
  },
}

/** The anomaly that a status other than Success stands for, `undefined` for Success. */
export function anomalyOf(status: Status): Anomaly | undefined {
  if (status.code === STATUS_SUCCESS) return undefined
  // By number: the published table misspells the sub-codes, so providers do not agree on them.
  const number = Number(/ErrorCode nr(\d{1,3})/i.exec(status.message)?.[1] ?? 0)
  const message = MESSAGES[number]
  return message ? { code: codeOf(number), ...message, technical: false } : technical(number)
}

/** A response that we refuse ourselves; the person learns nothing about which check failed. */
export const refusedResponse = (): Anomaly => ({
  code: 'risposta non valida',
  title: 'Accesso non riuscito',
  text: 'La risposta del gestore della tua identità digitale non è valida oppure è scaduta: per la tua sicurezza l’accesso non è stato completato. Riprova; se l’errore continua, contatta l’assistenza del Comune.',
  technical: true,
})

/** A response that waits for nobody: already used, too late, or brought by another browser. */
export const unknownRequest = (): Anomaly => ({
  code: 'richiesta non trovata',
  title: 'Accesso non riuscito',
  text: 'Questa richiesta di accesso è scaduta, è già stata usata oppure è partita da un altro browser. Ripeti l’accesso da questa pagina.',
  technical: false,
})

function technical(number: number): Anomaly {
  const code = number === 0 ? 'sconosciuto' : codeOf(number)
  return {
    code,
    title: 'Accesso non riuscito',
    text: `Non è stato possibile completare l’accesso per un problema tecnico (codice ${code}). Riprova; se l’errore continua, contatta l’assistenza del Comune.`,
    technical: true,
  }
}

function unavailable(): Message {
  return {
    title: 'Gestore non disponibile',
    text: 'Il servizio di autenticazione non è al momento disponibile, riprova più tardi.',
  }
}

const codeOf = (number: number): string => String(number).padStart(2, '0')
