import type { Handler, Handlers } from '../history/index.ts'
import { formatDate, withDay } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import type { Mandate, MandateEvent, MandateStore } from './mandate.ts'
import type { Tell } from '../shared/tell.ts'

type Words = Readonly<{ subject: string; text: string }>
/**
 * What each side is told; null where there is nothing to tell. A side that did it itself is told too when its own power
 * changed.
 */
type Told = Readonly<{ principal: Words | null; proxy: Words | null }>

/** Tells both sides what happened to a mandate (the one who gave it above all: L. 241/1990 art. 7, and good faith). */
export function createMandateTasks({ store, tell }: { store: MandateStore; tell: Tell }): Handlers {
  const told: Handler = async ({ mandate: id, type, at }, { municipality, key }) => {
    const mandate = await store.find(municipality, String(id))
    const event = mandate?.events.find((one) => one.type === type && one.at.toISOString() === at)
    if (!mandate || !event) throw new Error('The task names an event of a mandate that is not there')
    const { principal, proxy } = wordsOf(mandate, event)
    const send = (side: 'principal' | 'proxy', words: Words | null) =>
      words &&
      tell({
        key: `${key}:${side}`,
        municipality,
        to: addressOf(mandate, side),
        ...words,
        filing: side === 'principal' && mandate.principal.kind === 'person' ? (event.filing ?? null) : null,
      })
    if (mandate.principal.kind === 'person') await send('principal', principal)
    if (mandate.giver) await send('principal', giverWords(mandate, event))
    await send('proxy', proxy)
  }
  return { 'mandate-told': told }
}

function addressOf(mandate: Mandate, side: 'principal' | 'proxy') {
  const { cf, email } =
    side === 'principal' && mandate.giver ? mandate.giver : { ...mandate[side], cf: mandate[`${side}Key`] }
  return { cf, ...(email ? { email } : {}) }
}

function wordsOf(mandate: Mandate, event: MandateEvent): Told {
  const [principal, proxy] = [partyName(mandate.principal), partyName(mandate.proxy)]
  const period = `${withDay('dal', formatDate(mandate.from))} ${withDay('al', formatDate(mandate.to))}`
  const where = 'La trovi nella tua area personale, alla voce Deleghe: da lì si può revocare in ogni momento.'
  const words: Record<MandateEvent['type'], Told> = {
    given: {
      principal: {
        subject: 'Hai dato una delega',
        text: `Hai delegato ${proxy} ad agire per te ${period}.\n\n${where}`,
      },
      proxy: {
        subject: 'Hai ricevuto una delega',
        text: `${principal} ti ha delegato ad agire in sua vece ${period}.\n\n${where}`,
      },
    },
    shown: {
      principal: {
        subject: 'È stata presentata una procura a tuo nome',
        text: `${proxy} ha presentato una procura firmata da te, valida ${period}. Un ufficio del Comune la sta esaminando.\n\nSe non l’hai firmata tu, revocala: la trovi nella tua area personale, alla voce Deleghe.`,
      },
      proxy: null,
    },
    approved: {
      principal: {
        subject: 'Procura approvata',
        text: `Il Comune ha approvato la procura con cui ${proxy} agisce per te ${period}.\n\n${where}`,
      },
      proxy: {
        subject: 'Procura approvata',
        text: `Il Comune ha approvato la procura con cui agisci per ${principal} ${period}.`,
      },
    },
    refused: refusedWords(event, { principal, proxy }),
    revoked: {
      principal: {
        subject: 'Delega revocata',
        text: `La delega a ${proxy} non è più valida: è stata revocata da ${authorName(event)}.`,
      },
      proxy: {
        subject: 'Delega revocata',
        text: `La delega di ${principal} non è più valida: è stata revocata da ${authorName(event)}. Da questo momento non puoi più agire in sua vece.`,
      },
    },
    used: {
      principal: {
        subject: 'La tua delega è stata usata',
        text: `${proxy} ha inviato una richiesta per tuo conto con la delega che gli o le hai dato. La trovi tra le tue pratiche.\n\nSe non sei d’accordo puoi revocare la delega nella tua area personale, alla voce Deleghe.`,
      },
      proxy: null,
    },
  }
  return words[event.type]
}

/** Both are told: the principal was when it was shown, and knows who wanted to act for them. */
function refusedWords({ reason }: MandateEvent, { principal, proxy }: Record<'principal' | 'proxy', string>): Told {
  const why = reason ? `\n\nMotivo: ${reason}` : ''
  const subject = 'Procura non approvata'
  return {
    principal: {
      subject,
      text: `Il Comune non ha approvato la procura con cui ${proxy} voleva agire per te: non può usarla.${why}`,
    },
    proxy: {
      subject,
      text: `Il Comune non ha approvato la procura con cui volevi agire per ${principal}.${why}\n\nNe puoi mostrare un’altra dalla tua area personale, alla voce Deleghe.`,
    },
  }
}

/** A company reads nothing by itself: whoever gave the mandate in its name does. */
function giverWords(mandate: Mandate, event: MandateEvent): Words | null {
  const [company, proxy] = [partyName(mandate.principal), partyName(mandate.proxy)]
  const where = 'La trovi nella tua area personale, alla voce Deleghe, dopo aver scelto l’impresa'
  if (event.type === 'given')
    return {
      subject: 'Hai dato una delega per l’impresa',
      text: `Hai delegato ${proxy} ad agire per ${company} ${withDay('dal', formatDate(mandate.from))} ${withDay('al', formatDate(mandate.to))}.\n\n${where}: da lì chi rappresenta l’impresa può revocarla in ogni momento.`,
    }
  if (event.type === 'used')
    return {
      subject: 'Una delega dell’impresa è stata usata',
      text: `${proxy} ha inviato una richiesta per conto di ${company} con la delega che hai dato.\n\n${where}.`,
    }
  if (event.type === 'revoked')
    return {
      subject: 'Delega revocata',
      text: `La delega a ${proxy} per ${company} non è più valida: è stata revocata da ${authorName(event)}.`,
    }
  return null
}

const authorName = ({ by }: MandateEvent): string => by.name
