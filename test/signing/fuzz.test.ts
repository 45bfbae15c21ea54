import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealXml } from '../../server/protocol/segnatura-seal.ts'
import { issueCrl, purposes, usage } from '../../server/certificates/certificate-builder.ts'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import type { Certificate } from '../../server/certificates/certificate.ts'
import { DerError } from '../../server/shared/asn1/der.ts'
import { decodeCrls, decodeOcsps } from '../../server/certificates/evidence.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { memorySource } from '../../server/shared/source.ts'
import { isListSignedBy, parseTrustedList } from '../../server/signing/trusted-list.ts'
import { xmlSealSigner } from '../../server/signing/xml-signer.ts'
import { readZip } from '../../server/signing/zip.ts'
import { trustedList } from '../support/trust-services/trusted-list.ts'
import { createRandom, mutate } from './fuzz.ts'
import { p7m } from './openssl.ts'
import { pdf, showing, signed } from './pdf-maker.ts'
import { authority, check, crlOf, later, rsa, sealKeyOf, signer } from './pki.ts'
import { ocspResponse } from './stamps.ts'
import { zip } from './zip-maker.ts'

/**
 * Damaged files: no crash, no hang, and never a valid signature over bytes that were not signed. The suite runs a part of it;
 * `npm run fuzz` runs a hundred thousand.
 */
const content = Buffer.from('contenuto firmato')
const fixture = (name: string): Buffer => readFileSync(join('test', 'signing', 'fixtures', name))
/** With revocation data and archive time stamps inside: what they hold is read too. */
const ARCHIVED = ['dss-lta.p7m', 'dss-lta.xml', 'endesive-t.xml'].map(fixture)
const anchors = [
  authority.certificate,
  ...['dss-ca.pem', 'python-ca.pem'].flatMap((name) => readCertificateFile(fixture(name))),
]
const evidence = { crls: [crlOf(authority)], ocsps: [] }
const ROUNDS = Number(process.env['FUZZ'] ?? 2_000)

describe(`${ROUNDS} damaged files`, () => {
  it('are reported, and none as valid', async function () {
    this.timeout(Math.max(60_000, ROUNDS * 60))
    const mario = signer()
    const key = sealKeyOf(mario)
    const once = await signed(pdf(), { key, also: showing(20), docMdp: 2 })
    const originals = [
      p7m({ signers: [mario] }),
      p7m({ signers: [mario, signer()], options: ['-md', 'sha256', '-cades', '-stream'] }),
      p7m({ signers: [mario], content: p7m({ signers: [mario] }) }),
      once,
      await signed(once, { key, field: 'Firma2', at: 30, also: showing(20, 30) }),
      pdf(),
      Buffer.from(await sealXml('<atto>contenuto firmato</atto>', { signer: xmlSealSigner(key), at: later(-1) })),
      zip({
        mimetype: Buffer.from('application/vnd.etsi.asic-s+zip'),
        'atto.txt': content,
        'META-INF/signature.p7s': p7m({ signers: [mario], content, detached: true }),
      }),
      ...ARCHIVED,
      unpacked(fixture('dss-lta.asice')),
    ]
    const random = createRandom(20_261_125)
    for (let round = 0; round < ROUNDS; round++) {
      const original = originals[random(originals.length)]!
      const damaged = mutate(original, random)
      const started = performance.now()
      const report = check(damaged, 'a.bin', { anchors, evidence })
      expect(performance.now() - started, `round ${round}`).to.be.below(5_000)
      if (report.verdict === 'TOTAL-PASSED') expect(signedBytesOf(damaged, originals), `round ${round}`).to.equal(true)
    }
  })

  it('make no evidence and no list out of what was not signed', async function () {
    this.timeout(Math.max(60_000, ROUNDS * 60))
    const responder = signer({ extensions: [usage('digitalSignature'), purposes(OID.ocspSigning)] })
    const operator = signer({ key: rsa })
    const issued = { issued: later(-1), nextUpdate: later(30), operator }
    const list = await trustedList({ territory: 'IT', sequence: 1, ...issued })
    const crl = issueCrl(authority, { thisUpdate: later(-1), nextUpdate: later(30) })
    const ocsp = ocspResponse({ of: signer(), responder })
    const random = createRandom(20_261_126)
    for (let round = 0; round < ROUNDS / 4; round++) {
      decodeCrls([mutate(crl, random)])
      decodeOcsps([mutate(ocsp, random)])
      const damaged = mutate(list, random)
      if (isSigned(damaged, [operator.certificate]))
        expect(parseTrustedList(damaged).sequence, `round ${round}`).to.equal(1)
    }
  })
})

/** The same container with its files as they are, where what is signed can be looked for. */
const unpacked = (container: Buffer): Buffer =>
  zip(
    Object.fromEntries(
      readZip(memorySource(container)).map(({ name, size, source }) => [name, source().read(0, size)]),
    ),
  )

function isSigned(list: Buffer, signers: readonly Certificate[]): boolean {
  try {
    return isListSignedBy(list, signers)
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

/** A mutation may spare what is signed: white space after the end, a later revision cut off whole, the unsigned part of a message. */
function signedBytesOf(damaged: Buffer, originals: readonly Buffer[]): boolean {
  if (damaged[0] === 0x30 || damaged[0] === 0x3c || damaged[0] === 0x50)
    return damaged.includes(content) || damaged.includes('CONTENUTO')
  const masked = mask(damaged)
  // An update after an intact signed revision is judged by its changes; that a damaged one shows nothing new is allowed.
  return originals.some(
    (original) =>
      mask(original).startsWith(masked) || (original.includes('/ByteRange') && masked.startsWith(mask(original))),
  )
}

/** A PDF without the values of its signatures, which are not signed themselves. */
const mask = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/\/Contents <[^>]*>/g, '/Contents <>')
    .replace(/[\s\0]+$/, '')
