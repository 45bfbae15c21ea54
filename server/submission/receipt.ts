import type { ReceiptModel, StoredDocument } from '../documents/index.ts'
import { capacityOf, groundText, signatureViews, type Submitted } from '../filings/index.ts'
import { officeOf, type Municipality } from '../municipalities/index.ts'
import type { ProcedureVersion, StampDuty } from '../procedures/index.ts'
import type { RegisterEntry } from '../protocol/index.ts'
import { valueAt, type Answers } from '../forms/index.ts'

type Facts = {
  filing: Submitted
  procedure: ProcedureVersion
  municipality: Municipality
  entry: RegisterEntry
  files: readonly StoredDocument[]
  publicAddress: string
}

/** What the receipt of a filing says (L. 241/1990 art. 18-bis; protocol-and-procedure.md §1.7). */
export function receiptOf({ filing, procedure, municipality, entry, files, publicAddress }: Facts): ReceiptModel {
  const { evidence } = filing
  return {
    municipality,
    office: officeOf(municipality, filing.office),
    protocol: filing.protocol,
    filing: filing.id,
    subject: entry.subject,
    procedure: { title: procedure.title, version: procedure.version },
    filer: filing.filer,
    identification: {
      scheme: evidence.scheme.toUpperCase(),
      level: evidence.level,
      identityProvider: evidence.identityProvider,
      at: evidence.loginAt,
    },
    principal: filing.principal,
    capacity: filing.principal ? [capacityOf(filing), groundText(filing.ground)].filter(Boolean).join(', ') : null,
    term: { due: filing.due, computation: computation(procedure), silence: procedure.term.silence },
    documents: files.map((file) => ({ name: file.name, size: file.size, sha256: file.sha256, ...signatureOf(file) })),
    stampDuty: stampsOf(procedure.stampDuty, filing.answers),
    remedies: [
      'Contro il provvedimento finale puoi ricorrere al Tribunale amministrativo regionale entro 60 giorni, oppure con ricorso straordinario al Presidente della Repubblica entro 120 giorni.',
    ],
    privacyUrl: `${publicAddress}/privacy`,
    followUrl: `${publicAddress}/pratiche/${filing.id}`,
    ...(filing.secondCode === undefined ? {} : { secondCode: filing.secondCode }),
    verificationUrl: `${publicAddress}/verifica/${filing.verificationCode}`,
  }
}

function computation({ term: { days, law } }: ProcedureVersion): string {
  return `${days} giorni di calendario dal giorno successivo alla presentazione (${law}); se l’ultimo giorno è festivo, il primo non festivo dopo (art. 2963 c.c.). Una richiesta di integrazione sospende il termine.`
}

function signatureOf({ verification }: StoredDocument): { signature?: string } {
  if (!verification || verification.verdict === 'not-signed') return {}
  return {
    signature: signatureViews(verification)
      .map(({ text }) => text)
      .join(' '),
  }
}

/** The stamp that the person declared to have annulled for this filing, if the procedure asks for one (DPR 642/1972). */
function stampsOf({ due, fields }: StampDuty, answers: Answers): NonNullable<ReceiptModel['stampDuty']> {
  if (!due || !fields) return []
  const [identifier, date] = [textAt(answers, fields.identifier), textAt(answers, fields.date)]
  return identifier ? [{ identifier, ...(date ? { date } : {}) }] : []
}

function textAt(answers: Answers, pointer: string): string | null {
  const value = valueAt(answers, pointer)
  return typeof value === 'string' && value !== '' ? value : null
}
