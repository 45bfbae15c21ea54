import { createHash, createVerify, X509Certificate } from 'node:crypto'
import { expect } from 'chai'
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { segnatura, type RegisterEntry, type SealSigner } from '../../server/protocol/index.ts'
import { loadLibxml, type Libxml } from './libxml.ts'
import { newEntry, vallechiara } from './sample.ts'
import { throwAwaySeal } from './seal.ts'

const entry: RegisterEntry = {
  ...newEntry(),
  id: 'e1',
  ipaCode: 'c_v999',
  aooCode: 'A1B2C3D',
  registerCode: 'RG01',
  year: 2026,
  number: 1234,
  date: '2026-03-02',
}
const at = new Date('2026-03-02T09:15:31Z')
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')
const [document] = entry.documents

describe('the segnatura', () => {
  let signer: SealSigner
  let libxml: Libxml
  const xmlOf = (changes: Partial<RegisterEntry> = {}) =>
    segnatura({ ...entry, ...changes }, vallechiara, { signer, at })

  before(async () => {
    signer = await throwAwaySeal('rsa')
    libxml = await loadLibxml()
  })

  it('validates against the schema and says what was registered', async () => {
    const xml = await xmlOf()
    expect(libxml.schemaErrors(xml)).to.deep.equal([])
    const head = '//prot:Intestazione/prot:Identificatore'
    expect(libxml.valueAt(xml, `${head}/prot:NumeroRegistrazione`)).to.equal('0001234')
    expect(libxml.valueAt(xml, `${head}/prot:DataRegistrazione`)).to.equal('2026-03-02')
    expect(libxml.valueAt(xml, `${head}/prot:OraRegistrazione`)).to.equal('10:15:30')
    expect(libxml.valueAt(xml, '//prot:Classifica/prot:Denominazione')).to.equal('Edilizia privata')
    expect(libxml.valueAt(xml, '//prot:Mittente/prot:PersonaFisica/prot:CodiceFiscale')).to.equal('RSSMRA80A01H501U')
    expect(libxml.valueAt(xml, '//prot:Destinatario/prot:Amministrazione/prot:CodiceIPAUO')).to.equal('UF4X2Q')
    expect(libxml.valueAt(xml, '//prot:DocumentoPrimario/prot:Impronta')).to.equal(sha256(''))
    expect(libxml.valueAt(xml, '//prot:DocumentoPrimario/prot:firmatoDigitalmente')).to.equal('true')
  })

  const company = { kind: 'company', name: 'Bar «Da Gino» & Figli', cf: '00488410010' } as const
  const cases: Record<string, Partial<RegisterEntry>> = {
    'a company, attachments, a reserved entry': {
      sender: { ...company, pec: 'gino@pec.example', email: 'gino@example.it' },
      documents: [
        ...entry.documents,
        {
          id: 'd2',
          name: 'pianta "A" <1>.jpg',
          mediaType: 'image/jpeg',
          size: 9,
          sha256: '00'.repeat(32),
          primary: false,
        },
      ],
      reserved: true,
    },
    'a company whose code is that of a person': { sender: { ...company, cf: 'RSSMRA80A01H501U' } },
    'a person with a provisional code': {
      sender: { kind: 'person', givenName: 'Åsa', familyName: 'Öberg', cf: '12345678901' },
    },
    'a person without code or address': { sender: { kind: 'person', givenName: 'A', familyName: 'B', cf: null } },
    'an outgoing entry to two': {
      direction: 'out',
      sender: { kind: 'administration', name: vallechiara.name, ipaCode: 'c_v999' },
      recipients: [entry.sender, { kind: 'administration', name: 'Regione', ipaCode: 'r_piemon', office: 'Settore A' }],
    },
    'a subject with what XML cannot hold': { subject: 'a\u0000b\u000b < c & ]]> \ud800 d\r\n\te 😀' },
    'a number beyond seven digits': { number: 12345678 },
    'a title without classes': { classification: 'XIV' },
  }
  for (const [name, changes] of Object.entries(cases)) {
    it(`validates with ${name}`, async () => {
      const xml = await xmlOf(changes)
      expect(libxml.schemaErrors(xml)).to.deep.equal([])
      expect(sha256(libxml.canonicalWithoutSignature(xml))).to.equal(
        libxml.valueAt(xml, '//ds:Reference[1]/ds:DigestValue'),
      )
    })
  }

  const elena = { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE79L52L219V' } as const

  it('names who acted for a company beside it, and as what', async () => {
    const xml = await xmlOf({ sender: company, actedBy: elena, actedAs: 'professionista incaricato' })
    expect(libxml.schemaErrors(xml)).to.deep.equal([])
    const person = '//prot:Mittente/prot:PersonaGiuridica/prot:PersonaFisica'
    expect(libxml.valueAt(xml, `${person}/prot:Cognome`)).to.equal('Bruni')
    expect(libxml.valueAt(xml, `${person}/prot:Titolo`)).to.equal('professionista incaricato')
    expect(libxml.valueAt(xml, `${person}/prot:CodiceFiscale`)).to.equal(elena.cf)
  })

  it('names who acted for a person in the document that they presented', async () => {
    const described = '//prot:DocumentoPrimario/prot:Descrizione'
    const xml = await xmlOf({ actedBy: elena, actedAs: 'delegato' })
    expect(libxml.schemaErrors(xml)).to.deep.equal([])
    expect(libxml.valueAt(xml, described)).to.equal(`Presentata da Elena Bruni (${elena.cf}), delegato`)
    expect(libxml.valueAt(await xmlOf(), described), 'for oneself').to.equal('')
  })

  it('is refused by the schema when it is wrong (so the schema is really applied)', async () => {
    const xml = await xmlOf()
    expect(libxml.schemaErrors(xml.replace('prot:versione="3.0.0"', 'versione="3.0.0"'))).not.to.be.empty
    expect(libxml.schemaErrors(xml.replace('0001234', '1234'))).not.to.be.empty
    expect(libxml.schemaErrors(xml.replace(/<ds:Signature .*<\/ds:Signature>/s, ''))).not.to.be.empty
  })

  it('cannot be made without a primary document', () => {
    expect(() => xmlOf({ documents: [] })).to.throw('primary document')
    expect(document).to.have.property('primary', true)
  })

  for (const kind of ['rsa', 'ec'] as const) {
    it(`is sealed with XAdES baseline B by an ${kind} key, as libxml2 and node:crypto see it`, async () => {
      const seal = await throwAwaySeal(kind)
      // XML 1.0 knows these two characters as no ends of lines.
      const subject = 'Prima\u2028seconda\u0085terza'
      const xml = await segnatura({ ...entry, subject }, vallechiara, { signer: seal, at })
      const certificate = new X509Certificate(Buffer.from(libxml.valueAt(xml, '//ds:X509Certificate'), 'base64'))
      expect(
        createVerify('SHA256')
          .update(libxml.canonicalAt(xml, '//ds:SignedInfo'))
          .verify(
            { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' },
            Buffer.from(libxml.valueAt(xml, '//ds:SignatureValue'), 'base64'),
          ),
      ).to.equal(true)
      expect(libxml.valueAt(xml, '//ds:Reference[1]/ds:DigestValue')).to.equal(
        sha256(libxml.canonicalWithoutSignature(xml)),
      )
      expect(libxml.valueAt(xml, '//ds:Reference[2]/ds:DigestValue')).to.equal(
        sha256(libxml.canonicalAt(xml, '//xades:SignedProperties')),
      )
      expect(libxml.valueAt(xml, '//xades:SigningTime')).to.equal('2026-03-02T09:15:31Z')
      const fingerprint = createHash('sha256').update(certificate.raw).digest('base64')
      expect(libxml.valueAt(xml, '//xades:SigningCertificateV2//ds:DigestValue')).to.equal(fingerprint)
      expect(libxml.valueAt(xml, '//xades:DataObjectFormat/xades:MimeType')).to.equal('text/xml')
    })
  }

  it('is accepted by xml-crypto, and refused once anything in it is changed', async () => {
    const xml = await xmlOf()
    expect(xmlCryptoAccepts(xml)).to.equal(true)
    for (const [old, forged] of [
      ['0001234', '0001235'],
      ['Mario', 'Maria'],
      ['2026-03-02T09:15:31Z', '2026-03-02T09:15:32Z'],
    ] as const) {
      expect(xmlCryptoAccepts(xml.replace(old, forged)), forged).to.equal(false)
    }
  })

  function xmlCryptoAccepts(xml: string): boolean {
    const [leaf] = signer.certificateChain
    if (!leaf) throw new Error('no certificate')
    const verifier = new SignedXml({ publicCert: new X509Certificate(leaf).toString() })
    const root = new DOMParser().parseFromString(xml, 'text/xml')
    verifier.loadSignature(root.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature').item(0))
    try {
      return verifier.checkSignature(xml)
    } catch {
      return false
    }
  }
})
