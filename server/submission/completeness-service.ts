import { signatureDefects } from '../cosigning/index.ts'
import type { OpenDraft } from '../drafts/index.ts'
import { partyOf } from '../filings/index.ts'
import { applyLocked, validateForm, type FieldError } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import { infectedFiles, unfinished } from './completeness.ts'
import { stampDefect, stampOf, type StampStore } from './stamp.ts'

/** Whether a draft may be sent. */
export function createCompletenessService({ stamps }: { stamps: StampStore }) {
  /** What still keeps the draft from being sent, in the order of the form. Empty when it may go. */
  async function defects(
    { draft, procedure, facts, files }: Pick<OpenDraft, 'draft' | 'procedure' | 'facts' | 'files'>,
    login: Login,
  ): Promise<FieldError[]> {
    const answers = applyLocked(procedure.form, draft.answers, facts)
    const stamp = stampOf(procedure, answers)
    const used = stamp && (await stamps.usedBy(draft.municipality, stamp.identifier))
    return [
      ...validateForm(procedure.form, answers),
      ...signatureDefects({ answers, procedure, files, filer: partyOf(login.person), principal: draft.principal }),
      ...(stamp && used !== undefined && used !== draft.id ? [stampDefect(stamp)] : []),
      ...infectedFiles(answers, procedure.form, files),
      ...unfinished(draft, procedure),
    ]
  }

  return { defects }
}
