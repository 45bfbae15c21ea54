import { readDemonstration } from '../../setup/demonstration.ts'

/** Where people reach the first municipality, and the second. */
export const VALLECHIARA = 'https://servizi.comune.vallechiara.example'
export const MONTELAGO = 'https://servizi.montelago.example'

const demonstration = readDemonstration(process.cwd())
const appointed = (cf: string, name: string, ...roles: string[]) => {
  const [givenName = '', familyName = ''] = name.split(' ')
  return { cf, givenName, familyName, appointments: roles.map((role) => ({ role, office: 'protocollo-urp' })) }
}
/** A second municipality for a test platform, and who works there. */
export const montelago = {
  municipality: {
    ...demonstration.municipality,
    id: 'montelago',
    name: 'Comune di Montelago',
    aooName: 'Comune di Montelago',
    ipaCode: 'c_x998',
    registerCode: 'ML',
    belfiore: 'X998',
    hosts: ['servizi.montelago.example'],
    publicAddress: MONTELAGO,
    phone: '+39 075 5550900',
    address: { ...demonstration.municipality.address, city: 'Montelago' },
  },
  // Citizens in Vallechiara.
  officers: [
    appointed('NRELCU73E27D612Y', 'Luca Neri', 'specialist', 'head-of-office'),
    appointed('RSSMRA79D51F83VD', 'Maria Russo', 'protocol-officer'),
    appointed('HDDMRO95L01Z330X', 'Omar Haddad', 'auditor', 'data-protection-officer'),
  ] as typeof demonstration.officers,
}
