import { namedFiles, type CitizenActor } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { actedBy, senderOf, type Step } from './step.ts'

/** A step that a person takes, not an office. */
export type PersonsStep = Step & Readonly<{ actor: CitizenActor }>

export const isPersons = (step: Step): step is PersonsStep => step.actor.kind === 'citizen'

export const STATEMENT_TYPE = 'application/json'

/**
 * What a person declares with a step: their answer, observations (L. 241/1990 art. 10-bis), a withdrawal. It has effects, also when no
 * file comes with it, so it is a document of its own, which the register takes as the primary one. Formed like the application, by
 * storage of data from online forms (AgID guidelines on electronic documents §2.1.1 c).
 */
export function statementDocument({ open, transition, actor, content }: PersonsStep, at: Date): Buffer {
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
