import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { AppError } from '../errors.ts'
import { BINDING_URI, NS, parseInstant, type Binding } from './saml.ts'
import type { SamlScheme } from './service-provider.ts'
import { attribute, children, descendants, only, parseXml, textOf, type Element } from './xml.ts'
import { verifiedText } from './xml-signature.ts'

/** One identity provider of a federation, as its metadata describes it. */
export type IdentityProvider = Readonly<{
  entityId: string
  scheme: SamlScheme
  /** What people know it by. */
  name: string
  singleSignOn: Readonly<Partial<Record<Binding, string>>>
  singleLogout: Readonly<Partial<Record<Binding, Readonly<{ location: string; responseLocation: string }>>>>
  /** Public keys of all signing certificates: during a roll-over there are two. */
  keys: readonly KeyObject[]
}>

/** Where a metadata document comes from and how far it is trusted. */
export type MetadataOrigin = Readonly<{
  scheme: SamlScheme
  /** PEM certificate of the federation's operator; without it an aggregate's signature is not looked at. */
  trust?: string
  /** `file`: put there by the operator of this installation; `address`: fetched, so only as good as its signature. */
  kind: 'file' | 'address'
  now: Date
}>

/**
 * The identity providers that a metadata document (one EntityDescriptor or an aggregate) describes. With a `trust`
 * certificate, aggregates and everything fetched must be signed by it and are read from the signed bytes only.
 * Entities without the identity provider's role are passed over. Throws when the document cannot be trusted or read.
 */
export function parseProviders(document: string, origin: MetadataOrigin): IdentityProvider[] {
  const unverified = parseXml(document)
  const isAggregate = unverified.localName === 'EntitiesDescriptor'
  const trust = origin.kind === 'address' || isAggregate ? origin.trust : undefined
  const root = trust === undefined ? unverified : parseXml(verifiedText(unverified, [createPublicKey(trust)]))
  const until = parseInstant(attribute(root, 'validUntil'))
  if (origin.kind === 'address' && until && until <= origin.now) {
    throw new AppError('UPSTREAM_UNAVAILABLE', 'Metadata has expired')
  }

  const entities = root.localName === 'EntityDescriptor' ? [root] : descendants(root, NS.metadata, 'EntityDescriptor')
  return entities.flatMap((entity) => toProvider(entity, origin.scheme) ?? [])
}

function toProvider(entity: Element, scheme: SamlScheme): IdentityProvider | undefined {
  const entityId = attribute(entity, 'entityID')
  const role = only(entity, NS.metadata, 'IDPSSODescriptor')
  if (!entityId || !role) return undefined
  const keys = signingKeys(role)
  const singleSignOn = endpoints(role, 'SingleSignOnService', (service) => attribute(service, 'Location'))
  if (keys.length === 0 || Object.keys(singleSignOn).length === 0) return undefined
  return {
    entityId,
    scheme,
    name: displayName(entity) ?? new URL(entityId).hostname,
    keys,
    singleSignOn,
    singleLogout: endpoints(role, 'SingleLogoutService', (service) => {
      const location = attribute(service, 'Location')
      return location === undefined
        ? undefined
        : { location, responseLocation: attribute(service, 'ResponseLocation') ?? location }
    }),
  }
}

function endpoints<T>(
  role: Element,
  name: string,
  read: (service: Element) => T | undefined,
): Partial<Record<Binding, T>> {
  const found: Partial<Record<Binding, T>> = {}
  for (const service of children(role, NS.metadata, name)) {
    const binding = (['redirect', 'post'] as const).find(
      (candidate) => BINDING_URI[candidate] === attribute(service, 'Binding'),
    )
    const value = read(service)
    if (binding && value !== undefined) found[binding] ??= value
  }
  return found
}

/**
 * A KeyDescriptor without `use` serves for signing too (SAML metadata §2.4.1.1). The certificate is only a wrapping for
 * the key: it is trusted because the metadata is, whoever issued it and until whenever.
 */
function signingKeys(role: Element): KeyObject[] {
  return children(role, NS.metadata, 'KeyDescriptor')
    .filter((descriptor) => attribute(descriptor, 'use') !== 'encryption')
    .flatMap((descriptor) => descendants(descriptor, NS.signature, 'X509Certificate'))
    .map((certificate) => new X509Certificate(Buffer.from(textOf(certificate), 'base64')).publicKey)
}

function displayName(entity: Element): string | undefined {
  const organization = only(entity, NS.metadata, 'Organization')
  if (!organization) return undefined
  const names = ['OrganizationDisplayName', 'OrganizationName'].flatMap((name) =>
    children(organization, NS.metadata, name),
  )
  const italian = names.find((name) => attribute(name, 'xml:lang') === 'it') ?? names[0]
  return textOf(italian) || undefined
}
