/** EN 319 102-1 §5.1: what validation says of one signature. */
export type Indication = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED'

/** Sub-indications of EN 319 102-1 §5.1.3 that this room can reach (signatures-and-pdf.md §7). */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'REVOKED'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'SIGNED_DATA_NOT_FOUND'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'CERTIFICATE_CHAIN_GENERAL_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'REVOKED_NO_POE'
  | 'REVOKED_CA_NO_POE'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'OUT_OF_BOUNDS_NOT_REVOKED'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'POLICY_PROCESSING_ERROR'
  | 'SIGNATURE_POLICY_NOT_AVAILABLE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'TRY_LATER'

/** One thing wrong with a signature. The message is for the operator's log, in English, without personal data. */
export type Finding = Readonly<{
  indication: Exclude<Indication, 'TOTAL-PASSED'>
  subIndication: SubIndication
  message: string
}>

export const failed = (subIndication: SubIndication, message: string): Finding => ({
  indication: 'TOTAL-FAILED',
  subIndication,
  message,
})
export const undecided = (subIndication: SubIndication, message: string): Finding => ({
  indication: 'INDETERMINATE',
  subIndication,
  message,
})

/**
 * Which finding names the result when there are several: the building blocks of EN 319 102-1 in their order, and within the
 * certificate checks the facts that more data would not change before those that it would.
 */
const ORDER: readonly SubIndication[] = [
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
  'SIGNED_DATA_NOT_FOUND',
  'NO_SIGNING_CERTIFICATE_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND',
  'CERTIFICATE_CHAIN_GENERAL_FAILURE',
  'CHAIN_CONSTRAINTS_FAILURE',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'SIG_CONSTRAINTS_FAILURE',
  'POLICY_PROCESSING_ERROR',
  'SIGNATURE_POLICY_NOT_AVAILABLE',
  'TIMESTAMP_ORDER_FAILURE',
  'TRY_LATER',
]

type Conclusion = Readonly<{ indication: Indication; subIndication?: SubIndication }>

/** The indication of a signature by all that was found: anything failed decides, then anything undecided, else it passes. */
export function conclude(findings: readonly Finding[]): Conclusion {
  const decisive = ['TOTAL-FAILED', 'INDETERMINATE']
    .map((indication) => findings.filter((finding) => finding.indication === indication))
    .find(({ length }) => length > 0)
  if (!decisive) return { indication: 'TOTAL-PASSED' }
  const [first] = [...decisive].sort(
    (left, right) => ORDER.indexOf(left.subIndication) - ORDER.indexOf(right.subIndication),
  )
  return first ? { indication: first.indication, subIndication: first.subIndication } : { indication: 'TOTAL-PASSED' }
}
