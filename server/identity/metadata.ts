import { keyInfo, telephone } from './metadata-part.ts'
import { intermediaryContacts } from './metadata-union.ts'
import { BINDING_URI, FORMAT_TRANSIENT, NS } from './saml.ts'
import {
  acsUrl,
  attributeSets,
  sloUrl,
  type AttributeSet,
  type Organization,
  type ServiceProvider,
} from './service-provider.ts'
import { xml, type Markup } from './xml-markup.ts'
import { signRoot } from './xml-signature.ts'

/**
 * The signed SPID metadata of a public service provider (spid-cie.md §1.1, AgID Avviso 29). node-saml's generator knows
 * neither attribute sets nor the contact extensions. `id` is the document's own, for the signature to refer to.
 */
export function spidMetadata(provider: ServiceProvider, { id, eidas }: { id: string; eidas: boolean }): string {
  const { organization } = provider
  const { name, spid } = organization.union ?? {}
  // An operator is the service provider itself (AgID's validator compares the two names); for an aggregator the municipality is.
  const isOperator = spid?.profile === 'pub-op-full' || spid?.profile === 'pub-op-lite'
  return signedMetadata(provider, {
    id,
    namespace: xml`xmlns:spid="${NS.spid}"`,
    descriptor: descriptor(provider, 'spid', attributeSets('spid', { eidas }).map(attributeService)),
    owner: name !== undefined && isOperator ? { name, website: spid.website } : organization,
    contacts:
      name !== undefined && spid
        ? intermediaryContacts(organization, { ...spid, name })
        : [publicBodyContact(organization)],
  })
}

/** A public body that acts for itself (Avviso 29). */
function publicBodyContact({ ipaCode, vat, cf, name, email, phone }: Organization): Markup {
  return xml`
    <md:ContactPerson contactType="other">
      <md:Extensions>
        <spid:IPACode>${ipaCode}</spid:IPACode>
        ${vat === undefined ? undefined : xml`<spid:VATNumber>IT${vat}</spid:VATNumber>`}
        <spid:FiscalCode>${cf}</spid:FiscalCode>
        <spid:Public/>
      </md:Extensions>
      <md:Company>${name}</md:Company>
      <md:EmailAddress>${email}</md:EmailAddress>
      <md:TelephoneNumber>${telephone(phone)}</md:TelephoneNumber>
    </md:ContactPerson>`
}

type Owner = Pick<Organization, 'name' | 'website'>
type Content = { id: string; namespace: Markup; descriptor: Markup; owner: Owner; contacts: readonly Markup[] }

/** The document around a profile's own parts, signed as first child. */
export function signedMetadata({ keys }: ServiceProvider, content: Content): string {
  const { id, namespace, descriptor, owner, contacts } = content
  const { markup } = xml`
    <md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" ${namespace} entityID="${keys.entityId}" ID="${id}">
      ${descriptor}
      ${organizationElement(owner)}
      ${contacts}
    </md:EntityDescriptor>`
  return signRoot(markup, keys, 'first')
}

/** SPSSODescriptor in the order of AgID's schema. */
export function descriptor(provider: ServiceProvider, scheme: 'spid' | 'cie', services: readonly Markup[]): Markup {
  const { certificate, otherCertificates } = provider.keys
  return xml`
    <md:SPSSODescriptor protocolSupportEnumeration="${NS.protocol}" AuthnRequestsSigned="true" WantAssertionsSigned="true">
      ${[certificate, ...otherCertificates].map(keyDescriptor)}
      <md:SingleLogoutService Binding="${BINDING_URI.redirect}" Location="${sloUrl(provider, scheme)}"/>
      <md:SingleLogoutService Binding="${BINDING_URI.post}" Location="${sloUrl(provider, scheme)}"/>
      <md:NameIDFormat>${FORMAT_TRANSIENT}</md:NameIDFormat>
      <md:AssertionConsumerService Binding="${BINDING_URI.post}" Location="${acsUrl(provider, scheme)}" index="0" isDefault="true"/>
      ${services}
    </md:SPSSODescriptor>`
}

function attributeService({ index, name, attributes }: AttributeSet): Markup {
  return xml`
    <md:AttributeConsumingService index="${index}">
      <md:ServiceName xml:lang="it">${name}</md:ServiceName>
      ${attributes.map((attribute) => xml`<md:RequestedAttribute Name="${attribute}"/>`)}
    </md:AttributeConsumingService>`
}

function keyDescriptor(certificate: string): Markup {
  return xml`
    <md:KeyDescriptor use="signing">
      ${keyInfo(certificate)}
    </md:KeyDescriptor>`
}

/** Names must be those of the certificate (Avviso 29). */
function organizationElement({ name, website }: Owner): Markup {
  return xml`
    <md:Organization>
      <md:OrganizationName xml:lang="it">${name}</md:OrganizationName>
      <md:OrganizationDisplayName xml:lang="it">${name}</md:OrganizationDisplayName>
      <md:OrganizationURL xml:lang="it">${website}</md:OrganizationURL>
    </md:Organization>`
}
