import { PAPER_LIMIT, type StoredDocument } from '../documents/index.ts'
import { plainChoices, plainInput, plainPage, type FieldView } from '../forms/index.ts'
import { formatDate, formatDateTime, type IsoDate, withDay } from '../shared/dates.ts'
import { formatSize } from '../shared/file-size.ts'
import { partyName } from '../shared/party.ts'
import { errorSummaryOf, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { PRINCIPALS, type Choices, type Titles } from './mandate-form.ts'
import { scopeFields, scopeText } from './mandate-scope-views.ts'
import type { Represented } from './representation-service.ts'
import { stateOf, type Mandate, type MandateEvent, type MandateState } from './mandate.ts'

export const BASE = '/area-personale/deleghe'

export const STATES: Record<MandateState, { text: string; tone: string }> = {
  waiting: { text: 'In esame', tone: 'waiting' },
  refused: { text: 'Non approvata', tone: 'danger' },
  revoked: { text: 'Revocata', tone: 'danger' },
  future: { text: 'Non ancora valida', tone: 'neutral' },
  expired: { text: 'Scaduta', tone: 'neutral' },
  valid: { text: 'Valida', tone: 'success' },
}

const EVENTS: Record<MandateEvent['type'], string> = {
  given: 'Delega data',
  shown: 'Procura presentata',
  approved: 'Procura approvata',
  refused: 'Procura non approvata',
  revoked: 'Delega revocata',
  used: 'Usata per inviare una richiesta',
}

export type Frame = Readonly<{ tabs: readonly object[]; choices: Choices; now: Date }>

/** One mandate with its history, as either side sees it. */
export function mandatePage(
  mandate: Mandate,
  key: string,
  { tabs, choices, now, files }: Frame & { files: readonly StoredDocument[] },
) {
  const isPrincipal = mandate.principalKey === key
  const state = stateOf(mandate, now)
  const other = partyName(isPrincipal ? mandate.proxy : mandate.principal)
  return {
    title: isPrincipal ? `Delega a ${other}` : `Delega di ${other}`,
    tabs,
    state: STATES[state],
    ...facts(mandate, choices, { base: BASE, files }),
    revoke: revokeView(mandate, state, isPrincipal),
    back: BASE,
  }
}

/** How one's side ends it, and what that means now; null where it has ended. */
function revokeView(mandate: Mandate, state: MandateState, isPrincipal: boolean) {
  if (state === 'revoked' || state === 'refused' || state === 'expired') return null
  return {
    action: `${BASE}/${mandate.id}/revoca`,
    button: isPrincipal ? 'Revoca la delega' : 'Rinuncia alla delega',
    text: revokeText(mandate, state, isPrincipal),
  }
}

function revokeText({ principal, proxy }: Mandate, state: MandateState, isPrincipal: boolean): string {
  const [who, whom] = [partyName(proxy), partyName(principal)]
  const forWhom = principal.kind === 'company' ? whom : 'te'
  if (state === 'waiting')
    return isPrincipal
      ? `L’ufficio non esamina più la procura, e ${who} non potrà usarla per agire per ${forWhom}.`
      : `L’ufficio non esamina più la procura. Per agire per ${whom} ne servirà un’altra.`
  return isPrincipal
    ? `Da subito ${who} non potrà più agire per ${forWhom}: quello che ha già inviato resta valido.`
    : `Non potrai più agire per ${whom} da subito.`
}

/** What the mandate says, its papers and its history: the same for its sides and for the officer who reviews it. */
export function facts(
  mandate: Mandate,
  choices: Titles,
  { base, files }: { base: string; files: readonly StoredDocument[] },
) {
  return {
    rows: [
      { label: 'Chi dà la delega', value: principalText(mandate) },
      { label: 'Chi la riceve', value: described(mandate.proxy) },
      { label: 'Vale per', value: scopeText(mandate, choices) },
      { label: 'Periodo', value: periodText(mandate) },
      {
        label: 'Come',
        value: mandate.origin === 'online' ? 'Data in linea, dopo l’accesso' : 'Procura firmata, caricata',
      },
    ],
    files: files.map((file) => ({
      name: file.name,
      href: `${base}/${mandate.id}/documenti/${file.id}`,
      details: formatSize(file.size),
    })),
    milestones: mandate.events.map(({ type, at, by, reason, filing }) => ({
      state: type === 'refused' || type === 'revoked' ? 'ended' : 'done',
      title: EVENTS[type],
      date: formatDateTime(at),
      text: reason ?? (filing ? (choices.filings.find(({ id }) => id === filing)?.title ?? null) : null),
      by: by.name,
    })),
  }
}

function principalText({ principal, giver }: Mandate): string {
  if (!giver) return described(principal)
  return `${described(principal)}, rappresentata da ${giver.name} (${giver.role}, secondo il Registro imprese)`
}

const described = (party: Mandate['principal']): string =>
  'cf' in party && party.cf ? `${partyName(party)}, ${party.cf}` : partyName(party)

export const periodText = ({ from, to }: Mandate): string =>
  `${withDay('dal', formatDate(from))} ${withDay('al', formatDate(to))}`

/** `key` tells one press of the button from another. */
type NewInput = FormInput & Readonly<{ key: string }>

type FormInput = Readonly<{
  body: FormBody
  errors: FormErrors
  choices: Choices
  tabs: readonly object[]
  today: IsoDate
}>

/** Giving a mandate on line. */
export function newMandatePage({ body, errors, choices, tabs, today, key }: NewInput, company: Represented | null) {
  const whom = company ? `per conto di ${company.name}` : 'per te'
  const sections = (told: FormErrors) => [
    { title: 'A chi dai la delega', fields: personFields(body, told) },
    {
      title: 'Per che cosa',
      fields: scopeFields(body, told, { choices, principals: [company ? 'company' : 'person'] }),
    },
    { title: 'Per quanto tempo', fields: periodFields(body, told, today) },
  ]
  return {
    ...formFrame('Dai una delega', sections, { body, errors }),
    tabs,
    company: company && { ...sideView(company), leave: null },
    hidden: [
      { name: 'inNomeDi', value: company?.cf ?? '' },
      { name: 'chiave', value: key },
    ],
    intro: company
      ? `La persona che indichi potrà agire per ${company.name} nei servizi che scegli. Chi rappresenta l’impresa può revocare la delega in ogni momento.`
      : 'La persona che indichi potrà agire in tua vece nei servizi che scegli. Puoi revocare la delega in ogni momento.',
    action: `${BASE}/nuova`,
    declaration: `Con «Dai la delega» conferisci alla persona indicata il potere di presentare ${whom} istanze e dichiarazioni al Comune (DPR 445/2000 art. 38 c. 3-bis).${company ? ' Il tuo ruolo nell’impresa è controllato nel Registro imprese adesso, e ogni volta che la delega viene usata.' : ''}`,
    button: 'Dai la delega',
    uploads: false,
    back: BASE,
  }
}

/** The company whose mandates a page is about, and the way back to one's own; null for oneself. */
export const sideView = (company: Represented | null) =>
  company && {
    name: company.name,
    role: company.role,
    leave: { action: `${BASE}/impresa/lascia`, button: 'Torna alle mie deleghe' },
  }

/** Showing a power of attorney on paper. */
export function showMandatePage({ body, errors, choices, tabs, today, key }: NewInput) {
  const sections = (told: FormErrors) => [
    { title: 'Per chi agisci', fields: principalFields(body, told) },
    {
      title: 'Per che cosa',
      fields: scopeFields(body, told, { choices: { ...choices, filings: [] }, principals: PRINCIPALS }),
    },
    { title: 'Per quanto tempo', fields: periodFields(body, told, today) },
  ]
  return {
    ...formFrame('Mostra una procura', sections, { body, errors }),
    tabs,
    intro:
      'Se chi rappresenti non può dare la delega in linea, carica la procura che ha firmato. Un ufficio del Comune la esamina e ti avvisa.',
    hidden: [{ name: 'chiave', value: key }],
    action: `${BASE}/procura`,
    upload: { error: errors['procura'] ?? null, ...PAPER_LIMIT },
    button: 'Invia la procura',
    uploads: true,
    back: BASE,
  }
}

function formFrame(
  heading: string,
  sections: Parameters<typeof plainPage>[0],
  sent: Pick<FormInput, 'body' | 'errors'>,
) {
  const page = plainPage(sections, sent)
  const errorSummary = errorSummaryOf(page.errors)
  return { ...page, title: errorSummary ? `Errore: ${heading}` : heading, heading, errorSummary }
}

function principalFields(body: FormBody, errors: FormErrors): FieldView[] {
  const who = plainChoices({
    name: 'chi',
    label: 'Chi ti ha dato la procura',
    error: errors['chi'],
    options: [
      { value: 'persona', label: 'Una persona' },
      { value: 'impresa', label: 'Un’impresa o un ente' },
    ],
    chosen: [textIn(body, 'chi') || 'persona'],
  })
  return [who, ...personFields(body, errors, { name: 'chi', values: ['persona'] }), ...companyFields(body, errors)]
}

function personFields(
  body: FormBody,
  errors: FormErrors,
  when?: { name: string; values: readonly string[] },
): FieldView[] {
  const input = (name: string, label: string, more: { hint?: string; code?: boolean } = {}) =>
    plainInput({ name, label, value: textIn(body, name), error: errors[name], ...(when && { when }), ...more })
  return [
    input('nome', 'Nome'),
    input('cognome', 'Cognome'),
    input('codiceFiscale', 'Codice fiscale', { hint: '16 lettere e cifre: è sulla tessera sanitaria', code: true }),
  ]
}

function companyFields(body: FormBody, errors: FormErrors): FieldView[] {
  const when = { name: 'chi', values: ['impresa'] }
  const input = (name: string, label: string, code: boolean) =>
    plainInput({ name, label, value: textIn(body, name), error: errors[name], when, code })
  return [
    input('denominazione', 'Denominazione o ragione sociale', false),
    input('cfImpresa', 'Codice fiscale dell’impresa o dell’ente', true),
  ]
}

const periodFields = (body: FormBody, errors: FormErrors, today: IsoDate): FieldView[] => [
  plainInput({ name: 'dal', label: 'Dal', type: 'date', value: textIn(body, 'dal') || today, error: errors['dal'] }),
  plainInput({ name: 'al', label: 'Al', type: 'date', value: textIn(body, 'al'), error: errors['al'] }),
]
