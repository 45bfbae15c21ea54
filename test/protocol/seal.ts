import { createSign, generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto'
import { Integer, Utf8String } from 'asn1js'
import { AttributeTypeAndValue, Certificate, CryptoEngine } from 'pkijs'
import type { SealSigner } from '../../server/protocol/index.ts'

/** A throw-away seal with a certificate that it signed itself. */
export async function throwAwaySeal(kind: 'rsa' | 'ec'): Promise<SealSigner> {
  const { privateKey, publicKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = new Certificate({ version: 2, serialNumber: new Integer({ value: 7 }) })
  const name = new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: 'Comune di Vallechiara' }) })
  certificate.subject.typesAndValues.push(name)
  certificate.issuer.typesAndValues.push(name)
  certificate.notBefore.value = new Date('2026-01-01T00:00:00Z')
  certificate.notAfter.value = new Date('2036-01-01T00:00:00Z')
  const engine = new CryptoEngine({ crypto: webcrypto as never, name: 'node' })
  const algorithm =
    kind === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', namedCurve: 'P-256' }
  const import_ = (key: KeyObject, format: 'pkcs8' | 'spki', usage: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(
      format,
      key.export({ type: format, format: 'der' } as never) as Buffer,
      algorithm,
      true,
      [usage],
    )
  await certificate.subjectPublicKeyInfo.importKey(await import_(publicKey, 'spki', 'verify'), engine)
  await certificate.sign(await import_(privateKey, 'pkcs8', 'sign'), 'SHA-256', engine)
  return {
    certificateChain: [new Uint8Array(certificate.toSchema(true).toBER())],
    sign: (data) => createSign('SHA256').update(data).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}
