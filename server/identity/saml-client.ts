import { SAML, type Profile } from '@node-saml/passport-saml'
import type { ServiceProviderKeys } from './service-provider.ts'

type Settings = Readonly<{
  keys: ServiceProviderKeys
  acsUrl: string
  /** PEM certificates of the one provider that was asked. */
  certificates: readonly string[]
  /** A signature that is there must verify: node-saml alone ignores a broken one beside a good assertion. */
  responseSigned: boolean
}>

/**
 * Verifies the XML-DSig of one response with node-saml, which brings the defences against signature wrapping. Its own
 * checks of the assertion are a part of ASSERTION_RULES and would parse it once more, so they are left out here:
 * whoever calls this must apply the rules to the result.
 */
class SamlClient extends SAML {
  protected override async processValidlySignedAssertionAsync(
    assertion: string,
  ): Promise<{ profile: Profile; loggedOut: boolean }> {
    const profile = { getAssertionXml: () => assertion } as Profile
    return { profile, loggedOut: false }
  }
}

/**
 * The assertion of a response document, in the bytes that its provider signed. Throws when the assertion, or a
 * signature of the whole response, is not by one of the certificates.
 */
export async function verifiedAssertion(document: string, settings: Settings): Promise<string> {
  const client = new SamlClient({
    issuer: settings.keys.entityId,
    callbackUrl: settings.acsUrl,
    idpCert: [...settings.certificates],
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: settings.responseSigned,
  })
  const { profile } = await client.validatePostResponseAsync({ SAMLResponse: Buffer.from(document).toString('base64') })
  const assertion = profile?.getAssertionXml?.()
  if (assertion === undefined) throw new Error('Response without assertion')
  return assertion
}
