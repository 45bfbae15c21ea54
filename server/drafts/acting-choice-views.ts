import { plainChoices, plainInput, plainPage, type FieldView } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import { companyCodeOf } from '../mandates/index.ts'
import { textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { isNoChoice, type Choice } from './acting-choice.ts'
import type { Undecided } from './acting-service.ts'

type Asked = Readonly<{
  choices: readonly Choice[]
  body: FormBody
  errors: FormErrors
  undecided: Undecided | null
  login: Login
}>

const NOTICES: Record<Undecided, string> = {
  'register-silent':
    'Il Registro imprese non risponde, quindi non possiamo controllare il tuo ruolo. Puoi continuare lo stesso con una dichiarazione: la controllerà l’ufficio.',
  'not-registered':
    'Nel Registro imprese non c’è nessuna impresa con questo codice fiscale. Se rappresenti un’associazione o un ente continua con una dichiarazione: la controllerà l’ufficio. Altrimenti controlla il codice.',
}

/** "Per chi fai la richiesta?": null when there is nothing to choose. */
export function actingChoice(asked: Asked) {
  const { choices, undecided } = asked
  if (isNoChoice(choices)) return null
  const { sections, ...page } = plainPage(
    (told) => [{ title: null, fields: actingFields({ ...asked, errors: told }) }],
    asked,
  )
  return {
    ...page,
    notice: undecided ? NOTICES[undecided] : null,
    notices: undecided ? [] : page.notices,
    fields: sections.flatMap(({ fields }) => fields),
  }
}

function actingFields({ choices, body, errors, undecided, login }: Asked): FieldView[] {
  const [first] = choices
  const fallback = first?.profile === 'self' ? first.value : ''
  const radios = plainChoices({
    name: 'perChi',
    label: 'Per chi fai la richiesta?',
    error: errors['perChi'],
    options: choices,
    chosen: [textIn(body, 'perChi') || fallback],
  })
  const valuesAsking = (what: Choice['asks']) => choices.filter(({ asks }) => asks === what).map(({ value }) => value)
  const [person, company] = [valuesAsking('person'), valuesAsking('company')]
  return [
    radios,
    ...(person.length > 0 ? personFields(body, errors, person) : []),
    ...(company.length > 0 ? companyFields({ choices, body, errors, undecided, login }, company) : []),
  ]
}

function personFields(body: FormBody, errors: FormErrors, values: readonly string[]): FieldView[] {
  const input = (name: string, label: string, code = false) =>
    plainInput({ name, label, code, value: textIn(body, name), error: errors[name], when: { name: 'perChi', values } })
  return [
    input('nome', 'Nome della persona'),
    input('cognome', 'Cognome della persona'),
    input('codiceFiscale', 'Codice fiscale della persona', true),
  ]
}

/** The company's name is asked only for whom one acts by a paper, and where the register cannot say it. */
function companyFields({ choices, body, errors, undecided, login }: Asked, values: readonly string[]): FieldView[] {
  const when = { name: 'perChi', values }
  const clients = choices.filter(({ asks, profile }) => asks === 'company' && profile !== 'legal-representative')
  const named = undecided ? values : clients.map(({ value }) => value)
  const code = plainInput({
    name: 'cfImpresa',
    label: 'Codice fiscale dell’impresa o dell’ente',
    code: true,
    when,
    value: companyCodeOf(body, login.person),
    error: errors['cfImpresa'],
  })
  const name = plainInput({
    name: 'denominazione',
    label: 'Denominazione o ragione sociale',
    error: errors['denominazione'],
    value: textIn(body, 'denominazione'),
    when: { name: 'perChi', values: named },
  })
  return [code, ...(named.length > 0 ? [name] : []), ...(undecided ? [declaration(errors)] : [])]
}

const declaration = (errors: FormErrors): FieldView =>
  plainChoices({
    name: 'dichiaro',
    label: 'Dichiarazione',
    multiple: true,
    chosen: [],
    error: errors['dichiaro'],
    options: [
      {
        value: 'true',
        label:
          'Dichiaro di essere il legale rappresentante e so che chi dichiara il falso è punito (DPR 445/2000 artt. 46 e 76)',
      },
    ],
    when: { name: 'perChi', values: ['rappresentante'] },
  })
