import { buildReceipt, type Documents } from '../documents/index.ts'
import type { Handler } from '../history/index.ts'
import type { Municipalities, Municipality } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { formatProtocol, type Protocol } from '../protocol/index.ts'
import { formatLongDate } from '../shared/dates.ts'
import type { Tell } from '../shared/tell.ts'
import type { FilingStore, Submitted } from './filing.ts'
import { receiptOf } from './receipt.ts'
import type { Sealed } from './seal.ts'
import { submittedFilingOf } from './task-filing.ts'
import { tellFiler } from './telling.ts'

export type ReceiptDeps = {
  store: FilingStore
  catalogue: Catalogue
  municipalities: Municipalities
  documents: Documents
  protocol: Protocol
  sealed: Sealed
  tell: Tell
  /** Where people reach a municipality's services. */
  siteOf: (municipality: Municipality) => string
  now: () => Date
}

/** Makes the receipt of a filing, and tells the filer that it is there. */
export function createReceiptTask(deps: ReceiptDeps): Handler {
  const { store, catalogue, municipalities, documents, protocol, sealed, tell, siteOf, now } = deps

  async function issueReceipt(municipalityId: string, id: unknown): Promise<Submitted> {
    const filing = await submittedFilingOf(store, municipalityId, id)
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
      receiptOf({ filing, procedure, municipality, entry, files: received, publicAddress: siteOf(municipality) }),
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
      current = await submittedFilingOf(store, filing.municipality, filing.id)
      if (!current.receipt) continue
      await discard()
      return current
    }
    return { ...current, receipt, revision: current.revision + 1 }
  }

  return async ({ filing: id }, { municipality }) => {
    const filing = await issueReceipt(municipality, id)
    await tellFiler(tell, filing, {
      key: `receipt:${filing.id}`,
      subject: `Richiesta ricevuta, protocollo ${formatProtocol(filing.protocol)}`,
      text: `Abbiamo ricevuto la tua richiesta «${filing.procedure.title}» e l’abbiamo registrata con il numero di protocollo ${formatProtocol(filing.protocol)}.\n\nRiceverai una risposta entro ${formatLongDate(filing.due)}. La ricevuta con il sigillo del Comune è tra i documenti della pratica.`,
    })
  }
}
