import type { ConfidentialFacts, Documents, SecondCodeTry } from '../documents/index.ts'
import type { FilingStore, Submitted } from '../filings/index.ts'
import type { Protocol } from '../protocol/index.ts'
import { networkOf, type AttemptLimit, type Attempts } from '../shared/attempts.ts'
import { partyName } from '../shared/party.ts'
import { isSecondCode } from './second-code.ts'

type Deps = Readonly<{
  store: Pick<FilingStore, 'byVerificationCode'>
  documents: Pick<Documents, 'ofFiling' | 'open'>
  protocol: Pick<Protocol, 'find'>
  attempts: Attempts
}>

/**
 * Enough for whoever mistypes. Counted for each network apart: whoever guesses closes the door for themselves, not for the holder of the
 * paper. A million networks that try for ten years make 2 × 10¹² tries at 2⁶⁰ codes: one chance in 600,000.
 */
const LIMIT: AttemptLimit = { most: 5, window: 15 * 60_000 }

/** What the holder of both codes of a receipt may see: parties, documents, the receipt itself (signatures-and-pdf.md §12). */
export function createConfidentialFacts({ store, documents, protocol, attempts }: Deps) {
  /**
   * The filing that both codes name, or `closed` when that network has tried too often. Tries at a first code that does not
   * exist are not counted: made-up ones would fill the database.
   */
  async function opened(
    municipality: string,
    { code, secondCode, from }: SecondCodeTry,
  ): Promise<Submitted | 'closed' | undefined> {
    const filing = await store.byVerificationCode(code)
    if (filing?.municipality !== municipality) return undefined
    const key = `second-code ${code} ${networkOf(from)}`
    if (!(await attempts.take(key, LIMIT))) return 'closed'
    if (!isSecondCode(secondCode, filing.secondCode)) return undefined
    await attempts.forget(key)
    return filing
  }

  /** `closed`: too many tries from there, whatever was typed; undefined: a wrong code, or nothing behind it. */
  return async (municipality: string, tried: SecondCodeTry): Promise<ConfidentialFacts | 'closed' | undefined> => {
    const filing = await opened(municipality, tried)
    if (filing === undefined || filing === 'closed') return filing
    const [entry, files] = await Promise.all([
      protocol.find(municipality, filing.protocol.entry),
      documents.ofFiling(municipality, filing.id),
    ])
    if (!entry) throw new Error('The filing names an entry that is not in the register')
    const receipt = files.find(({ id }) => id === filing.receipt)
    return {
      subject: entry.subject,
      parties: sidesInWords(filing),
      documents: entry.documents.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
      receipt: receipt ? { document: receipt, open: () => documents.open(receipt) } : null,
    }
  }
}

const sidesInWords = ({ filer, principal }: Submitted): ConfidentialFacts['parties'] => [
  { role: 'Presentata da', name: partyName(filer) },
  ...(principal ? [{ role: 'Per conto di', name: partyName(principal) }] : []),
]
