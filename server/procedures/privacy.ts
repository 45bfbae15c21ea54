import type { Municipality } from '../municipalities/index.ts'
import type { ProcedureVersion } from './procedure.ts'

type PrivacyNotice = readonly Readonly<{ title: string; paragraphs: readonly string[] }>[]

/**
 * Whether what people write in this procedure may be offered to them in another one. Nothing out of one that treats special
 * categories of data or convictions (GDPR artt. 9, 10): even a telephone number would come up beside its name.
 */
export const isReusable = ({ privacy, reserved }: Pick<ProcedureVersion, 'privacy' | 'reserved'>): boolean =>
  privacy.special === undefined && !reserved

/**
 * The notice of GDPR art. 13 for one procedure: what is proper to its family comes from the procedure, who is
 * responsible and whom to write to from the municipality; the rights are the law's, the same for all.
 */
export function privacyNotice(
  procedure: Pick<ProcedureVersion, 'privacy' | 'title' | 'reserved' | 'reuse'>,
  municipality: Municipality,
): PrivacyNotice {
  const { privacy, title, reuse } = procedure
  const isOffered = isReusable(procedure) && Object.keys(reuse).length > 0
  const { address, dataProtectionOfficer: officer } = municipality
  const where = `${address.street}, ${address.postalCode} ${address.city} (${address.province})`
  return [
    {
      title: 'Chi tratta i tuoi dati',
      paragraphs: [
        `Il titolare del trattamento è il ${municipality.name}, ${where}, ${municipality.email}, PEC ${municipality.pec}.`,
        `Il responsabile della protezione dei dati è ${officer.name}: puoi scrivere a ${officer.email}.`,
      ],
    },
    {
      title: 'Perché',
      paragraphs: [`${privacy.purpose} (servizio: ${title}).`, ...(isOffered ? [OFFERED_AGAIN] : [])],
    },
    { title: 'Su quale base', paragraphs: privacy.special ? [privacy.basis, privacy.special] : [privacy.basis] },
    { title: 'Se non dai i dati', paragraphs: [privacy.obligation] },
    {
      title: 'Chi li riceve',
      paragraphs: [
        privacy.recipients,
        'I dati non sono trasferiti fuori dall’Unione europea e non servono a decisioni automatizzate o a profilazione.',
      ],
    },
    { title: 'Per quanto tempo', paragraphs: [privacy.retention] },
    {
      title: 'I tuoi diritti',
      paragraphs: [
        'Puoi chiedere di accedere ai tuoi dati, di correggerli, di cancellarli o di limitarne il trattamento, e opporti al trattamento, nei casi previsti dagli articoli 15-22 del Regolamento (UE) 2016/679. Scrivi al titolare o al responsabile della protezione dei dati: la risposta arriva entro un mese.',
        'Se ritieni che i tuoi dati siano trattati in modo illecito puoi presentare reclamo al Garante per la protezione dei dati personali (www.garanteprivacy.it) o ricorrere al giudice (articoli 77 e 79 del Regolamento).',
      ],
    },
  ]
}

const OFFERED_AGAIN =
  'Quando farai un’altra richiesta ti proporremo i recapiti e gli altri dati di questa che servono anche lì, per non farteli riscrivere: li vedi solo tu, e decidi tu se usarli.'
