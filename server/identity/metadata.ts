import { BINDING_URI, FORMAT_TRANSIENT, NS } from './saml.ts'
import {
  acsUrl,
  attributeSets,
  sloUrl,
  type Aggregator,
  type AttributeSet,
  type Organization,
  type ServiceProvider,
} from './service-provider.ts'
import { xml, type Markup } from './xml.ts'
import { signRoot } from './xml-signature.ts'

/**
 * The signed SPID metadata of a public service provider (spid-cie.md §1.1, AgID Avviso 29). node-saml's generator knows
 * neither attribute sets nor the contact extensions. `id` is the document's own, for the signature to refer to.
 */
export function spidMetadata(provider: ServiceProvider, { id, eidas }: { id: string; eidas: boolean }): string {
  const { organization } = provider
  const { aggregator } = organization
  return signedMetadata(provider, {
    id,
    namespace: xml`xmlns:spid="${NS.spid}"`,
    descriptor: descriptor(provider, 'spid', attributeSets('spid', { eidas }).map(attributeService)),
    contacts: aggregator
      ? [aggregatorContact(aggregator), aggregatedContact(organization)]
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

/** The union, which is the one to be contacted (spid-cie.md §1.3). */
function aggregatorContact({ vat, name, email, phone }: Aggregator): Markup {
  return xml`
    <md:ContactPerson contactType="other" spid:entityType="spid:aggregator">
      <md:Extensions>
        <spid:VATNumber>IT${vat}</spid:VATNumber>
        <spid:PublicServicesFullAggregator/>
      </md:Extensions>
      <md:Company>${name}</md:Company>
      <md:EmailAddress>${email}</md:EmailAddress>
      <md:TelephoneNumber>${telephone(phone)}</md:TelephoneNumber>
    </md:ContactPerson>`
}

/** The municipality that it acts for: one metadata document each. */
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

type Content = { id: string; namespace: Markup; descriptor: Markup; contacts: readonly Markup[] }

/** The document around a profile's own parts, signed as first child. */
export function signedMetadata(provider: ServiceProvider, { id, namespace, descriptor, contacts }: Content): string {
  const { organization, keys } = provider
  const { markup } = xml`
    <md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" ${namespace} entityID="${keys.entityId}" ID="${id}">
      ${descriptor}
      ${organizationElement(organization)}
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
      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateBody(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>`
}

/** Names must be those of the certificate (Avviso 29). */
function organizationElement({ name, website }: Organization): Markup {
  return xml`
    <md:Organization>
      <md:OrganizationName xml:lang="it">${name}</md:OrganizationName>
      <md:OrganizationDisplayName xml:lang="it">${name}</md:OrganizationDisplayName>
      <md:OrganizationURL xml:lang="it">${website}</md:OrganizationURL>
    </md:Organization>`
}

/** The base64 of a PEM certificate on one line. */
export const certificateBody = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '')

/** Avviso 29: no spaces, with the international prefix. */
export function telephone(phone: string): string {
  const digits = phone.replace(/[^\d+]/g, '')
  return digits.startsWith('+') ? digits : `+39${digits}`
}
