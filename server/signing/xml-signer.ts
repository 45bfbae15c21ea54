import { keyFacts } from '../certificates/index.ts'
import type { SealKey } from '../keys/index.ts'
import { DerError, integerHex, readWhole, sequence } from '../shared/asn1/der.ts'

/** A seal key as XML-DSig wants it. */
export type XmlSigner = Readonly<{
  /** DER, the sealing certificate first, then its issuers. */
  certificateChain: readonly Uint8Array[]
  /** RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA with SHA-256 as r‖s (XML-DSig 1.1 §6.4.3), over the given bytes. */
  sign: (data: Uint8Array) => Promise<Uint8Array>
}>

export function xmlSealSigner(key: SealKey): XmlSigner {
  const [certificate] = key.certificateChain
  if (!certificate) throw new Error('The seal has no certificate')
  const size = Math.ceil(keyFacts(certificate).bits / 8)
  return {
    certificateChain: key.certificateChain.map(({ der }) => der),
    async sign(data) {
      const signature = await key.sign(Buffer.from(data))
      return key.scheme === 'ecdsa' ? concatenated(signature, size) : signature
    },
  }
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) as the two numbers side by side, each as long as the curve's order. */
function concatenated(der: Buffer, size: number): Buffer {
  const numbers = sequence(readWhole(der)).map(integerHex)
  if (numbers.length !== 2) throw new DerError('Not an ECDSA signature')
  return Buffer.concat(numbers.map((hex) => Buffer.from(hex.padStart(size * 2, '0'), 'hex')))
}
