import { buildReceipt, type Documents } from '../documents/index.ts'
import type { Handlers, History, HistoryEvent } from '../history/index.ts'
import type { Municipalities } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { formatProtocol, type Protocol } from '../protocol/index.ts'
import { formatLongDate } from '../shared/dates.ts'
import type { FilingStore, Submitted } from './filing.ts'
import { receiptOf } from './receipt.ts'
import type { Sealed } from './seal.ts'

/** Tells a person something, once per key, in the personal area and by mail. */
export type Tell = (message: {
  key: string
  municipality: string
  to: { cf: string; email?: string }
  subject: string
  text: string
  filing: string
}) => Promise<unknown>

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  municipalities: Municipalities
  documents: Documents
  history: History
  protocol: Protocol
  sealed: Sealed
  tell: Tell
  publicAddress: string
  now: () => Date
}

/** What follows a commit: the receipt, and word to the filer. Each may be run again for the same task and does its work once. */
export function createTasks({
  store,
  catalogue,
  municipalities,
  documents,
  history,
  protocol,
  sealed,
  tell,
  publicAddress,
  now,
}: Deps): Handlers {
  async function filingOf(municipality: string, id: unknown): Promise<Submitted> {
    const filing = await store.find(municipality, String(id))
    if (!filing || filing.state === 'draft') throw new Error('The task names a filing that was not submitted')
    return filing
  }

  async function issueReceipt(municipalityId: string, id: unknown): Promise<Submitted> {
    const filing = await filingOf(municipalityId, id)
    if (filing.receipt) return filing
    const [procedure, municipality, entry, files] = await Promise.all([
      catalogue.version(municipalityId, filing.procedure.id, filing.procedure.version),
      municipalities.byId(municipalityId),
      protocol.find(municipalityId, filing.protocol.entry),
      documents.ofFiling(municipalityId, filing.id),
    ])
    if (!entry) throw new Error('The filing names an entry that is not in the register')
    // Of a worker that died right after it had made one: nobody gets two.
    const made = files.find(({ kind }) => kind === 'receipt')
    if (made) return keepReceipt(filing, made.id, () => Promise.resolve())
    // In the register's order: the application first, then what came with it.
    const received = entry.documents.flatMap(({ id: document }) => files.find((file) => file.id === document) ?? [])
    const pdf = await buildReceipt(
      receiptOf({ filing, procedure, municipality, entry, files: received, publicAddress }),
    )
    const number = formatProtocol(filing.protocol)
    const bytes = await sealed(pdf, municipalityId, `Ricevuta del protocollo ${number}`)
    const receipt = await documents.store(bytes, {
      municipality: municipalityId,
      filing: filing.id,
      kind: 'receipt',
      name: `ricevuta-${number.replace('/', '-')}.pdf`,
      mediaType: 'application/pdf',
      at: now(),
    })
    return keepReceipt(filing, receipt.id, () => documents.remove(receipt))
  }

  /** The filing may move on while its receipt is made; then it is read again. A receipt of another run makes this one needless. */
  async function keepReceipt(
    filing: Submitted,
    receipt: Submitted['receipt'],
    discard: () => Promise<void>,
  ): Promise<Submitted> {
    let current = filing
    while (!(await store.replace({ ...current, receipt }))) {
      current = await filingOf(filing.municipality, filing.id)
      if (!current.receipt) continue
      await discard()
      return current
    }
    return { ...current, receipt, revision: current.revision + 1 }
  }

  async function tellFiler(
    filing: Submitted,
    { key, subject, text }: { key: string; subject: string; text: string },
  ): Promise<void> {
    const email = 'email' in filing.filer ? filing.filer.email : undefined
    await tell({
      key,
      municipality: filing.municipality,
      to: { cf: filing.owner, ...(email ? { email } : {}) },
      subject,
      text,
      filing: filing.id,
    })
  }

  return {
    'filing-receipt': async ({ filing: id }, { municipality }) => {
      const filing = await issueReceipt(municipality, id)
      await tellFiler(filing, {
        key: `receipt:${filing.id}`,
        subject: `Richiesta ricevuta, protocollo ${formatProtocol(filing.protocol)}`,
        text: `Abbiamo ricevuto la tua richiesta «${filing.procedure.title}» e l’abbiamo registrata con il numero di protocollo ${formatProtocol(filing.protocol)}.\n\nRiceverai una risposta entro ${formatLongDate(filing.due)}. La ricevuta con il sigillo del Comune è tra i documenti della pratica.`,
      })
    },
    'filing-told': async ({ filing: id, event: eventId }, { municipality }) => {
      const filing = await filingOf(municipality, id)
      const event = (await history.of(municipality, filing.id)).find((candidate) => candidate.id === eventId)
      if (!event || event.by.kind === 'citizen') return
      await tellFiler(filing, { key: `told:${event.id}`, ...wordsOf(filing, event) })
    },
  }
}

function wordsOf(filing: Submitted, { data }: HistoryEvent): { subject: string; text: string } {
  const [told, reasons] = [data['told'], data['reasons']].map((value) => (typeof value === 'string' ? value : ''))
  const number = formatProtocol(filing.protocol)
  return {
    subject: `Novità sulla pratica ${number}`,
    text: [`La tua richiesta «${filing.procedure.title}» (protocollo ${number}) ha una novità.`, told, reasons]
      .filter(Boolean)
      .join('\n\n'),
  }
}
