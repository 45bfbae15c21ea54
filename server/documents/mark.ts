import type { Municipality, Office } from '../municipalities/index.ts'
import { formatDate, withDay } from '../shared/dates.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { ProtocolNumber } from './issued.ts'

/** What is written on the copy of a registered document: the data of the segnatura (DPR 445/2000 art. 55 c. 1). */
export type Mark = Readonly<{
  municipality: Municipality
  office: Office
  protocol: ProtocolNumber
  direction: 'in' | 'out' | 'internal'
  verificationUrl: string
}>

const DIRECTION: Readonly<Record<Mark['direction'], string>> = {
  in: 'in entrata',
  out: 'in uscita',
  internal: 'interno',
}

/** The mark as people read it, beside its QR code; no personal data. */
export function markLines({ municipality, protocol, direction, verificationUrl }: Mark): string[] {
  return [
    `${municipality.name} - ${municipality.aooName} (${municipality.ipaCode}, ${municipality.aooCode})`,
    `Prot. n. ${formatProtocol(protocol)} ${withDay('del', formatDate(protocol.at))}, ${DIRECTION[direction]}`,
    `Verifica: ${verificationUrl}`,
  ]
}
