import { sealOf, type Documents, type VerificationFacts } from '../documents/index.ts'
import type { FilingStore } from '../filings/index.ts'
import { officeOf, type Municipalities } from '../municipalities/index.ts'

type Deps = { store: FilingStore; documents: Documents; municipalities: Municipalities }

/** What anybody with the receipt's code may learn: number, date, office, fingerprint and seal; nothing about the person (CAD art. 23 c. 2-bis). */
export function createPublicFacts({ store, documents, municipalities }: Deps) {
  return async (municipalityId: string, code: string): Promise<VerificationFacts | undefined> => {
    const filing = await store.byVerificationCode(code)
    if (!filing || filing.municipality !== municipalityId) return undefined
    const municipality = await municipalities.byId(municipalityId)
    const receipt = (await documents.ofFiling(municipalityId, filing.id)).find(({ id }) => id === filing.receipt)
    return {
      municipality: municipality.name,
      office: officeOf(municipality, filing.office).name,
      protocol: filing.protocol,
      kind: 'Ricevuta di presentazione',
      sha256: receipt?.sha256 ?? null,
      seal: receipt ? sealOf(receipt) : null,
    }
  }
}
