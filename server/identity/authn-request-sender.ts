import { SAML } from '@node-saml/passport-saml'
import type { Sending } from './bindings.ts'
import { signQuery } from './query-signature.ts'
import type { Binding } from './saml.ts'
import type { ServiceProviderKeys } from './service-provider.ts'
import { signRoot } from './xml-signature.ts'

type Message = Readonly<{ document: string; destination: string; binding: Binding; relayState: string }>

/** node-saml as the transport of an AuthnRequest that it could not write itself (spid-cie.md §12.1). */
class AuthnRequestSender extends SAML {
  readonly #document: string
  readonly #keys: ServiceProviderKeys

  constructor({ document, destination, binding }: Message, keys: ServiceProviderKeys) {
    super({
      issuer: keys.entityId,
      entryPoint: destination,
      // Only HTTP-Redirect deflates (SAML bindings §3.4, §3.5).
      skipRequestCompression: binding === 'post',
      // The library wants these two for reading responses, which it does not do here.
      callbackUrl: destination,
      idpCert: keys.certificate,
    })
    this.#keys = keys
    this.#document = binding === 'post' ? signRoot(document, keys, 'after-issuer') : document
  }

  protected override async generateAuthorizeRequestAsync(): Promise<string> {
    return this.#document
  }

  async send({ binding, destination, relayState }: Message): Promise<Sending> {
    if (binding === 'redirect') {
      // The library signs on the thread that answers everybody: it is given no key, and its query is signed as it stands.
      const unsigned = await this.getAuthorizeUrlAsync(relayState, undefined, {})
      const query = unsigned.indexOf('SAMLRequest=')
      const url = unsigned.slice(0, query) + (await signQuery(unsigned.slice(query), this.#keys))
      return { binding, url, document: this.#document }
    }
    const { SAMLRequest } = await this.getAuthorizeMessageAsync(relayState)
    const fields = { SAMLRequest: String(SAMLRequest), RelayState: relayState }
    return { binding, action: destination, fields, document: this.#document }
  }
}

/** Signs an AuthnRequest for its binding: in the query for HTTP-Redirect, inside the document for HTTP-POST. */
export async function sendAuthnRequest(message: Message, keys: ServiceProviderKeys): Promise<Sending> {
  return new AuthnRequestSender(message, keys).send(message)
}
