import {
  sealOf,
  type DocumentId,
  type Documents,
  type StoredDocument,
  type VerificationFacts,
} from '../documents/index.ts'
import type { FilingStore } from '../filings/index.ts'
import { officeOf, type Municipalities } from '../municipalities/index.ts'
import { annulmentOf, type Protocol } from '../protocol/index.ts'

type Deps = {
  store: FilingStore
  documents: Documents
  municipalities: Municipalities
  protocol: Pick<Protocol, 'amendmentsOf'>
}

/**
 * What anybody with the receipt's code may learn: number and whether it still stands, date, office, fingerprint and seal; nothing about
 * the person (CAD art. 23 c. 2-bis).
 */
export function createPublicFacts({ store, documents, municipalities, protocol }: Deps) {
  return async (municipalityId: string, code: string): Promise<VerificationFacts | undefined> => {
    const filing = await store.byVerificationCode(code)
    if (!filing || filing.municipality !== municipalityId) return undefined
    const municipality = await municipalities.byId(municipalityId)
    const receipt = (await documents.ofFiling(municipalityId, filing.id)).find(({ id }) => id === filing.receipt)
    const annulment = annulmentOf(await protocol.amendmentsOf([{ id: filing.protocol.entry }]))
    return {
      municipality: municipality.name,
      office: officeOf(municipality, filing.office).name,
      protocol: filing.protocol,
      annulledAt: annulment?.at ?? null,
      kind: 'Ricevuta di presentazione',
      sha256: receipt?.sha256 ?? null,
      seal: receipt ? sealOf(receipt) : null,
    }
  }
}

/** When the number that a document of ours bears was annulled: a copy bears its original’s, a receipt that of what it confirms. */
export function createAnnulledAt({
  documents,
  protocol,
}: Readonly<{ documents: Pick<Documents, 'find'>; protocol: Pick<Protocol, 'amendmentsOf' | 'ofFiling'> }>) {
  return async (document: StoredDocument): Promise<Date | null> => {
    const { municipality, kind, filing } = document
    const own = kind === 'marked-copy' ? await documents.find(municipality, filing as DocumentId) : document
    const entries = own ? await protocol.ofFiling(municipality, own.filing) : []
    const first = entries.find(({ direction }) => direction === 'in')
    const borne = entries.filter((entry) =>
      own?.kind === 'receipt' ? entry === first : entry.documents.some(({ id }) => id === own?.id),
    )
    return annulmentOf(await protocol.amendmentsOf(borne))?.at ?? null
  }
}
