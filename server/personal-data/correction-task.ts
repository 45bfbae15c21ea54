import type { Handlers } from '../history/index.ts'
import type { NewMessage } from '../notifications/index.ts'
import { formatDate, withDay } from '../shared/dates.ts'
import { formatNumber, type Correction, type CorrectionStore } from './correction.ts'

type Deps = Readonly<{ store: CorrectionStore; tell: (message: NewMessage) => Promise<unknown> }>

/** Tells the person what became of their request, once. */
export const createCorrectionTasks = ({ store, tell }: Deps): Handlers => ({
  'correction-told': async ({ correction: id }, { municipality, key }) => {
    const correction = await store.find(municipality, String(id))
    if (!correction?.answer) throw new Error('The task names a correction that has no answer')
    const { key: cf, email } = correction.person
    const to = { cf, ...(email ? { email } : {}) }
    await tell({ key, municipality, to, ...wordsOf(correction, correction.answer), filing: null })
  },
})

/** Whom a person can turn to whose request was refused: the letter must say so (GDPR art. 12 c. 4, 77, 79). */
export const REMEDIES =
  'Se non sei d’accordo puoi presentare un reclamo al Garante per la protezione dei dati personali (www.garanteprivacy.it) o ricorrere al tribunale (Regolamento UE 2016/679, articoli 77 e 79).'

function wordsOf(correction: Correction, { outcome, reasons }: NonNullable<Correction['answer']>) {
  const number = formatNumber(correction)
  const asked = `la tua richiesta di rettifica n. ${number} ${withDay('del', formatDate(correction.at))}`
  if (outcome === 'done')
    return {
      subject: `Richiesta di rettifica n. ${number}: accolta`,
      text: `Il Comune ha accolto ${asked}.\n\n${reasons}`,
    }
  return {
    subject: `Richiesta di rettifica n. ${number}: non accolta`,
    text: `Il Comune non ha accolto ${asked}.\n\nMotivo: ${reasons}\n\n${REMEDIES}`,
  }
}
