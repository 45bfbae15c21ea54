import { context, contextPrimitive, elements, fields, readWhole, sequence, type Der } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { parseName, type Certificate, type Name } from './certificate.ts'
import { undecided, type Finding } from './finding.ts'

/** RFC 5280 §4.2.1.10 for the forms that certificates of persons bear: directory names and e-mail addresses. */
type Forms = Readonly<{ directory: readonly string[][]; mail: readonly string[]; other: boolean }>

/** The first certificate below a constrained authority whose names fall outside, as a finding. */
export function nameConstraintsFinding(path: readonly Certificate[]): Finding | null {
  for (const [index, authority] of path.entries()) {
    const extension = authority.extensions.get(OID.nameConstraints)
    if (!extension) continue
    const field = fields(readWhole(extension.value))
    const permitted = readForms(field.optional(context(0)))
    const excluded = readForms(field.optional(context(1)))
    if ((permitted.other || excluded.other) && extension.critical)
      return undecided('CHAIN_CONSTRAINTS_FAILURE', 'A name constraint has a form that is not understood')
    for (const certificate of path.slice(0, index)) {
      if (!isInside(certificate, permitted) || isExcluded(certificate, excluded))
        return undecided('CHAIN_CONSTRAINTS_FAILURE', 'A name lies outside what its authority may certify')
    }
  }
  return null
}

function readForms(subtrees: Der | undefined): Forms {
  const bases = subtrees ? elements(subtrees.body).flatMap((subtree) => sequence(subtree).slice(0, 1)) : []
  const known = [context(4), contextPrimitive(1), contextPrimitive(2), contextPrimitive(6), contextPrimitive(7)]
  return {
    directory: bases
      .filter(({ tag }) => tag === context(4))
      .map(({ body }) => attributeKeys(parseName(readWhole(body)))),
    mail: bases
      .filter(({ tag }) => tag === contextPrimitive(1))
      .map(({ body }) => body.toString('latin1').toLowerCase()),
    // Hosts, addresses and URIs restrict names that a signer's certificate does not assert.
    other: bases.some(({ tag }) => !known.includes(tag)),
  }
}

const attributeKeys = ({ key }: Name): string[] => (key === '' ? [] : key.split('\n'))

function isInside(certificate: Certificate, { directory, mail }: Forms): boolean {
  const subject = attributeKeys(certificate.subject)
  const addresses = mailAddresses(certificate)
  if (directory.length > 0 && subject.length > 0 && !directory.some((base) => isWithin(subject, base))) return false
  return mail.length === 0 || addresses.every((address) => mail.some((base) => matchesMail(address, base)))
}

function isExcluded(certificate: Certificate, { directory, mail }: Forms): boolean {
  const subject = attributeKeys(certificate.subject)
  if (directory.some((base) => isWithin(subject, base))) return true
  return mailAddresses(certificate).some((address) => mail.some((base) => matchesMail(address, base)))
}

const isWithin = (subject: readonly string[], base: readonly string[]): boolean =>
  base.every((part, index) => subject[index] === part)

function mailAddresses(certificate: Certificate): string[] {
  const extension = certificate.extensions.get(OID.subjectAlternativeName)
  if (!extension) return []
  return sequence(readWhole(extension.value))
    .filter(({ tag }) => tag === contextPrimitive(1))
    .map(({ body }) => body.toString('latin1').toLowerCase())
}

function matchesMail(address: string, base: string): boolean {
  if (base.includes('@')) return address === base
  const host = address.slice(address.lastIndexOf('@') + 1)
  return base.startsWith('.') ? host.endsWith(base) : host === base
}
