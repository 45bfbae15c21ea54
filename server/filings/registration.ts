import type { StoredDocument } from '../documents/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { RegisteredDocument } from '../protocol/index.ts'

/** A document as the register knows it: by its fingerprint (DPR 445/2000 art. 53 c. 1 f). */
export const registeredDocument = (
  { id, name, mediaType, size, sha256 }: StoredDocument,
  primary: boolean,
): RegisteredDocument => ({ id, name, mediaType, size, sha256, primary })

/** Files as the document of a sending names them. */
export const namedFiles = (files: readonly StoredDocument[]) =>
  files.map(({ id, name, mediaType, size, sha256 }) => ({ id, nome: name, tipo: mediaType, byte: size, sha256 }))

/** The municipality as a party of the register, at one of its offices. */
export function administrationOf(municipality: Municipality, officeId: string) {
  const office = municipality.offices.find(({ id }) => id === officeId)
  return {
    kind: 'administration',
    name: municipality.name,
    ipaCode: municipality.ipaCode,
    ...(office ? { office: office.name } : {}),
    pec: municipality.pec,
  } as const
}
