import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import {
  changeWords,
  coverageWords,
  levelWords,
  qualificationWords,
  signatureWords,
  timestampWords,
  type Light,
  type SignatureReport,
} from '../signing/index.ts'

export type Tone = 'success' | 'warning' | 'danger' | 'neutral'
type Fact = Readonly<{ label: string; value: string }>

/** One signature and those on it. */
export type SignatureNode = Readonly<{
  who: string
  tone: Tone
  title: string
  reason: string
  facts: readonly Fact[]
  /** What later revisions of a PDF changed. */
  changes: readonly Readonly<{ text: string; verdict: string }>[]
  stamps: readonly Readonly<{ what: string; time: string; signedBy: string; result: string }>[]
  certificate: readonly Fact[]
  /** Sentences of the verifier, in English, for who is asked for help. */
  notes: readonly string[]
  counterSignatures: readonly SignatureNode[]
}>

export const TONES: Readonly<Record<Light, Tone>> = {
  green: 'success',
  yellow: 'warning',
  red: 'danger',
  grey: 'neutral',
}

/** What a person reads of one signature; a clerk also how it was judged. */
export function signatureNode(signature: SignatureReport, options: { detailed: boolean }): SignatureNode {
  const { light, title, reason } = signatureWords(signature)
  const { detailed } = options
  return {
    who: signature.signedBy.name || 'Firmatario sconosciuto',
    tone: TONES[light],
    title,
    reason,
    facts: [...personFacts(signature), ...timeFacts(signature), ...(detailed ? judgementFacts(signature) : [])],
    changes: signature.modifications.map(changeWords),
    stamps: signature.timestamps.map((stamp) => ({
      ...timestampWords(stamp),
      time: stamp.time === '' ? 'data illeggibile' : instant(stamp.time),
      signedBy: stamp.signedBy,
    })),
    certificate: detailed ? certificateFacts(signature) : [],
    notes: detailed ? signature.errors : [],
    counterSignatures: (signature.counterSignatures ?? []).map((counter) => signatureNode(counter, options)),
  }
}

const instant = (iso: string): string => formatDateTime(new Date(iso))
const fact = (label: string, value: string | null | undefined): Fact[] => (value ? [{ label, value }] : [])

const personFacts = ({ signedBy }: SignatureReport): Fact[] => [
  ...fact('Codice fiscale', signedBy.taxCode),
  ...fact('Organizzazione', signedBy.organization),
  ...fact('Limiti d’uso del certificato', signedBy.limitsOfUse),
]

function timeFacts(signature: SignatureReport): Fact[] {
  const { signingTime, provedTime, timestamps } = signature
  const isStamped = timestamps.some(({ time, indication }) => time === provedTime && indication === 'TOTAL-PASSED')
  const source = isStamped ? 'da una marca temporale' : 'dalla registrazione di protocollo'
  return [
    { label: 'Data dichiarata da chi firma', value: signingTime === null ? 'nessuna' : instant(signingTime) },
    { label: 'Data provata', value: provedTime ? `${instant(provedTime)}, ${source}` : 'nessuna' },
  ]
}

function judgementFacts(signature: SignatureReport): Fact[] {
  const { trustedList, revocation, algorithms = [] } = signature
  return [
    { label: 'Che cosa copre', value: coverageWords(signature) },
    { label: 'Qualifica', value: qualificationWords(signature) },
    ...fact(
      'Lista di fiducia usata',
      trustedList &&
        `${trustedList.territory}, n. ${trustedList.sequence} ${withDay('del', formatDate(new Date(trustedList.issued)))}${trustedList.overdue && trustedList.nextUpdate ? `, scaduta ${withDay('il', formatDate(new Date(trustedList.nextUpdate)))}` : ''}`,
    ),
    {
      label: 'Revoca del certificato',
      value: revocation
        ? `${revocation.status === 'good' ? 'non revocato, secondo' : 'revocato, secondo'} ${revocation.source === 'CRL' ? 'la lista' : 'la risposta'} (${revocation.source}) ${revocation.status === 'good' ? 'del' : 'dal'} ${instant(revocation.at)}`
        : 'nessuna informazione',
    },
    { label: 'Livello', value: levelWords(signature) },
    ...fact('Algoritmi', algorithms.join(', ')),
  ]
}

function certificateFacts({ signedBy, chain = [] }: SignatureReport): Fact[] {
  const { issuer, serial, validFrom, validTo, sha256 } = signedBy
  return [
    ...fact('Rilasciato da', issuer),
    ...fact('Catena', chain.length > 1 ? chain.join(' ← ') : ''),
    ...fact('Numero di serie', serial),
    ...fact(
      'Valido',
      validFrom &&
        validTo &&
        `${withDay('dal', formatDate(new Date(validFrom)))} ${withDay('al', formatDate(new Date(validTo)))}`,
    ),
    ...fact('Impronta SHA-256', sha256),
  ]
}
