export { etsiReport } from './etsi-report.ts'
export { ensureDevelopmentSeal } from './development-pki.ts'
export type { SealAppearance } from './seal-appearance.ts'
export { fileSealKeys, localSealKey, type SealKey, type SealKeys } from './seal-key.ts'
export {
  createSigning,
  type SealOptions,
  type Signing,
  type SigningParts,
  type VerifyOptions,
} from './signing-service.ts'
export type { XmlSigner } from './xml-signer.ts'
export type { Format, Indication, SignatureReport, TimestampReport, Verdict, Verification } from './verification.ts'
export { signatureWords, verificationWords, warningWords, type Light, type Words } from './verification-words.ts'
export { refreshTrustedLists, type ListState, type RefreshParts } from './trusted-list-refresh.ts'
