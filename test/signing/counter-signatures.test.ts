import { expect } from 'chai'
import { createHash, sign } from 'node:crypto'
import { detachedSignature } from '../../server/signing/cms-builder.ts'
import { context, octets, oid, readDer, sequence, TAG, type Der } from '../../server/shared/asn1/der.ts'
import { encode, objectIdentifier, octetString, sequenceOf, setOf } from '../../server/shared/asn1/der-writer.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { localSealKey } from '../../server/keys/seal-key.ts'
import { memorySource } from '../../server/shared/source.ts'
import { verify } from '../../server/signing/verify.ts'
import { authority, signer, stamper, trust, type Signer } from './pki.ts'
import { stamp } from './stamps.ts'

const data = Buffer.from('il documento')
const [mario, anna] = [signer(), signer({ subject: { country: 'IT', commonName: 'Anna Bianchi' } })]
const tsa = stamper()
const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

/** A message whose certificates are those of both signers. */
const message = (of: Buffer, { key, certificate }: Signer): Promise<Buffer> =>
  detachedSignature(
    { digest: digest(of), signingTime: new Date() },
    localSealKey(key, [certificate, anna.certificate, mario.certificate, authority.certificate]),
  )

const attribute = (type: string, value: Buffer): Buffer => sequenceOf(objectIdentifier(type), encode(TAG.set, value))
const parts = (der: Der | undefined): readonly Der[] => (der ? sequence(der, der.tag) : [])
const raws = (ders: readonly Der[]): Buffer[] => ders.map(({ raw }) => raw)

/** The fields of a message and those of its only signer. */
function fieldsOf(bytes: Buffer): { fields: readonly Der[]; own: readonly Der[] } {
  const fields = parts(parts(parts(readDer(bytes))[1])[0])
  return { fields, own: parts(parts(fields.at(-1))[0]) }
}

type Wishes = Readonly<{ isStamped?: boolean; withContentType?: boolean; over?: Buffer }>

/** The message of Mario with Anna's signature on his (RFC 5652 §11.4). */
async function countersigned({ isStamped = false, withContentType = false, over }: Wishes = {}): Promise<Buffer> {
  const { fields, own } = fieldsOf(await message(data, mario))
  const value = octets(own[5])
  const counter = fieldsOf(await message(over ?? value, anna)).own
  const attributes = raws(parts(counter[3]).filter((one) => withContentType || oid(parts(one)[0]) !== OID.contentType))
  const signature = sign('sha256', setOf(attributes), anna.key)
  const stamped = isStamped ? [encode(context(1), attribute(OID.signatureTimestamp, stamp(signature, tsa)))] : []
  const info = sequenceOf(
    ...raws(counter.slice(0, 3)),
    setOf(attributes, context(0)),
    ...raws(counter.slice(4, 5)),
    octetString(signature),
    ...stamped,
  )
  const signerInfo = sequenceOf(...raws(own), encode(context(1), attribute(OID.counterSignature, info)))
  const signedData = sequenceOf(...raws(fields.slice(0, -1)), encode(TAG.set, signerInfo))
  return sequenceOf(objectIdentifier(OID.signedData), encode(context(0), signedData))
}

function judged(bytes: Buffer): string[] {
  const given = { source: memorySource(bytes), name: 'a.p7s', detached: memorySource(data) }
  const [report] = verify(given, trust()).signatures
  expect(report).to.include({ indication: 'TOTAL-PASSED', level: 'B' })
  return (report?.counterSignatures ?? []).map(
    ({ signedBy, level, indication, subIndication }) =>
      `${signedBy.name} ${level} ${[indication, subIndication].filter(Boolean).join('/')}`,
  )
}

describe('counter-signatures of CAdES', () => {
  it('have a level of their own', async () => {
    expect(judged(await countersigned())).to.deep.equal(['Anna Bianchi B TOTAL-PASSED'])
    expect(judged(await countersigned({ isStamped: true }))).to.deep.equal(['Anna Bianchi T TOTAL-PASSED'])
  })

  it('none when they name a type of content, which RFC 5652 §11.4 forbids', async () =>
    expect(judged(await countersigned({ withContentType: true }))).to.deep.equal([
      'Anna Bianchi none INDETERMINATE/SIG_CONSTRAINTS_FAILURE',
    ]))

  it('are about the signature that they lie in', async () =>
    expect(judged(await countersigned({ over: Buffer.from('altro') }))).to.deep.equal([
      'Anna Bianchi B TOTAL-FAILED/HASH_FAILURE',
    ]))
})
