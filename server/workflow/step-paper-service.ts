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
import { isPersons, STATEMENT_TYPE, statementDocument, type PersonsStep } from './statement.ts'
import type { Step } from './step.ts'

type Deps = { documents: Documents; sealed: Sealed; now: () => Date }

export type StepPaperService = ReturnType<typeof createStepPaperService>

/** What a step puts on paper, made before anything is written: the letter that it sends, or what a person declares with it. */
export function createStepPaperService({ documents, sealed, now }: Deps) {
  /** Ready to be kept; null for the step of an office that sends no letter. */
  async function preparePaper(step: Step, sign?: PersonSigner): Promise<Prepared | null> {
    return isPersons(step) ? prepareStatement(step) : prepareLetter(step, sign)
  }

  async function prepareStatement(step: PersonsStep): Promise<Prepared> {
    const at = now()
    return documents.prepare(statementDocument(step, at), {
      municipality: step.municipality.id,
      filing: step.open.filing.id,
      kind: 'statement',
      name: `${step.transition.id}.json`,
      mediaType: STATEMENT_TYPE,
      at,
    })
  }

  /** Composed, signed where it must be, and sealed. Its signer, if it has one, signs it beside the seal. */
  async function prepareLetter(step: Step, sign?: PersonSigner): Promise<Prepared | null> {
    const { municipality, open, transition } = step
    const at = now()
    const model = modelOf(step, at)
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
    const model = modelOf(step, now())
    if (!model) throw new AppError('NOT_FOUND', 'The step sends no letter')
    return buildLetter({ ...model, draft: true })
  }

  return { preparePaper, composeLetter }
}

function modelOf({ municipality, open, transition, content, actor }: Step, at: Date): LetterModel | null {
  const { letter, signedBy } = transition
  return letter === undefined ? null : letterOf({ municipality, open, letter, content, actor, at, signedBy })
}

/** How the signature is shown in the letter. */
async function shownAs({ municipality, signatory, subject, at }: LetterModel) {
  const lines = [`Firmato digitalmente da ${signatory.name}`, signatory.role, formatDateTime(at)]
  return {
    name: signatory.name,
    reason: subject,
    location: municipality.address.city,
    appearance: {
      page: 0,
      rect: { place: SIGNATURE_PLACE, width: 222, height: 50 },
      ...(await inFaces(lines)),
    },
  }
}
