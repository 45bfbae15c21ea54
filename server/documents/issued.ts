import { formatDateTime } from '../shared/dates.ts'
import type { Municipality, Office } from '../municipalities/index.ts'
import type { Letterhead, Part } from './paper.ts'

/** What receipt, letter and cover page have in common. */

/** A number taken in the register of an AOO. */
export type ProtocolNumber = Readonly<{ number: number; year: number; at: Date }>

export function letterhead(municipality: Municipality, office: Office): Letterhead {
  const { address } = municipality
  return {
    name: municipality.name,
    office: office.name,
    lines: [
      `${address.street}, ${address.postalCode} ${address.city} (${address.province})`,
      `Tel. ${municipality.phone}  ·  PEC ${municipality.pec}`,
      `Codice fiscale ${municipality.cf}  ·  ${municipality.website.replace(/^https?:\/\//, '')}`,
    ],
  }
}

/**
 * The code and the words of a copy on paper of an electronic document (CAD art. 23 c. 2-bis; AgID circular 62/2013):
 * the page behind the address shows number, date and fingerprint, nothing personal.
 */
export function checkPart(municipality: Municipality, url: string, secondCode?: string): Part {
  return {
    kind: 'check',
    url,
    lines: [
      { text: `Documento informatico sigillato dal ${municipality.name} e conservato nei suoi sistemi.` },
      { text: 'Per controllare numero, data e impronta inquadra il codice oppure apri la pagina qui sotto.' },
      // On a line of its own: it is typed from paper.
      ...(secondCode === undefined
        ? []
        : [
            { text: `Codice riservato ${secondCode}`, strong: true },
            { text: 'Mostra su quella pagina anche parti e documenti: dallo solo a chi può vederli.' },
          ]),
    ],
  }
}

/** `2 marzo 2026, ore 10:15` for sentences, in Rome. */
export const writtenInstant = (at: Date): string => formatDateTime(at).replace(', ', ' alle ore ')
