import type { CardProblem } from './card.ts'
import { accessPath, cnsPath, type RefusedPage } from './identity-views.ts'
import type { Wishes } from './login-request.ts'

type Words = Readonly<{ title: string; text: string }>

const AGAIN = 'Prova più tardi, oppure accedi con SPID o CIE.'

const PROBLEMS: Readonly<Record<CardProblem, Words>> = {
  'no-card': {
    title: 'Non abbiamo trovato la tua carta',
    text: 'Il tuo browser non ha presentato nessuna carta. Controlla che la carta sia nel lettore, che il suo programma sia installato e, quando il browser lo chiede, scegli il certificato della carta e scrivi il PIN. Se avevi annullato la scelta, chiudi e riapri il browser.',
  },
  unreadable: {
    title: 'Non riusciamo a leggere la tua carta',
    text: 'Il certificato che la carta ha presentato è danneggiato. Accedi con SPID o CIE e chiedi all’ente che ha emesso la carta.',
  },
  'unknown-authority': {
    title: 'Non riconosciamo questa carta',
    text: 'Il certificato che hai scelto non è stato emesso da un’autorità abilitata per la CNS. Se nel browser ne hai più di uno, scegli quello della Carta Nazionale dei Servizi o della Tessera Sanitaria.',
  },
  'not-yet-valid': {
    title: 'La tua carta non è ancora valida',
    text: 'La validità della carta comincia in un giorno che deve ancora venire. Fino ad allora accedi con SPID o CIE.',
  },
  expired: {
    title: 'La tua carta è scaduta',
    text: 'Il certificato sulla carta è scaduto. Chiedi il rinnovo all’ente che l’ha emessa; intanto accedi con SPID o CIE.',
  },
  revoked: {
    title: 'La tua carta è stata revocata o sospesa',
    text: 'L’ente che ha emesso la carta l’ha revocata o sospesa, per esempio dopo una denuncia di smarrimento. Rivolgiti a quell’ente; intanto accedi con SPID o CIE.',
  },
  'wrong-purpose': {
    title: 'Hai scelto il certificato di firma',
    text: 'Il certificato che hai scelto non serve per accedere. Sulla carta ce n’è un altro, di autenticazione: riprova e scegli quello. Se il browser non te lo chiede, chiudilo e riaprilo.',
  },
  'revocation-unknown': {
    title: 'Non possiamo controllare la tua carta',
    text: `In questo momento l’ente che ha emesso la carta non risponde, e non sappiamo se la carta è stata revocata. ${AGAIN}`,
  },
  'not-a-cns': {
    title: 'Questa non è una Carta Nazionale dei Servizi',
    text: 'Il certificato che hai scelto non è quello di una CNS o di una Tessera Sanitaria, oppure non riporta un codice fiscale. Riprova con un altro, oppure accedi con SPID o CIE.',
  },
  'no-name': {
    title: 'La carta non riporta il tuo nome',
    text: 'Sul certificato della carta mancano nome e cognome, che ci servono per le tue pratiche. Accedi con SPID o CIE.',
  },
}

/** Why a card was refused, and how to go on. */
export function cardRefusedPage(problem: CardProblem, wishes: Wishes, requestId: string): RefusedPage {
  return {
    ...PROBLEMS[problem],
    code: `CNS-${problem}`,
    requestId,
    retry: cnsPath(wishes),
    others: accessPath(wishes),
  }
}

/** The card's answer came too late, twice, or in another browser than the one that asked. */
export function cardLostPage(requestId: string): RefusedPage {
  return {
    title: 'Questo accesso non vale più',
    text: 'L’accesso con la carta è scaduto, è già stato usato o è stato iniziato in un altro browser. Ricomincia da qui.',
    code: 'CNS-lost',
    requestId,
    retry: null,
    others: '/accesso',
  }
}
