import type { Form } from '../forms/index.ts'
import { ownSchema } from '../shared/json-schema.ts'
import { isLetterFact, placeholders, SUBJECT_FACTS } from './letter.ts'
import type { DocumentSignature, ProcedureSource, Profile, Transition } from './procedure.ts'
import { PROFILE_WORDS } from './profile.ts'
import procedureSchema from './procedure.schema.json' with { type: 'json' }
import { MAX_SUSPENSION_DAYS } from './term.ts'

const validator = ownSchema<ProcedureSource>(procedureSchema, {
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
  // That it is a schema is held by a test: to ask again would compile the meta-schema in every start.
  validateSchema: false,
})

/** What is wrong with the shape of a `procedure.json`, each with the pointer of its place. */
export function shapeDefects(procedure: unknown): string[] {
  const validate = validator()
  if (validate(procedure)) return []
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath, message = '', params }) => `${instancePath || '/'}: ${message} ${JSON.stringify(params)}`)
}

/** What is wrong between the parts of a well-shaped procedure, or between it and its form. */
export function procedureDefects(procedure: ProcedureSource, form: Form): string[] {
  return [
    ...termDefects(procedure),
    ...workflowDefects(procedure),
    ...letterDefects(procedure, form),
    ...signatureDefects(procedure, form),
    ...pointerDefects(procedure, form),
    ...profileDefects(procedure, form),
  ]
}

function termDefects({ kind, outcome, term }: ProcedureSource): string[] {
  const scia = [kind === 'scia', outcome === 'scia', term.effect === 'scia']
  return scia.every(Boolean) || !scia.some(Boolean)
    ? []
    : ['/term/effect: kind, outcome and effect of silence are all «scia», or none is']
}

const NO_BEGINNING = '/workflow: no step leaves «submitted»'

function workflowDefects({ workflow, term, letters }: ProcedureSource): string[] {
  const reached = new Set(['submitted', ...workflow.map(({ to }) => to)])
  const events = new Set(workflow.map(({ event }) => event))
  return [
    ...say(!workflow.some(({ from, event }) => from.includes('submitted') && event !== 'withdrawn'), NO_BEGINNING),
    ...workflow.flatMap((step, index) =>
      transitionDefects(step, { term, reached, events }).map((defect) => `/workflow/${index}: ${defect}`),
    ),
    ...workflow.flatMap(({ letter, signedBy }, index) =>
      signedBy === undefined || letter !== undefined ? [] : [`/workflow/${index}/signedBy: there is no letter to sign`],
    ),
    ...workflow.flatMap(({ letter }, index) =>
      letter === undefined || Object.hasOwn(letters, letter)
        ? []
        : [`/workflow/${index}/letter: no letter «${letter}»`],
    ),
    ...Object.keys(letters)
      .filter((name) => !workflow.some(({ letter }) => letter === name))
      .map((name) => `/letters/${name}: no step sends it`),
    ...workflow.flatMap(({ to, by }, index) =>
      awaitsCitizen(workflow, to) || by.includes('citizen') || !to.startsWith('waiting')
        ? []
        : [`/workflow/${index}/to: no step of the citizen leaves «${to}»`],
    ),
  ]
}

const awaitsCitizen = (workflow: readonly Transition[], state: string): boolean =>
  workflow.some(
    ({ from, by, event }) =>
      by.includes('citizen') && event !== 'withdrawn' && (from as readonly string[]).includes(state),
  )

type Surroundings = Readonly<{
  term: ProcedureSource['term']
  reached: ReadonlySet<string>
  events: ReadonlySet<string>
}>

function transitionDefects(step: Transition, { term, reached, events }: Surroundings): string[] {
  const { min = 0, default: usual = 0, max = 0 } = step.answerDays ?? {}
  return [
    ...step.from.filter((state) => !reached.has(state)).map((state) => `nothing leads to «${state}»`),
    ...say(
      step.requires !== undefined && !events.has(step.requires),
      `no step makes the event «${step.requires ?? ''}» that it requires`,
    ),
    ...say(step.event === 'refused' && step.reasons !== 'required', 'a refusal needs reasons (L. 241/1990 art. 3)'),
    ...withdrawalDefects(step),
    ...attestationDefects(step, term),
    ...say(min > usual || usual > max, 'answerDays: min ≤ default ≤ max'),
    ...(step.event === 'integration-requested' ? integrationDefects(step, term.mode) : []),
  ]
}

function withdrawalDefects({ event, to, by }: Transition): string[] {
  return [
    ...say((event === 'withdrawn') !== (to === 'withdrawn'), 'the event and the state «withdrawn» go together'),
    ...say(event === 'withdrawn' && by.join() !== 'citizen', 'only who asked withdraws'),
  ]
}

function attestationDefects({ event, to, by, after }: Transition, { effect }: ProcedureSource['term']): string[] {
  const isRequest = event === 'attestation-requested'
  return [
    ...say(
      isRequest !== (to === 'attestation-asked'),
      'the event «attestation-requested» leads to «attestation-asked»',
    ),
    ...say(isRequest && by.join() !== 'citizen', 'only who asked wants an attestation'),
    ...say(isRequest && after !== 'term', 'an attestation is of a term that is over: «after» is missing'),
    ...say(
      isRequest && effect !== 'silenzio-assenso',
      'an attestation says that silence was consent (L. 241/1990 art. 20)',
    ),
  ]
}

function integrationDefects({ once, answerDays }: Transition, mode: ProcedureSource['term']['mode']): string[] {
  const suspends = mode === 'suspend'
  return [
    ...say(!answerDays, 'a request of integration needs the days for the answer'),
    ...say(suspends && once !== true, 'a suspension is possible once only (L. 241/1990 art. 2 c. 7)'),
    ...say(
      suspends && (answerDays?.max ?? 0) > MAX_SUSPENSION_DAYS,
      'a suspension lasts 30 days at most (L. 241/1990 art. 2 c. 7)',
    ),
  ]
}

const say = (bad: boolean, defect: string): string[] => (bad ? [defect] : [])

function letterDefects({ letters, subject, about = '' }: ProcedureSource, form: Form): string[] {
  const texts = Object.entries(letters).flatMap(([name, letter]) =>
    [letter.subject, ...letter.paragraphs].map((text) => ({ at: `/letters/${name}`, text })),
  )
  const unknown = (name: string): boolean => (name.startsWith('/') ? !form.fields.has(name) : !isLetterFact(name))
  return [
    ...texts.flatMap(({ at, text }) =>
      placeholders(text)
        .filter(unknown)
        .map((name) => `${at}: unknown placeholder {{${name}}}`),
    ),
    ...placeholders(subject)
      .filter((name) => !(SUBJECT_FACTS as readonly string[]).includes(name))
      .map((name) => `/subject: unknown placeholder {{${name}}}`),
    ...placeholders(about)
      .filter((name) => !form.fields.has(name))
      .map((name) => `/about: unknown placeholder {{${name}}}`),
  ]
}

/** The signature policy (what is checked) and the form (what the person is told) must say the same. */
function signatureDefects(procedure: ProcedureSource, form: Form): string[] {
  const { signature } = procedure
  const listed = new Map(signature.documents.map(({ field, required }) => [field, required ? 'required' : 'optional']))
  return [
    ...[...listed].flatMap(([field, wanted], index) => {
      const upload = form.fields.get(field)
      if (upload?.widget !== 'upload')
        return [`/signature/documents/${index}/field: ${field} is not an upload of the form`]
      return upload.ui.signature === wanted
        ? []
        : [
            `/signature/documents/${index}: ui.json says «${upload.ui.signature ?? 'nothing'}» of ${field}, here it is «${wanted}»`,
          ]
    }),
    ...[...form.fields.values()]
      .filter(({ ui, pointer }) => ui.signature !== undefined && !listed.has(pointer))
      .map(({ pointer }) => `/signature/documents: ${pointer} has a signature in ui.json and is not listed`),
    ...signature.documents.flatMap((document, index) =>
      signerDefects(document, { procedure, form }).map((defect) => `/signature/documents/${index}/${defect}`),
    ),
  ]
}

const PERSON = ['nome', 'cognome', 'codiceFiscale']

/** A signer that nobody can be must not be found out by the person who waits for their signature. */
function signerDefects(
  { signers, quorum }: DocumentSignature,
  { procedure, form }: { procedure: ProcedureSource; form: Form },
): string[] {
  const persons = signers.flatMap((signer, index) => (typeof signer === 'object' ? [{ ...signer, index }] : []))
  return [
    ...persons.flatMap(({ person, index }) =>
      PERSON.filter((key) => !form.fields.has(`${person}/${key}`)).map(
        (key) => `signers/${index}/person: ${person}/${key} is not in the form`,
      ),
    ),
    ...say(
      persons.length > 0 && quorum === undefined,
      'quorum: persons are named, and nothing says whether all must sign',
    ),
    ...say(
      quorum !== undefined &&
        signers.includes('principal') &&
        procedure.profiles.every((profile) => profile === 'self'),
      'signers: the procedure has no principal',
    ),
  ]
}

function pointerDefects({ stampDuty }: ProcedureSource, form: Form): string[] {
  return Object.entries(stampDuty.fields ?? {})
    .map(([name, pointer]) => [`/stampDuty/fields/${name}`, pointer] as const)
    .filter(([, pointer]) => !form.fields.has(pointer))
    .map(([at, pointer]) => `${at}: ${pointer} is not in the form`)
}

const BY_PAPER: ReadonlySet<Profile> = new Set(['professional', 'proxy'])

/** What the person chooses before the first step is an answer of the form: the form must have a place for each choice. */
function profileDefects({ profiles, clients }: ProcedureSource, form: Form): string[] {
  const words = profiles.map((profile) => PROFILE_WORDS[profile])
  const field = [...form.fields.values()].find(({ ui }) => ui.prefill === 'acting.profile')
  const offered = field?.options.map(({ value }) => value) ?? []
  return [
    ...say(
      clients === undefined ? profiles.includes('professional') : !profiles.some((one) => BY_PAPER.has(one)),
      '/clients: says for whom a professional or a proxy files: needed with «professional», possible with «proxy», else left out',
    ),
    ...say(
      field !== undefined && [...words].sort().join() !== [...offered].sort().join(),
      `/profiles: ${field?.pointer ?? ''} of the form offers «${offered.join(', ')}», the profiles are «${words.join(', ')}»`,
    ),
    ...say(
      field === undefined && profiles.length > 1,
      '/profiles: no field of the form takes the choice (prefill «acting.profile»)',
    ),
  ]
}
