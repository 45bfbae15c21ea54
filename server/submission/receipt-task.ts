import { buildReceipt, type Documents } from '../documents/index.ts'
import { filingOfTask, tellFiler, type FilingStore, type Sealed, type Submitted } from '../filings/index.ts'
import type { Handler } from '../history/index.ts'
import type { Municipalities, Municipality } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { formatProtocol, type Protocol } from '../protocol/index.ts'
import { formatLongDate } from '../shared/dates.ts'
import type { Tell } from '../shared/tell.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { receiptOf } from './receipt.ts'

type Deps = {
  store: FilingStore
  catalogue: Catalogue
  municipalities: Municipalities
  documents: Documents
  protocol: Protocol
  sealed: Sealed
  tell: Tell
  inTransaction: InTransaction
  /** Where people reach a municipality's services. */
  siteOf: (municipality: Municipality) => string
  now: () => Date
}

/** Makes the receipt of a filing, and tells the filer that it is there. */
export function createReceiptTask(deps: Deps): Handler {
  const { store, catalogue, municipalities, documents, protocol, sealed, tell, inTransaction, siteOf, now } = deps

  async function issueReceipt(municipalityId: string, id: string): Promise<Submitted> {
    const [filing, municipality, files, entries] = await Promise.all([
      filingOfTask(store, municipalityId, id),
      municipalities.byId(municipalityId),
      documents.ofFiling(municipalityId, id),
      protocol.ofFiling(municipalityId, id),
    ])
    if (filing.receipt) return filing
    const procedure = await catalogue.version(municipalityId, filing.procedure.id, filing.procedure.version)
    const entry = entries.find((one) => one.id === filing.protocol.entry)
    if (!entry) throw new Error('The filing names an entry that is not in the register')
    // In the register's order: the application first, then what came with it.
    const received = entry.documents.flatMap(({ id: document }) => files.find((file) => file.id === document) ?? [])
    const model = receiptOf({
      filing,
      procedure,
      municipality,
      entry,
      files: received,
      publicAddress: siteOf(municipality),
    })
    const number = formatProtocol(filing.protocol)
    const draw = () => buildReceipt(model)
    const { bytes, report } = await sealed(draw, municipalityId, `Ricevuta del protocollo ${number}`)
    const prepared = await documents.prepare(bytes, {
      municipality: municipalityId,
      filing: filing.id,
      kind: 'receipt',
      name: `ricevuta-${number.replace('/', '-')}.pdf`,
      mediaType: 'application/pdf',
      report,
      at: now(),
    })
    await inTransaction(async (transaction) => {
      // If another run was faster this receipt is thrown away.
      if (await store.addReceipt(filing, prepared.document.id, transaction)) await documents.keep(prepared, transaction)
    })
    return filing
  }

  return async ({ filing: id }, { municipality }) => {
    const filing = await issueReceipt(municipality, String(id))
    await tellFiler(tell, filing, {
      key: `receipt:${filing.id}`,
      subject: `Richiesta ricevuta, protocollo ${formatProtocol(filing.protocol)}`,
      text: `Abbiamo ricevuto la tua richiesta «${filing.procedure.title}» e l’abbiamo registrata con il numero di protocollo ${formatProtocol(filing.protocol)}.\n\nRiceverai una risposta entro ${formatLongDate(filing.due)}. La ricevuta con il sigillo del Comune è tra i documenti della pratica.`,
    })
  }
}
