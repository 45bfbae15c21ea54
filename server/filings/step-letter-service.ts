import { buildLetter, type Documents, type Prepared } from '../documents/index.ts'
import { letterOf } from './letter.ts'
import type { Sealed } from './seal.ts'
import type { Step } from './step.ts'

type Deps = { documents: Documents; sealed: Sealed; now: () => Date }

/** The letter that a step sends, composed and sealed before anything is written. */
export function createStepLetterService({ documents, sealed, now }: Deps) {
  async function prepareLetter(step: Step, letter: string): Promise<Prepared> {
    const { municipality, open, transition, content, actor } = step
    const at = now()
    const model = letterOf({ municipality, open, letter, content, actor, at })
    const bytes = await sealed(await buildLetter(model), municipality.id, model.subject)
    return documents.prepare(bytes, {
      municipality: municipality.id,
      filing: open.filing.id,
      kind: transition.to === 'accepted' || transition.to === 'refused' ? 'outcome' : 'letter',
      name: `${transition.id}.pdf`,
      mediaType: 'application/pdf',
      at,
    })
  }

  return { prepareLetter }
}
