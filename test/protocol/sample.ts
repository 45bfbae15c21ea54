import type { Municipality } from '../../server/municipalities/municipality.ts'
import type { NewEntry } from '../../server/protocol/register.ts'

const address = { street: 'Piazza del Municipio 1', postalCode: '10010', city: 'Vallechiara', province: 'TO' }

export const vallechiara: Municipality = {
  id: 'vallechiara',
  name: 'Comune di Vallechiara',
  ipaCode: 'c_v999',
  aooCode: 'A1B2C3D',
  aooName: 'Protocollo generale',
  registerCode: 'RG01',
  belfiore: 'V999',
  istatCode: '001999',
  cf: '01234567897',
  hosts: ['servizi.vallechiara.example'],
  address,
  phone: '+39 011 000000',
  email: 'comune@vallechiara.example',
  pec: 'protocollo@pec.vallechiara.example',
  website: 'https://www.vallechiara.example',
  tagline: 'Un paese tra i monti',
  region: 'Piemonte',
  patron: { day: '09-08', name: 'Natività della Beata Vergine Maria' },
  offices: [
    {
      id: 'edilizia',
      name: 'Sportello unico per l’edilizia',
      ipaUnit: 'UF4X2Q',
      address,
      email: 'edilizia@vallechiara.example',
      pec: 'edilizia@pec.vallechiara.example',
      phone: '+39 011 000001',
      hours: 'lunedì 9-12',
      responsible: { name: 'Anna Bianchi', role: 'Responsabile del servizio' },
    },
  ],
  substitute: { name: 'Segretario generale', role: 'Segretario', pec: 'protocollo@pec.vallechiara.example' },
  dataProtectionOfficer: { name: 'Studio Verdi', email: 'dpo@vallechiara.example' },
  accessibilityUrl: 'https://form.agid.gov.it/view/vallechiara',
}

const municipality = { kind: 'administration', name: vallechiara.name, ipaCode: vallechiara.ipaCode } as const

/** An incoming filing of Mario Rossi with one signed PDF; `changes` replace whole fields. */
export function newEntry(changes: Partial<NewEntry> = {}): NewEntry {
  return {
    municipality: vallechiara.id,
    direction: 'in',
    at: new Date('2026-03-02T09:15:30Z'),
    subject: 'Richiesta di occupazione del suolo pubblico in via Cavour 12',
    sender: {
      kind: 'person',
      givenName: 'Mario',
      familyName: 'Rossi',
      cf: 'RSSMRA80A01H501U',
      email: 'mario@example.it',
    },
    recipients: [municipality],
    documents: [
      {
        id: 'd1',
        name: 'domanda.pdf',
        mediaType: 'application/pdf',
        size: 1234,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        primary: true,
        signed: true,
      },
    ],
    classification: 'VI.3',
    office: 'edilizia',
    reserved: false,
    filing: 'f1',
    ...changes,
  }
}
