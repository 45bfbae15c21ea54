import { expect } from 'chai'
import { deflateRawSync } from 'node:zlib'
import { decodeMessage } from '../../server/identity/bindings.ts'
import { statedRequest } from '../../server/identity/response.ts'
import { testDatabase } from '../support/database.ts'
import type { Spoiling } from '../support/identity-provider/index.ts'
import { begin, makeProvider, personalArea, responseTo, startPlatform, type Platform } from './platform.ts'
import { WRAPPINGS } from './wrapping.ts'

const SHA1 = {
  signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
}
const SHA256 = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
}
/** Deeper than any stack. */
const NESTED = '<x>'.repeat(15_000) + '</x>'.repeat(15_000)
const BOTH = { response: true, assertion: true }
const ONLY_ASSERTION = { response: false, assertion: true }

describe('attacks on a SAML response', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  let platform: Platform

  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider] })
  })
  after(async () => platform.stop())

  async function expectRefused(spoiling: Spoiling): Promise<void> {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const answer = await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider, spoiling) })
    expect(answer.status, answer.location).to.equal(403)
    expect(await personalArea(browser), 'a session').to.equal(undefined)
  }

  for (const { name, wrap } of WRAPPINGS) {
    it(`refuses ${name}`, async () => {
      await expectRefused({ sign: BOTH, tamper: wrap })
    })
    // The forms about the response's signature need one.
    if (!/xsw[12]/.test(name)) {
      it(`refuses ${name}, in a response without signature of its own`, async () => {
        await expectRefused({ sign: ONLY_ASSERTION, tamper: wrap })
      })
    }
  }

  const transform = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
  const doctype = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
  const tampered: [string, (signed: string) => string][] = [
    ['a comment inside the tax code', (signed) => signed.replace('TINIT-CNTGLI', 'TINIT-CNT<!-- -->GLI')],
    ['a processing instruction inside the tax code', (signed) => signed.replace('TINIT-CNTGLI', 'TINIT-CNT<?x?>GLI')],
    [
      'a value within a processing instruction, which xml-crypto writes as if it were text',
      (signed) => signed.replace(/>(TINIT-CNTGLI\w+)</, '><?x $1?><'),
    ],
    ['a processing instruction between elements', (signed) => signed.replace('<saml:Subject>', '<?x?><saml:Subject>')],
    [
      'a comment between two CDATA sections of the tax code',
      (signed) => signed.replace(/TINIT-CNT(GLI\w+)/, '<![CDATA[TINIT-CNT]]><!-- --><![CDATA[$1]]>'),
    ],
    ['a comment inside the NameID', (signed) => signed.replace(/(<saml:NameID[^>]*>_)/, '$1<!-- -->')],
    ['an XSLT transform', (signed) => signed.replace('<ds:Transforms>', `<ds:Transforms>${transform}`)],
    ['entities', (signed) => doctype + signed.replace('>Giulia<', '>&b;<')],
    ['an external entity', (signed) => `<!DOCTYPE r SYSTEM "file:///etc/hostname">${signed}`],
    ['a broken signature of the response', (signed) => signed.replace(/(<ds:SignatureValue>)..../, '$1AAAA')],
    ['text that is not XML', () => 'Buongiorno'],
    ['an unfinished document', (signed) => signed.slice(0, 3000)],
    ['elements without end inside a value', (signed) => signed.replace('>Giulia<', `>${NESTED}<`)],
    [
      'elements without end before the status',
      (signed) => signed.replace('<samlp:Status>', `<samlp:Extensions>${NESTED}</samlp:Extensions><samlp:Status>`),
    ],
    ['a signature by a property of every object', (signed) => signed.replaceAll(SHA256.signature, 'constructor')],
    ['a digest by a property of every object', (signed) => signed.replaceAll(SHA256.digest, '__proto__')],
    ['text after the document', (signed) => `${signed}<evil/>`],
  ]
  for (const [name, tamper] of tampered) {
    it(`refuses ${name}`, async () => {
      await expectRefused({ tamper })
    })
  }

  it('refuses a good assertion in any other root element', async () => {
    const renamed = (signed: string) => signed.replaceAll('samlp:Response', 'samlp:ArtifactResponse')
    const foreign = (signed: string) =>
      signed.replace('<samlp:Response', '<x:Response xmlns:x="urn:x"').replace('</samlp:Response>', '</x:Response>')
    for (const tamper of [renamed, foreign]) await expectRefused({ sign: ONLY_ASSERTION, tamper })
  })

  it('refuses SHA-1, in the signature or in the digest', async () => {
    await expectRefused({ sign: ONLY_ASSERTION, algorithms: { ...SHA256, signature: SHA1.signature } })
    await expectRefused({ sign: ONLY_ASSERTION, algorithms: { ...SHA256, digest: SHA1.digest } })
  })

  it('refuses a response that comes to the address of another scheme, and spoils nothing', async () => {
    const browser = platform.browser()
    const SAMLResponse = responseTo(await begin(browser, provider), provider)
    expect((await browser.post('/cie/acs', { SAMLResponse })).status).to.equal(403)
    expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(303)
  })

  it('is not led to another request of the same browser by what stands before the response', async () => {
    const browser = platform.browser()
    const [own, other] = [await begin(browser, provider), await begin(browser, provider)]
    const misleading = `<!-- <samlp:Response InResponseTo="${other.id}"> -->`
    for (const request of [own, other]) {
      const SAMLResponse = responseTo(request, provider, { tamper: (signed) => misleading + signed })
      const isLed = request === own
      expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(isLed ? 403 : 303)
    }
    // Nothing of what was refused is used up.
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(own, provider) })).status).to.equal(303)
  })

  it('takes a refusal for no other request than the one that it answers', async () => {
    const browser = platform.browser()
    const [own, other] = [await begin(browser, provider), await begin(browser, provider)]
    const misleading = `<!-- <samlp:Response InResponseTo="${other.id}"> -->`
    const refusal = (signed: string) => misleading + signed.replace('status:Success', 'status:Responder')
    const SAMLResponse = responseTo(own, provider, { tamper: refusal })
    expect((await browser.post('/spid/acs', { SAMLResponse })).status).to.equal(403)
    expect(platform.logged.at(-1)).to.include('Response InResponseTo')
    // The other still waits for its own.
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(other, provider) })).status).to.equal(303)
  })

  it('finds the request of a response however its attribute is written', () => {
    for (const attribute of ['InResponseTo="_a-1"', "InResponseTo='_a-1'", 'Version="2.0"\nInResponseTo = "_a-1"'])
      for (const name of ['samlp:Response', 'Response', 's-2.p:Response'])
        expect(statedRequest(`<?xml version="1.0"?>\n<${name} ID="_r" ${attribute}>`), attribute).to.equal('_a-1')
    for (const document of ['<Response xInResponseTo="_a">', '<Response ID="_r"><x InResponseTo="_a"/>', 'Buongiorno'])
      expect(statedRequest(document), document).to.equal('')
  })

  it('does not read a response of 5 MB', async () => {
    const browser = platform.browser()
    await begin(browser, provider)
    const answer = await browser.post('/spid/acs', { SAMLResponse: 'A'.repeat(5 * 1024 * 1024) })
    expect(answer.status).to.equal(413)
  })

  it('refuses what is not base64, and a missing field', async () => {
    for (const SAMLResponse of ['<xml/>', 'a,b', '']) {
      expect((await platform.browser().post('/spid/acs', { SAMLResponse })).status).to.equal(403)
    }
    expect((await platform.browser().post('/spid/acs', {})).status).to.equal(403)
    const browser = platform.browser()
    const good = responseTo(await begin(browser, provider), provider)
    const loose = `${good.slice(0, 8)}!${good.slice(8)}`
    expect((await browser.post('/spid/acs', { SAMLResponse: loose })).status, 'a foreign character').to.equal(403)
    expect((await browser.post('/spid/acs', { SAMLResponse: good })).status).to.equal(303)
  })

  it('reads a message of blanks once: nobody need have logged in to send half a megabyte of them', () => {
    expect(() => decodeMessage(`A${' '.repeat(500_000)}!`, 'post')).to.throw('not base64')
    expect(decodeMessage(' PGEv\r\n Pg==\n', 'post')).to.equal('<a/>')
  })

  it('reads no more of a message than any honest one has', () => {
    const long = Buffer.alloc(128 * 1024 + 1, 'a')
    expect(() => decodeMessage(long.toString('base64'), 'post')).to.throw('too long')
    expect(decodeMessage(long.subarray(1).toString('base64'), 'post')).to.have.length(128 * 1024)
    const tagged = (elements: number) => Buffer.from(`<a>${'<b/>'.repeat(elements)}</a>`)
    expect(() => decodeMessage(tagged(999).toString('base64'), 'post')).to.throw('too many tags')
    expect(() => decodeMessage(deflateRawSync(tagged(999)).toString('base64'), 'redirect')).to.throw('too many tags')
    const named = (namespaces: number) => Buffer.from(`<a${' xmlns:b="c"'.repeat(namespaces)}/>`)
    expect(() => decodeMessage(named(501).toString('base64'), 'post')).to.throw('too many namespaces')
    expect(decodeMessage(named(500).toString('base64'), 'post')).to.have.length(6_004)
    const described = (attributes: number) => Buffer.from(`<a${' b=""'.repeat(attributes)}/>`)
    expect(() => decodeMessage(described(2_001).toString('base64'), 'post')).to.throw('too many attributes')
    expect(decodeMessage(described(2_000).toString('base64'), 'post')).to.have.length(10_004)
    expect(decodeMessage(tagged(998).toString('base64'), 'post')).to.have.length(3_999)
    const bomb = deflateRawSync(long).toString('base64')
    expect(() => decodeMessage(bomb, 'redirect')).to.throw('inflated')
    expect(decodeMessage(deflateRawSync('<a/>').toString('base64'), 'redirect')).to.equal('<a/>')
  })
})
