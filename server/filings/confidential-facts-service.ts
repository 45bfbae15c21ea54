import type { ConfidentialFacts, Documents } from '../documents/index.ts'
import type { Protocol } from '../protocol/index.ts'
import { createAttempts } from '../shared/attempts.ts'
import { partyName } from '../shared/party.ts'
import type { FilingStore, Submitted } from './filing.ts'
import { isSecondCode } from './second-code.ts'

type Deps = Readonly<{
  store: Pick<FilingStore, 'byVerificationCode'>
  documents: Pick<Documents, 'ofFiling' | 'open'>
  protocol: Pick<Protocol, 'find'>
  now: () => Date
}>

/** Enough for whoever mistypes; whoever guesses closes the door for a quarter of an hour, for the holder of the paper too. */
const LIMITS = { most: 5, window: 15 * 60_000 }

/**
 * What the holder of both codes of a receipt may see: parties, documents, the receipt itself (signatures-and-pdf.md §12).
 * A wrong code, a filing that is none and too many tries are all undefined.
 */
export function createConfidentialFacts({ store, documents, protocol, now }: Deps) {
  const attempts = createAttempts({ ...LIMITS, now })

  /** The filing whose two codes these are. */
  async function opened(municipality: string, code: string, typed: string): Promise<Submitted | undefined> {
    const found = await store.byVerificationCode(code)
    const filing = found?.municipality === municipality ? found : undefined
    const right = isSecondCode(typed, filing?.secondCode)
    if (!right) attempts.failed(code)
    return right && attempts.isOpen(code) ? filing : undefined
  }

  return async (municipality: string, code: string, typed: string): Promise<ConfidentialFacts | undefined> => {
    const filing = await opened(municipality, code, typed)
    if (!filing) return undefined
    const [entry, files] = await Promise.all([
      protocol.find(municipality, filing.protocol.entry),
      documents.ofFiling(municipality, filing.id),
    ])
    if (!entry) throw new Error('The filing names an entry that is not in the register')
    const receipt = files.find(({ id }) => id === filing.receipt)
    return {
      subject: entry.subject,
      parties: partiesOf(filing),
      documents: entry.documents.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
      receipt: receipt ? { document: receipt, open: () => documents.open(receipt) } : null,
    }
  }
}

const partiesOf = ({ filer, principal }: Submitted): ConfidentialFacts['parties'] => [
  { role: 'Presentata da', name: partyName(filer) },
  ...(principal ? [{ role: 'Per conto di', name: partyName(principal) }] : []),
]
