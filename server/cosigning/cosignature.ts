import type { StoredDocument } from '../documents/index.ts'
import type { DocumentSignature } from '../procedures/index.ts'
import type { SignatureReport, Verification } from '../signing/index.ts'
import { wholeSignatures } from './signers.ts'

type Files = Readonly<{
  /** The version that was to be signed. */
  asked: StoredDocument
  /** What the signer sent back. */
  came: StoredDocument
}>

type Facts = Files & Readonly<{ cf: string; formats: DocumentSignature['formats']; isSameContent: boolean }>

/** `overtaken`: signatures are gone that the asked version has, as when somebody else signed meanwhile. */
type CosignatureDefect = Readonly<{ kind: 'wrong' | 'overtaken'; text: string }>

/** Why a file is not the document that was asked for with the signer's own signature added, or null. */
export function cosignatureDefect({ asked, came, cf, formats, isSameContent }: Facts): CosignatureDefect | null {
  const report = came.verification
  const wrong = (text: string): CosignatureDefect => ({ kind: 'wrong', text })
  if (!report || signaturesIn(report).length === 0)
    return wrong(
      'Il file che hai caricato non è firmato. Firmalo con il tuo programma di firma e carica il file firmato.',
    )
  if (!(formats as readonly string[]).includes(report.format))
    return wrong(`Questo formato di firma non è ammesso: serve ${formats.map((each) => FORMATS[each]).join(' o ')}.`)
  const lost = lostSignatures({ asked, came })
  if (lost.length > 0)
    return {
      kind: 'overtaken',
      text: `Nel file che hai caricato manca la firma di ${listed(lost)}. Scarica il documento da questa pagina, firmalo e caricalo di nuovo.`,
    }
  if (!isSameContent)
    return wrong(
      'Il file che hai caricato non è questo documento con la tua firma: il contenuto è diverso. Scarica il documento da questa pagina e firmalo senza modificarlo, stamparlo o salvarlo di nuovo.',
    )
  return own(report, cf)
}

const FORMATS = { PAdES: 'un PDF firmato (PAdES)', CAdES: 'un file .p7m (CAdES)' } as const

function own(report: Verification, cf: string): CosignatureDefect | null {
  const whole = wholeSignatures(report)
  if (whole.some(({ signedBy }) => signedBy.taxCode === cf)) return null
  const isBroken = signaturesIn(report).some(({ signedBy }) => signedBy.taxCode === cf)
  const text = isBroken
    ? 'La tua firma in questo file è danneggiata. Firma di nuovo il documento e caricalo.'
    : `In questo file non c’è una firma con il tuo codice fiscale: c’è quella di ${listed(whole.map(nameOf))}. Se il tuo certificato non contiene il codice fiscale, manda il file firmato a chi ti ha invitato, che può caricarlo.`
  return { kind: 'wrong', text }
}

/**
 * Whose signatures the returned file lacks, by certificate. A broken signature counts as lacking, so nobody can push another
 * signer out.
 */
function lostSignatures({ asked, came }: Files): string[] {
  const still = came.verification ? wholeSignatures(came.verification).map(certificateOf) : []
  return (asked.verification ? wholeSignatures(asked.verification) : []).flatMap((signature) => {
    const at = still.indexOf(certificateOf(signature))
    if (at < 0) return [nameOf(signature)]
    still.splice(at, 1)
    return []
  })
}

const certificateOf = ({ signedBy }: SignatureReport): string => signedBy.sha256 ?? signedBy.name
const nameOf = ({ signedBy }: SignatureReport): string => signedBy.name

const listed = (names: readonly string[]): string =>
  new Intl.ListFormat('it', { type: 'conjunction' }).format([...new Set(names)])

function signaturesIn({ signatures, content }: Verification): SignatureReport[] {
  return [...signatures, ...(content?.nested ? signaturesIn(content.nested) : [])]
}

/** SHA-256 of what is inside all layers: the same for a document and for every p7m around it. */
export function innermostHash({ sha256, verification }: StoredDocument): string {
  return verification ? innermost(verification) : sha256
}

function innermost({ content }: Verification): string {
  if (!content) return ''
  return content.nested ? innermost(content.nested) : content.sha256
}
