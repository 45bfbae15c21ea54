import { expect } from 'chai'
import type { Attribute, SignerInfo } from '../../server/signing/cms.ts'
import { cadesLevel } from '../../server/signing/level.ts'
import { readDer } from '../../server/shared/asn1/der.ts'
import { objectIdentifier } from '../../server/shared/asn1/der-writer.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import type { SignerCheck } from '../../server/signing/signer-check.ts'

const data = readDer(objectIdentifier(OID.data))
const attributes = (...types: string[]) => types.map((type) => ({ type, values: [data] }) as unknown as Attribute)

describe('the level of a CAdES signature', () => {
  const ARCHIVE_V2 = '1.2.840.113549.1.9.16.2.48'

  it('is LTA by an archive time stamp that holds, not by one of version 2 that is merely there', () => {
    const signer = {
      signedAttributes: attributes(OID.contentType, OID.messageDigest, OID.signingTime),
      unsignedAttributes: attributes(OID.signatureTimestamp, OID.revocationValues, ARCHIVE_V2),
    } as unknown as SignerInfo
    const check = { references: [{ version: 2 }], certificate: {} } as unknown as SignerCheck
    const level = (isArchived: boolean) => cadesLevel(signer, { check, hasStatus: false, isArchived })
    expect(level(true)).to.equal('LTA')
    expect(level(false)).to.equal('LT')
  })
})
