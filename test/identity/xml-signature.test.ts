import { createPublicKey } from 'node:crypto'
import { expect } from 'chai'
import { SignedXml } from 'xml-crypto'
import { parseXml, textOf } from '../../server/identity/xml.ts'
import { verifiedText } from '../../server/identity/xml-signature.ts'
import { signerNamed } from '../support/identity-provider/index.ts'

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const XS = 'http://www.w3.org/2001/XMLSchema'

/** `xs` is declared outside the signed element and used only inside an attribute's value, as OpenSAML writes types. */
const DOCUMENT = `<r:Root xmlns:r="urn:r" xmlns:xs="${XS}" ID="_r">
  <a:Signed xmlns:a="urn:a" xmlns:xsi="urn:xsi" b="2" a:c="1" ID="_a"><a:Value xsi:type="xs:string">è &amp; ‹à›\t&#13;<![CDATA[<x>]]></a:Value></a:Signed>
</r:Root>`

type Options = {
  transforms?: string[]
  prefixes?: string[]
  signature?: string
  digest?: string
  canonicalisation?: string
}

describe('an XML signature', () => {
  const signer = signerNamed('signer')
  const keys = [createPublicKey(signerNamed('other').certificate), createPublicKey(signer.certificate)]

  function signed({ transforms = [ENVELOPED, EXCLUSIVE], prefixes = [], ...algorithms }: Options = {}): string {
    const signature = new SignedXml({
      privateKey: signer.privateKey,
      signatureAlgorithm: algorithms.signature ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: algorithms.canonicalisation ?? EXCLUSIVE,
    })
    signature.addReference({
      xpath: "//*[@ID='_a']",
      transforms: transforms,
      digestAlgorithm: algorithms.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
      inclusiveNamespacesPrefixList: prefixes,
    })
    signature.computeSignature(DOCUMENT, { prefix: 'ds', location: { reference: "//*[@ID='_a']", action: 'prepend' } })
    return signature.getSignedXml()
  }
  const read = (document: string) => {
    const [element] = [...parseXml(document).getElementsByTagNameNS('urn:a', 'Signed')]
    return verifiedText(element!, keys)
  }

  it('gives back what was signed, by whichever key of the provider', () => {
    const text = read(signed())
    expect(textOf(parseXml(text))).to.equal('è & ‹à›\t\r<x>')
    expect(text).to.not.include('Signature')
  })

  it('may name prefixes of the surroundings, which then are part of what is signed', () => {
    const document = signed({ prefixes: ['xs'] })
    expect(document).to.include('PrefixList="xs"')
    expect(read(document)).to.include(`xmlns:xs="${XS}"`)
    expect(() => read(document.replace(XS, 'urn:other'))).to.throw('changed')
  })

  it('names few: of all that a message has room for, each is looked for among all namespaces', () => {
    const method = `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}">`
    const list = `<x:InclusiveNamespaces xmlns:x="${EXCLUSIVE}" PrefixList="${'xs '.repeat(30_000)}"/>`
    const document = signed().replace(
      /<ds:CanonicalizationMethod[^>]*\/>/,
      `${method}${list}</ds:CanonicalizationMethod>`,
    )
    expect(() => read(document)).to.throw('too many prefixes')
  })

  it('may use SHA-512', () => {
    const stronger = {
      signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
      digest: 'http://www.w3.org/2001/04/xmlenc#sha512',
    }
    expect(read(signed(stronger))).to.include('Signed')
  })

  for (const [how, change] of [
    ['its text', (document: string) => document.replace('‹à›', '‹b›')],
    ['an attribute', (document: string) => document.replace('b="2"', 'b="3"')],
    ['a namespace', (document: string) => document.replace('xmlns:xsi="urn:xsi"', 'xmlns:xsi="urn:xsj"')],
    ['a child more', (document: string) => document.replace('</a:Signed>', '<a:Value/></a:Signed>')],
  ] as const) {
    it(`does not hold when the element was changed: ${how}`, () => {
      expect(() => read(change(signed()))).to.throw('changed')
    })
  }

  it('does not hold when its own statements were changed', () => {
    expect(() => read(signed().replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'))).to.throw('no key')
    expect(() => read(signed().replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'))).to.throw('no key')
    expect(() => read(signed().replace('ID="_a"', 'ID="_b"'))).to.throw('another element')
  })

  it('is refused with other transforms than SAML’s two', () => {
    expect(() => read(signed({ transforms: [ENVELOPED] }))).to.throw('transforms')
    expect(() => read(signed({ transforms: [ENVELOPED, `${EXCLUSIVE}WithComments`] }))).to.throw('transforms')
    expect(() => read(signed({ transforms: [ENVELOPED, ENVELOPED, EXCLUSIVE] }))).to.throw('transforms')
  })

  it('is refused with another canonicalisation, also where that gives the same text', () => {
    expect(() => read(signed({ canonicalisation: `${EXCLUSIVE}WithComments` }))).to.throw('canonicalisation')
  })
})
