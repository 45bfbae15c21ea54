import { INDEX, SEAL } from '../server/bundles/bundle.ts'
import type { SignatureReport, Verification } from '../server/signing/verification.ts'
import { verify } from '../server/signing/verify.ts'
import { formatDateTime } from '../server/shared/dates.ts'
import type { Check, Opened } from './check.ts'

type SealReport = Readonly<{ check: Check; seal: SignatureReport | null }>

/**
 * The seal on the index. Who sealed is told in any case: anybody can make a seal with a certificate of their own that says
 * "Comune di …", so without a known authority it proves only that nothing changed since.
 */
export function checkSeal({ files, trust }: Pick<Opened, 'files' | 'trust'>): SealReport {
  const [index, message] = [files.get(INDEX), files.get(SEAL)]
  if (!index || !message) return report('failed', ['L’indice o il suo sigillo mancano.'])
  const verification = verify({ source: message(), name: SEAL, detached: index() }, trust)
  const [seal] = verification.signatures
  if (verification.format !== 'CAdES' || !seal) return report('failed', ['Il sigillo non si può leggere.'])
  // Of several signatures all must hold: an added one must not hide behind the first.
  const outcome = outcomeOf(verification)
  return { ...report(outcome, words(seal, outcome)), seal }
}

const TITLE = 'Sigillo dell’indice'

const report = (outcome: Check['outcome'], details: readonly string[]): SealReport => ({
  check: { id: 'seal', title: TITLE, outcome, details },
  seal: null,
})

function outcomeOf({ verdict, signatures }: Verification): Check['outcome'] {
  if (verdict === 'TOTAL-PASSED') return 'passed'
  const whole = signatures.every(({ digestIntact, signatureValid, coversWholeDocument }) => {
    return digestIntact && signatureValid && coversWholeDocument
  })
  return verdict === 'INDETERMINATE' && whole ? 'unknown' : 'failed'
}

function words(seal: SignatureReport, outcome: Check['outcome']): string[] {
  const { name, issuer, sha256 } = seal.signedBy
  const self = issuer === undefined || issuer === name
  const who = `Sigillato da «${name}», certificato ${self ? 'che si è fatto da sé' : `di «${issuer}»`}${seal.signingTime ? `, il ${formatDateTime(new Date(seal.signingTime))}` : ''}.`
  const print = `Impronta SHA-256 del certificato: ${sha256 ?? 'non leggibile'}.`
  if (outcome === 'passed') return [who, 'L’autorità che lo ha rilasciato è tra quelle indicate come fidate.', print]
  if (outcome === 'failed') {
    return [who, seal.digestIntact ? 'Il sigillo non è valido.' : 'L’indice è stato modificato dopo il sigillo.', print]
  }
  const unknown = seal.subIndication === 'NO_CERTIFICATE_CHAIN_FOUND'
  const why = unknown
    ? 'L’autorità che lo ha rilasciato non è tra quelle conosciute qui: il sigillo è integro, ma chiunque può farne uno con questo nome. Confronta l’impronta con quella che l’ente pubblica, oppure indica il certificato dell’autorità.'
    : `Il sigillo è integro, ma non si può confermare del tutto (${seal.subIndication ?? 'motivo non noto'}).`
  return [who, why, print]
}
