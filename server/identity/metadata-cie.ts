import { createHash } from 'node:crypto'
import { descriptor, signedMetadata } from './metadata.ts'
import { NS } from './saml.ts'
import { attributeSets, type ServiceProvider } from './service-provider.ts'
import { xml } from './xml-markup.ts'

/** IPA's category of municipalities. */
const MUNICIPALITIES = 'L6'

/** The signed metadata for "Entra con CIE" (spid-cie.md §9): its own extensions, an administrative contact, four attributes. */
export function cieMetadata(provider: ServiceProvider, { id }: { id: string }): string {
  const { organization } = provider
  const services = attributeSets('cie', { eidas: false }).map(
    ({ index, attributes }) => xml`
      <md:AttributeConsumingService index="${index}">
        <md:ServiceName xml:lang="">urn:uuid:${serviceUuid(provider, index)}</md:ServiceName>
        ${attributes.map((attribute) => xml`<md:RequestedAttribute Name="${attribute}"/>`)}
      </md:AttributeConsumingService>`,
  )
  const contact = xml`
    <md:ContactPerson contactType="administrative">
      <md:Extensions>
        <cie:Public/>
        <cie:IPACode>${organization.ipaCode}</cie:IPACode>
        <cie:IPACategory>${MUNICIPALITIES}</cie:IPACategory>
        ${organization.vat === undefined ? undefined : xml`<cie:VATNumber>IT${organization.vat}</cie:VATNumber>`}
        <cie:FiscalCode>${organization.cf}</cie:FiscalCode>
        <cie:Municipality>${organization.belfiore}</cie:Municipality>
        <cie:Province>${organization.address.province}</cie:Province>
        <cie:Country>IT</cie:Country>
      </md:Extensions>
      <md:Company>${organization.name}</md:Company>
      <md:EmailAddress>${organization.email}</md:EmailAddress>
    </md:ContactPerson>`
  return signedMetadata(provider, {
    id,
    namespace: xml`xmlns:cie="${NS.cie}"`,
    descriptor: descriptor(provider, 'cie', services),
    owner: organization,
    contacts: [contact],
  })
}

/** A version 4 UUID that stays the same for a service as long as its entityID does, so that the metadata does not change by itself. */
function serviceUuid({ keys }: ServiceProvider, index: number): string {
  const hex = createHash('sha256').update(`${keys.entityId} ${index}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
