import type { SpidIntermediary } from '../shared/spid-intermediary.ts'
import type { Scheme } from './person.ts'

/** The public body that offers the service; a `Municipality` is one. */
export type Organization = Readonly<{
  id: string
  /** Full official name as IndicePA has it, `Comune di Vallechiara`. */
  name: string
  ipaCode: string
  /** Belfiore code: `cie:Municipality`. */
  belfiore: string
  cf: string
  vat?: string
  phone: string
  email: string
  website: string
  /** Of its site, where that is not the installation's. */
  publicAddress?: string
  address: Readonly<{ city: string; province: string }>
  /** The union of municipalities, and what it is to SPID if it stands between its members and the providers. */
  union?: Readonly<{ name: string; spid?: SpidIntermediary }>
}>

/** PEM texts. `entityId` is the URI in the certificate's subject (2.5.4.83): there is no second place to set it. */
export type ServiceProviderKeys = Readonly<{
  entityId: string
  privateKey: string
  certificate: string
  /** Published beside the current one while providers still hold the old metadata, or already hold the new (roll-over). */
  otherCertificates: readonly string[]
}>

/** One SAML service provider: one municipality, with its own entityID and keys (spid-cie.md §0.1). */
export type ServiceProvider = Readonly<{ organization: Organization; origin: string; keys: ServiceProviderKeys }>

/** The schemes that speak SAML. eIDAS is reached through the FICEP node with the SPID metadata. */
export type SamlScheme = Extract<Scheme, 'spid' | 'cie' | 'eidas'>

const folderOf = (scheme: SamlScheme): string => (scheme === 'cie' ? 'cie' : 'spid')

/** Where the identity provider posts its response. */
export const acsUrl = ({ origin }: ServiceProvider, scheme: SamlScheme): string => `${origin}/${folderOf(scheme)}/acs`

/** Where logout messages arrive. */
export const sloUrl = ({ origin }: ServiceProvider, scheme: SamlScheme): string => `${origin}/${folderOf(scheme)}/slo`

export type AttributeSet = Readonly<{ index: number; name: string; attributes: readonly string[] }>

/**
 * Attribute sets of the SPID metadata. Data minimisation (GDPR art. 5): only what the forms are prefilled with.
 * Indexes never change their meaning: providers hold the metadata for months.
 */
const SPID_SETS: readonly AttributeSet[] = [
  {
    index: 0,
    name: 'Servizi per cittadine e cittadini',
    attributes: [
      ...['spidCode', 'name', 'familyName', 'fiscalNumber', 'dateOfBirth', 'placeOfBirth', 'countyOfBirth', 'gender'],
      ...['email', 'mobilePhone', 'digitalAddress'],
      ...['domicileStreetAddress', 'domicilePostalCode', 'domicileMunicipality', 'domicileProvince', 'domicileNation'],
    ],
  },
  {
    index: 1,
    name: 'Servizi per professionisti e imprese',
    attributes: [
      ...['spidCode', 'name', 'familyName', 'fiscalNumber', 'dateOfBirth', 'placeOfBirth', 'countyOfBirth', 'gender'],
      ...['email', 'mobilePhone', 'digitalAddress'],
      ...['companyName', 'companyFiscalNumber', 'ivaCode', 'registeredOffice'],
    ],
  },
]

/** spid-cie.md §11; names and indexes are fixed by the FICEP node. */
const EIDAS_SETS: readonly AttributeSet[] = [
  {
    index: 99,
    name: 'eIDAS Natural Person Minimum Attribute Set',
    attributes: ['spidCode', 'name', 'familyName', 'dateOfBirth'],
  },
  {
    index: 100,
    name: 'eIDAS Natural Person Full Attribute Set',
    attributes: ['spidCode', 'name', 'familyName', 'dateOfBirth', 'placeOfBirth', 'address', 'gender'],
  },
]

/** CIE gives these four and no others (spid-cie.md §9). */
const CIE_SETS: readonly AttributeSet[] = [
  { index: 0, name: 'Servizi comunali', attributes: ['name', 'familyName', 'dateOfBirth', 'fiscalNumber'] },
]

/** What the metadata of a scheme declares. */
export function attributeSets(metadata: 'spid' | 'cie', { eidas }: { eidas: boolean }): readonly AttributeSet[] {
  if (metadata === 'cie') return CIE_SETS
  return eidas ? [...SPID_SETS, ...EIDAS_SETS] : SPID_SETS
}

/** What a login of each scheme asks for. */
export const DEFAULT_SET: Readonly<Record<SamlScheme, number>> = { spid: 0, cie: 0, eidas: 100 }
/** What a login for professional use asks for; only SPID has such identities. */
export const PROFESSIONAL_SET = 1
