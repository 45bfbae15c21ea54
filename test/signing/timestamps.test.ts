import { expect } from 'chai'
import { detachedSignature } from '../../server/signing/cms-builder.ts'
import { createHash } from 'node:crypto'
import { children, context, readDer, sequence, TAG, type Der } from '../../server/shared/asn1/der.ts'
import { encode, objectIdentifier, sequenceOf, setOf } from '../../server/shared/asn1/der-writer.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { memorySource } from '../../server/shared/source.ts'
import { verify } from '../../server/signing/verify.ts'
import {
  curve,
  crlOf,
  authority,
  later,
  otherAuthority,
  result,
  sealKeyOf,
  signer,
  stamper,
  trust,
  type Signer,
} from './pki.ts'
import { stamp } from './stamps.ts'

const data = Buffer.from('il documento')
const tsa = stamper()

/** A signature with a time stamp of now. The signer's certificate may be over, revoked or to come. */
async function stamped(who: Signer, by: Signer = tsa, over = (signature: Buffer) => signature) {
  return detachedSignature(
    { digest: createHash('sha256').update(data).digest(), timestamp: async (signature) => stamp(over(signature), by) },
    sealKeyOf(who),
  )
}

/** The same with a time stamp of now over the content among what is signed. */
async function stampedBefore(who: Signer) {
  const extra = sequenceOf(objectIdentifier(OID.contentTimestamp), encode(TAG.set, stamp(data, tsa)))
  const withExtra = (attributes: Der, tag: number) => setOf([...children(attributes).map(({ raw }) => raw), extra], tag)
  const key = sealKeyOf(who)
  const message = await detachedSignature(
    { digest: createHash('sha256').update(data).digest() },
    { ...key, sign: async (attributes) => key.sign(withExtra(readDer(Buffer.from(attributes)), TAG.set)) },
  )
  const [type, wrapper] = sequence(readDer(message))
  const parts = sequence(children(wrapper!)[0])
  const signerInfo = sequence(children(parts.at(-1)!)[0]).map((field) =>
    field.tag === context(0) ? withExtra(field, context(0)) : field.raw,
  )
  const signedData = [...parts.slice(0, -1).map(({ raw }) => raw), setOf([sequenceOf(...signerInfo)])]
  return sequenceOf(type!.raw, encode(context(0), sequenceOf(...signedData)))
}

const judge = (message: Buffer, given: Partial<Parameters<typeof trust>[0]> = {}) =>
  verify({ source: memorySource(message), name: 'a.p7s', detached: memorySource(data) }, trust(given))
const days = (count: number) => new Date(Date.now() + count * 86_400_000)
const mario = signer({ key: curve('prime256v1'), notAfter: later(2) })

describe('signature time stamps', () => {
  it('prove the time', async () => {
    const [report] = judge(await stamped(mario)).signatures
    expect(report?.timestamps).to.have.length(1)
    expect(report?.timestamps[0]).to.include({
      kind: 'signature',
      indication: 'TOTAL-PASSED',
      imprintIntact: true,
      signedBy: 'Marca temporale di prova',
    })
    expect(Date.parse(report?.provedTime ?? '')).to.be.closeTo(Date.now(), 60_000)
  })

  it('let a signature outlive its certificate', async () => {
    const message = await stamped(mario)
    expect(result(judge(message, { at: days(10) }))).to.equal('TOTAL-PASSED')
    const plain = await detachedSignature({ digest: createHash('sha256').update(data).digest() }, sealKeyOf(mario))
    expect(result(judge(plain, { at: days(10) }))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NO_POE')
  })

  it('decide whether a revocation came before or after', async () => {
    const [message, signedLater] = [await stamped(mario), await stampedBefore(mario)]
    const revokedAt = (at: Date) => ({
      evidence: {
        ocsps: [],
        crls: [
          crlOf(authority, {
            thisUpdate: days(2),
            nextUpdate: days(40),
            revoked: [{ certificate: mario.certificate, at }],
          }),
        ],
      },
      at: days(3),
    })
    expect(result(judge(message, revokedAt(days(1))))).to.equal('TOTAL-PASSED')
    expect(result(judge(message, revokedAt(days(-1))))).to.equal('INDETERMINATE/REVOKED_NO_POE')
    expect(result(judge(signedLater, revokedAt(days(1))))).to.equal('INDETERMINATE/REVOKED_NO_POE')
    expect(result(judge(signedLater, revokedAt(days(-1))))).to.equal('TOTAL-FAILED/REVOKED')
  })

  it('leave open whether a signature is as late as they are (EN 319 102-1 §5.5.4), unless they are signed with it', async () => {
    const over = signer({ notAfter: later(-5) })
    expect(result(judge(await stamped(over)))).to.equal('INDETERMINATE/OUT_OF_BOUNDS_NO_POE')
    expect(result(judge(await stampedBefore(over)))).to.equal('TOTAL-FAILED/EXPIRED')
  })

  it('tell a signature made with a certificate that was not yet there', async () => {
    expect(result(judge(await stamped(signer({ notBefore: later(5) }))))).to.equal('TOTAL-FAILED/NOT_YET_VALID')
  })

  it('prove nothing when they are about other data', async () => {
    const [report] = judge(await stamped(mario, tsa, () => Buffer.from('altro'))).signatures
    expect(report?.timestamps[0]).to.include({
      indication: 'TOTAL-FAILED',
      subIndication: 'HASH_FAILURE',
      imprintIntact: false,
    })
    expect(report?.provedTime).to.equal(null)
  })

  it('prove nothing when their authority is unknown', async () => {
    const [report] = judge(await stamped(mario, stamper({ issuer: otherAuthority }))).signatures
    expect(report?.timestamps[0]).to.include({
      indication: 'INDETERMINATE',
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    })
    expect(report?.provedTime).to.equal(null)
  })
})
