import type { StoredDocument } from '../documents/index.ts'
import { capacityOf, groundText, namedFiles, type Draft, type LoginEvidence } from '../filings/index.ts'
import { summaryView } from '../forms/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { Party } from '../shared/party.ts'

export type ApplicationFacts = {
  draft: Draft
  procedure: ProcedureVersion
  files: readonly StoredDocument[]
  filer: Party
  evidence: LoginEvidence
  at: Date
}

export const APPLICATION_NAME = 'istanza.json'
export const APPLICATION_TYPE = 'application/json'

/**
 * The application (istanza) as a document: what was declared, by whom, how they proved who they are, with which files.
 * Formed by "storage of data from online forms" (AgID guidelines on electronic documents §2.1.1 c): UTF-8 JSON, a format
 * of Allegato 2, whose fingerprint goes into the register as that of the primary document.
 */
export function applicationDocument({ draft, procedure, files, filer, evidence, at }: ApplicationFacts): Buffer {
  return Buffer.from(
    JSON.stringify(
      {
        documento: 'istanza presentata per via telematica (D.Lgs. 82/2005 art. 65 c. 1 lett. b)',
        pratica: draft.id,
        procedimento: draft.procedure,
        presentataIl: at.toISOString(),
        presentataDa: filer,
        perContoDi: draft.principal,
        inQualitaDi: draft.principal ? capacityOf(draft) : null,
        titolo: groundText(draft.ground),
        identificazione: { ...evidence, loginAt: evidence.loginAt.toISOString() },
        informativaPrivacyLettaIl: draft.privacyReadAt.toISOString(),
        dichiarazioni: procedure.declarations.map(({ law, text }) => ({ norma: law, testo: text })),
        dati: draft.answers,
        riepilogo: summaryOf(draft, procedure, files),
        allegati: namedFiles(files),
      },
      null,
      2,
    ),
  )
}

/** Questions and answers in words, as the person read them before sending. */
function summaryOf(draft: Draft, procedure: ProcedureVersion, files: readonly StoredDocument[]) {
  return summaryView(procedure.form, draft.answers, { files, changeLink: () => null }).map(({ title, rows }) => ({
    titolo: title,
    righe: rows.map(({ label, value }) => ({ voce: label, valore: value })),
  }))
}
