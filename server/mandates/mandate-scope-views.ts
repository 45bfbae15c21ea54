import { plainChoices, plainInput, type FieldView } from '../forms/index.ts'
import { textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { listOf, servicesFor, type Choices, type PrincipalKind, type Titles } from './mandate-form.ts'
import type { Mandate } from './mandate.ts'

/** What a mandate without limits takes in: not all that the municipality offers, but what can be asked under a mandate. */
const ALL: Readonly<Record<PrincipalKind, string>> = {
  person: 'tutti i servizi che si possono chiedere per un’altra persona',
  company: 'tutti i servizi che si possono chiedere per un’impresa',
}
const ALL_OF_ANY = 'tutti i servizi che si possono chiedere con una delega'

/** For what a mandate holds, in words. */
export function scopeText({ scope, principal }: Mandate, { procedures, filings }: Titles): string {
  if (scope.kind === 'all') return ALL[principal.kind === 'person' ? 'person' : 'company']
  if (scope.kind === 'filing')
    return `una sola pratica: ${filings.find(({ id }) => id === scope.filing)?.title ?? 'già inviata'}`
  return scope.procedures.map((id) => procedures.find((procedure) => procedure.id === id)?.title ?? id).join('; ')
}

type Offer = Readonly<{ choices: Choices; principals: readonly PrincipalKind[] }>

/** For what it is to hold; `principals` are those who may be giving it. */
export function scopeFields(body: FormBody, errors: FormErrors, { choices, principals }: Offer): FieldView[] {
  const { filings, more = false } = choices
  const [kind, ...others] = principals
  const all = kind && others.length === 0 ? ALL[kind] : ALL_OF_ANY
  const scope = plainChoices({
    name: 'ambito',
    label: 'La delega vale per',
    error: errors['ambito'],
    chosen: [textIn(body, 'ambito')],
    options: [
      { value: 'servizi', label: 'I servizi che scelgo' },
      { value: 'tutti', label: all.charAt(0).toUpperCase() + all.slice(1) },
      ...(filings.length > 0
        ? [{ value: 'pratica', label: 'Una pratica che ho già inviato', hint: 'Per seguirla e rispondere all’ufficio' }]
        : []),
    ],
  })
  const services = plainChoices({
    name: 'servizi',
    label: 'Servizi',
    error: errors['servizi'],
    multiple: true,
    options: servicesFor(choices, ...principals).map(({ id, title }) => ({ value: id, label: title })),
    chosen: listOf(body, 'servizi'),
    when: { name: 'ambito', values: ['servizi'] },
  })
  const filing = plainChoices({
    name: 'pratica',
    label: 'Pratica',
    error: errors['pratica'],
    required: !more,
    options: filings.map(({ id, title }) => ({ value: id, label: title })),
    chosen: [textIn(body, 'pratica')],
    when: { name: 'ambito', values: ['pratica'] },
  })
  const number = plainInput({
    name: 'numero',
    label: 'Un’altra pratica: il suo numero di protocollo',
    error: errors['numero'],
    hint: 'È sulla ricevuta, per esempio 12/2026. Se lo scrivi, la delega vale per quella.',
    value: textIn(body, 'numero'),
    required: false,
    autocomplete: 'off',
    when: { name: 'ambito', values: ['pratica'] },
  })
  return [scope, services, ...(filings.length > 0 ? [filing] : []), ...(more ? [number] : [])]
}
