import { escapeText, type Signer } from './response-builder.ts'

type Described = Readonly<{ entityId: string; name: string; baseUrl: string; signers: readonly Signer[] }>

/** The provider's metadata as SPID's registry would carry it: one key for each signer (two during a roll-over). */
export function providerMetadata({ entityId, name, baseUrl, signers }: Described): string {
  const keys = signers.map(
    ({ certificate }) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  )
  const service = (kind: string, binding: string, path: string) =>
    `<md:${kind} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${escapeText(baseUrl)}${path}"/>`
  return [
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeText(entityId)}">`,
    '<md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    ...keys,
    service('SingleLogoutService', 'HTTP-Redirect', '/slo'),
    service('SingleLogoutService', 'HTTP-POST', '/slo'),
    '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>',
    service('SingleSignOnService', 'HTTP-Redirect', '/sso'),
    service('SingleSignOnService', 'HTTP-POST', '/sso'),
    '</md:IDPSSODescriptor>',
    `<md:Organization><md:OrganizationName xml:lang="it">${escapeText(name)}</md:OrganizationName><md:OrganizationDisplayName xml:lang="it">${escapeText(name)}</md:OrganizationDisplayName><md:OrganizationURL xml:lang="it">${escapeText(baseUrl)}</md:OrganizationURL></md:Organization>`,
    '</md:EntityDescriptor>',
  ].join('')
}
