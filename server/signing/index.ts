export type { Format, Indication, SignatureReport, TimestampReport, Verdict, Verification } from './verification.ts'
