import { AppError } from '../errors.ts'
import {
  buildLetter,
  inFaces,
  SIGNATURE_PLACE,
  type Documents,
  type LetterModel,
  type Prepared,
} from '../documents/index.ts'
import type { Sealed } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { letterOf } from './letter.ts'
import type { PersonSigner } from '../signing/index.ts'
import type { Step } from './step.ts'

type Deps = { documents: Documents; sealed: Sealed; now: () => Date }

export type StepLetterService = ReturnType<typeof createStepLetterService>

/** The letter that a step sends, composed, signed where it must be, and sealed before anything is written. */
export function createStepLetterService({ documents, sealed, now }: Deps) {
  /** Ready to be kept. Its signer, if it has one, signs it beside the seal. */
  async function prepareLetter(step: Step, sign?: PersonSigner): Promise<Prepared | null> {
    const { municipality, open, transition } = step
    const at = now()
    const model = modelOf(step, at, sign !== undefined)
    if (!model) return null
    const drawn = await buildLetter(model)
    // The person first: the municipality seals what they signed.
    const signed = sign ? await sign(drawn, await shownAs(model)) : drawn
    const { bytes, report } = await sealed(signed, municipality.id, model.subject)
    return documents.prepare(bytes, {
      municipality: municipality.id,
      filing: open.filing.id,
      kind: transition.to === 'accepted' || transition.to === 'refused' ? 'outcome' : 'letter',
      name: `${transition.letter}-${formatProtocol(open.filing.protocol).replace('/', '-')}.pdf`,
      mediaType: 'application/pdf',
      report,
      at,
    })
  }

  /** As it would go out now: to be read, not kept. */
  async function composeLetter(step: Step): Promise<Uint8Array> {
    const model = modelOf(step, now(), step.transition.signedBy !== undefined)
    if (!model) throw new AppError('NOT_FOUND', 'The step sends no letter')
    return buildLetter({ ...model, draft: true })
  }

  return { prepareLetter, composeLetter }
}

function modelOf(
  { municipality, open, transition, content, actor }: Step,
  at: Date,
  signs: boolean,
): LetterModel | null {
  const { letter } = transition
  return letter === undefined ? null : letterOf({ municipality, open, letter, content, actor, at, signs })
}

/** How the signature is shown in the letter. */
async function shownAs({ municipality, signatory, subject, at }: LetterModel) {
  const lines = [`Firmato digitalmente da ${signatory.name}`, signatory.role, formatDateTime(at)]
  return {
    ...{ name: signatory.name, reason: subject, location: municipality.address.city },
    appearance: {
      page: 0,
      rect: { place: SIGNATURE_PLACE, width: 222, height: 50 },
      ...(await inFaces(lines)),
    },
  }
}
