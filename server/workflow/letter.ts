import type { LetterModel } from '../documents/index.ts'
import type { Actor, OpenFiling } from '../filings/index.ts'
import { answerText } from '../forms/index.ts'
import { officeOf, ROLES, type Municipality, type Office } from '../municipalities/index.ts'
import { fillText, lastDayToAnswer, type LetterFact, type Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, romeDate } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import type { StepContent } from './step.ts'
import { authorOn, rolesOn } from './workflow.ts'

type Input = {
  municipality: Municipality
  open: OpenFiling
  letter: string
  content: StepContent
  actor: Actor
  at: Date
  /** The role that signs it with a digital signature of its holder's, where one must. */
  signedBy: Transition['signedBy']
}

/** The letter of a step as the procedure words it, with the facts of this filing. Plain text: the document escapes nothing and runs nothing. */
export function letterOf({ municipality, open, letter, content, actor, at, signedBy }: Input): LetterModel {
  const { filing, procedure } = open
  const source = procedure.letters[letter]
  if (!source) throw new Error(`Procedure ${procedure.id} has no letter ${letter}`)
  const office = officeOf(municipality, filing.office)
  const facts = factsOf({ municipality, office, open, content, at })
  const answer = (pointer: string) => answerText(procedure.form, filing.answers, pointer)
  return {
    municipality,
    office,
    at,
    reference: filing.protocol,
    filing: filing.id,
    addressee: filing.principal ?? filing.filer,
    subject: fillText(source.subject, facts, answer),
    paragraphs: source.paragraphs
      .flatMap((paragraph) => fillText(paragraph, facts, answer).split(/\n{2,}/))
      .filter((paragraph) => paragraph.trim() !== ''),
    signatory: { ...signatoryOf({ filing, office, actor, signedBy }), signs: signedBy !== undefined },
  }
}

/** In whose name it goes out. In the draft of whoever proposes it to a signer that is nobody yet: the signer's role stands there. */
function signatoryOf({ filing, office, actor, signedBy }: Pick<Input, 'actor' | 'signedBy'> & Addressed) {
  if (signedBy && !rolesOn(filing, actor).includes(signedBy)) return { name: ROLES[signedBy].name, role: office.name }
  const { name } = authorOn(filing, actor)
  return { name, role: office.responsible.name === name ? office.responsible.role : office.name }
}

type Addressed = Readonly<{ filing: OpenFiling['filing']; office: Office }>

function factsOf({
  municipality,
  office,
  open: { filing, procedure },
  content,
  at,
}: Omit<Input, 'letter' | 'actor' | 'signedBy'> & { office: Office }): Record<LetterFact, string> {
  const { address } = office
  return {
    title: procedure.title,
    filer: partyName(filing.filer),
    principal: partyName(filing.principal ?? filing.filer),
    municipality: municipality.name,
    office: office.name,
    officeAddress: `${address.street}, ${address.postalCode} ${address.city} (${address.province})`,
    officeHours: office.hours,
    officePhone: office.phone,
    officeEmail: office.email,
    officePec: office.pec,
    responsible: office.responsible.name,
    responsibleRole: office.responsible.role,
    protocol: formatProtocol(filing.protocol),
    protocolDate: formatDate(filing.protocol.at),
    reasons: content.reasons,
    answerBy: content.days === null ? '' : formatDate(lastDayToAnswer(romeDate(at), content.days)),
    due: formatDate(filing.due),
    substitute: `${municipality.substitute.name}, ${municipality.substitute.role}`,
    substitutePec: municipality.substitute.pec,
  }
}
