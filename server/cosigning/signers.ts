import { valuesAt, type Answers } from '../forms/index.ts'
import type { DocumentSignature, SignerRule } from '../procedures/index.ts'
import { isCodiceFiscale, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import { partyName, type Party } from '../shared/party.ts'
import type { SignatureReport, Verification } from '../signing/index.ts'

/** A person whose signature a document waits for. */
export type Signer = Readonly<{
  name: string
  /** What they are, in Italian: `tecnico`. */
  role: string
  /** Null for a foreigner without one and for companies: then no certificate tells that it is theirs. */
  cf: string | null
}>

/** `unrecognised`: they may have signed, but no tax code says so. It stops nobody; the office is told. */
export type SignerState = 'signed' | 'unrecognised' | 'missing'

type Named = Readonly<{ answers: Answers; filer: Party; principal: Party | null }>

/** Who is expected to sign, each once, as far as the answers name them. Nobody where the policy does not look at who signed. */
export function signersOf({ signers, quorum }: DocumentSignature, named: Named): Signer[] {
  if (quorum === undefined) return []
  const all = signers.flatMap((rule) => signersBy(rule, named))
  return all.filter(({ cf }, index) => cf === null || all.findIndex((other) => other.cf === cf) === index)
}

function signersBy(rule: SignerRule, { answers, filer, principal }: Named): Signer[] {
  if (rule === 'filer') return [signerFrom(filer, 'presenta la richiesta')]
  if (rule === 'principal') return [signerFrom(principal ?? filer, 'interessato')]
  return valuesAt(answers, rule.person).flatMap((person) => signerNamed(person, rule.role))
}

const signerFrom = (party: Party, role: string): Signer => ({
  name: partyName(party),
  role,
  cf: party.kind === 'person' ? party.cf : null,
})

/** Undefined parts are those of a person who is not named yet: the form itself asks for them. */
function signerNamed(person: unknown, role: string): Signer[] {
  const text = (key: string): string => {
    const [value] = valuesAt(person, `/${key}`)
    return typeof value === 'string' ? value : ''
  }
  const name = `${text('nome')} ${text('cognome')}`.trim()
  const cf = normaliseCodiceFiscale(text('codiceFiscale'))
  return name === '' ? [] : [{ name, role, cf: isCodiceFiscale(cf) ? cf : null }]
}

/**
 * Whether each has signed, matched by the tax code in the certificates of all layers, in any order. A signature that is whole
 * counts also when we could not conclude on it (INDETERMINATE): what we lack is not the signer's fault.
 */
export function signerStates(expected: readonly Signer[], verification: Verification | undefined): SignerState[] {
  const signatures = verification ? wholeSignatures(verification) : []
  const codes = new Set(signatures.map(({ signedBy }) => signedBy.taxCode))
  let nameless = signatures.filter(({ signedBy }) => signedBy.taxCode === null).length
  return expected.map(({ cf }) => {
    if (cf !== null && codes.has(cf)) return 'signed'
    if (cf === null) return 'unrecognised'
    nameless -= 1
    return nameless >= 0 ? 'unrecognised' : 'missing'
  })
}

/** Whose signatures the policy still wants. With `any`: nobody's, once one has signed or may have. */
export function missingSigners(
  expected: readonly Signer[],
  states: readonly SignerState[],
  quorum: DocumentSignature['quorum'],
): Signer[] {
  if (quorum === 'any' && states.some((state) => state !== 'missing')) return []
  return expected.filter((_signer, index) => states[index] === 'missing')
}

/**
 * The signatures of every layer that are whole. Counter-signatures are not among them: they approve a signature, not the
 * document. Nor is one whose document is not there: nobody can see what it signs.
 */
export function wholeSignatures({ signatures, content }: Verification): SignatureReport[] {
  const inner = content?.nested ? wholeSignatures(content.nested) : []
  const whole = signatures.filter((signature) => signature.indication !== 'TOTAL-FAILED' && !isAlone(signature))
  return [...whole, ...inner]
}

const isAlone = ({ subIndication }: SignatureReport): boolean => subIndication === 'SIGNED_DATA_NOT_FOUND'

/** Whether some layer is a signature without the document that it is about. */
export const lacksDocument = ({ signatures, content }: Verification): boolean =>
  signatures.some(isAlone) || (content?.nested !== undefined && lacksDocument(content.nested))
