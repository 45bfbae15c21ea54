import { keyInfo, telephone } from './metadata-part.ts'
import type { SpidIntermediary } from '../shared/spid-intermediary.ts'
import type { Organization } from './service-provider.ts'
import { xml, type Markup } from './xml-markup.ts'

/** What each profile says of itself (spid-cie.md §1.3). */
const ACTIVITY: Readonly<Record<SpidIntermediary['profile'], Markup>> = {
  'pub-ag-full': xml`<spid:PublicServicesFullAggregator/>`,
  'pub-ag-lite': xml`<spid:PublicServicesLightAggregator/>`,
  'pub-op-full': xml`<spid:PublicServicesFullOperator/>`,
  'pub-op-lite': xml`<spid:PublicServicesLightOperator/>`,
}

type Union = SpidIntermediary & Readonly<{ name: string }>

/**
 * The contacts in the metadata of a municipality whose union is SPID's aggregator or operator (AgID Avviso 19 v4): the union,
 * which is the one to be contacted, then the municipality. A full operator offers the service itself and stands alone.
 */
export function intermediaryContacts(municipality: Organization, union: Union): Markup[] {
  if (union.profile === 'pub-op-full') return [unionContact(union)]
  return [unionContact(union), aggregatedContact(municipality)]
}

function unionContact({ profile, ipaCode, vat, cf, validationCertificate, name, email, phone }: Union): Markup {
  return xml`
    <md:ContactPerson contactType="other" spid:entityType="spid:aggregator">
      <md:Extensions>
        ${ipaCode === undefined ? undefined : xml`<spid:IPACode>${ipaCode}</spid:IPACode>`}
        <spid:VATNumber>IT${vat}</spid:VATNumber>
        <spid:FiscalCode>${cf}</spid:FiscalCode>
        ${ACTIVITY[profile]}
        ${validationCertificate === undefined ? undefined : validationKey(validationCertificate)}
      </md:Extensions>
      <md:Company>${name}</md:Company>
      <md:EmailAddress>${email}</md:EmailAddress>
      <md:TelephoneNumber>${telephone(phone)}</md:TelephoneNumber>
    </md:ContactPerson>`
}

/** By it a light union vouches for the keys of its members. */
const validationKey = (certificate: string): Markup =>
  xml`<spid:KeyDescriptor use="spid:validation">${keyInfo(certificate)}</spid:KeyDescriptor>`

/** The municipality that the union acts for: one metadata document each. */
function aggregatedContact({ ipaCode, name }: Organization): Markup {
  return xml`
    <md:ContactPerson contactType="other" spid:entityType="spid:aggregated">
      <md:Extensions>
        <spid:IPACode>${ipaCode}</spid:IPACode>
        <spid:Public/>
      </md:Extensions>
      <md:Company>${name}</md:Company>
    </md:ContactPerson>`
}
