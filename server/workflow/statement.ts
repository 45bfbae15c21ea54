import type { Documents, Prepared } from '../documents/index.ts'
import { namedFiles, type CitizenActor } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { actedBy, senderOf, type Step } from './step.ts'

/** A step that a person takes, not an office. */
type PersonsStep = Step & Readonly<{ actor: CitizenActor }>

export type PrepareStatement = (step: PersonsStep) => Promise<Prepared>

/**
 * What a person declares with a step: their answer, observations (L. 241/1990 art. 10-bis), a withdrawal. It has effects, also when no
 * file comes with it, so it is a document of its own, which the register takes as the primary one.
 */
export const createStatements =
  ({ documents, now }: { documents: Documents; now: () => Date }): PrepareStatement =>
  (step) => {
    const at = now()
    return documents.prepare(statementDocument(step, at), {
      municipality: step.municipality.id,
      filing: step.open.filing.id,
      kind: 'statement',
      name: `${step.transition.id}.json`,
      mediaType: 'application/json',
      at,
    })
  }

/** Formed like the application, by storage of data from online forms (AgID guidelines on electronic documents §2.1.1 c). */
function statementDocument({ open, transition, actor, content }: PersonsStep, at: Date): Buffer {
  const { filing } = open
  const { actedAs } = actedBy(filing, actor)
  return Buffer.from(
    JSON.stringify(
      {
        documento: 'dichiarazione resa per via telematica (D.Lgs. 82/2005 art. 65 c. 1 lett. b)',
        pratica: filing.id,
        procedimento: filing.procedure,
        protocolloDellaPratica: formatProtocol(filing.protocol),
        passo: { id: transition.id, descrizione: transition.label },
        resaIl: at,
        resaDa: actor.party,
        perContoDi: actedAs ? senderOf(filing) : null,
        inQualitaDi: actedAs ?? null,
        identificazione: actor.evidence,
        testo: content.reasons,
        allegati: namedFiles(content.files),
      },
      null,
      2,
    ),
  )
}
