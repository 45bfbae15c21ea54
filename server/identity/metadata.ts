import { BINDING_URI, FORMAT_TRANSIENT, NS } from './saml.ts'
import {
  acsUrl,
  attributeSets,
  sloUrl,
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
  const contact = xml`
    <md:ContactPerson contactType="other">
      <md:Extensions>
        <spid:IPACode>${organization.ipaCode}</spid:IPACode>
        ${organization.vat === undefined ? undefined : xml`<spid:VATNumber>IT${organization.vat}</spid:VATNumber>`}
        <spid:FiscalCode>${organization.cf}</spid:FiscalCode>
        <spid:Public/>
      </md:Extensions>
      <md:Company>${organization.name}</md:Company>
      <md:EmailAddress>${organization.email}</md:EmailAddress>
      <md:TelephoneNumber>${telephone(organization.phone)}</md:TelephoneNumber>
    </md:ContactPerson>`
  return signedMetadata(provider, {
    id,
    namespace: xml`xmlns:spid="${NS.spid}"`,
    descriptor: descriptor(provider, 'spid', attributeSets('spid', { eidas }).map(attributeService)),
    contacts: [contact],
  })
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
