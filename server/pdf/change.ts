import { isLocked, type FieldLock } from './signatures.ts'

/** How a later change stands to a signature (signatures-and-pdf.md §11.1). `unknown` is for a person to judge. */
export type ChangeVerdict = 'allowed' | 'flag' | 'unknown' | 'forbidden'
export type Change = Readonly<{ what: string; verdict: ChangeVerdict }>

/** What the signer allowed: the certification level in force and the fields that are locked. */
export type Permissions = Readonly<{ docMdp: 1 | 2 | 3 | null; locks: readonly FieldLock[] }>

/** Filling in fields: everywhere but under P=1 and in locked fields. */
export const fillVerdict = ({ docMdp, locks }: Permissions, field: string): ChangeVerdict =>
  docMdp === 1 || locks.some((lock) => isLocked(lock, field)) ? 'forbidden' : 'allowed'

/** Annotations: allowed under P=3, tolerated without certification; both can cover text, so a person is told ("evil annotation"). */
export const annotationVerdict = ({ docMdp }: Permissions): ChangeVerdict =>
  docMdp === 1 || docMdp === 2 ? 'forbidden' : 'flag'

/** Annotations that were signed: without certification nobody consented to a change of what the signer saw, so a person judges (shadow: hide). */
export const signedAnnotationVerdict = (permissions: Permissions): ChangeVerdict =>
  permissions.docMdp === null ? 'unknown' : annotationVerdict(permissions)
