import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { BASE, pdf } from './pdf-maker.ts'
import { check, signer } from './pki.ts'
import { detachedXades } from './xades-maker.ts'
import { zip } from './zip-maker.ts'

const xml = readFileSync('test/signing/fixtures/dss-enveloped.xml', 'utf8')
const files = { 'a.txt': Buffer.from('testo') }
const signatures = detachedXades({ files, signer: signer() })

/** Where a file says by a name what is to be looked up. */
const PLACES: Readonly<Record<string, (name: string) => Buffer>> = {
  'the action of a PDF': (name) =>
    pdf({ ...BASE, 1: `<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /${name} >> >>` }),
  'the digest of a XAdES': (name) => Buffer.from(xml.replace(/(DigestMethod Algorithm=")[^"]*/g, `$1${name}`)),
  'the signature method of a XAdES': (name) =>
    Buffer.from(xml.replace(/(SignatureMethod Algorithm=")[^"]*/g, `$1${name}`)),
  'the type of an ASiC': (name) =>
    zip({ mimetype: Buffer.from(name), ...files, 'META-INF/signatures.xml': signatures }),
}

/** All but the file's own size and fingerprint. */
const said = (bytes: Buffer) => ({ ...check(bytes, 'a.asice'), content: null })

describe('names that every object has', () => {
  for (const [place, made] of Object.entries(PLACES))
    for (const name of ['constructor', '__proto__', 'toString'])
      it(`${place}: ${name} is as unknown as any other`, () => {
        expect(made(name).includes(name)).to.equal(true)
        expect(said(made(name))).to.deep.equal(said(made('altro')))
      })
})
