import { plainInput } from '../forms/index.ts'
import type { Person } from '../identity/index.ts'
import { errorSummaryOf, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { companyCodeOf } from './mandate-form.ts'
import { BASE } from './mandate-views.ts'

type Asked = Readonly<{ body: FormBody; errors: FormErrors; tabs: readonly object[]; person: Person }>

/** "Per quale impresa?" */
export function companyPage({ body, errors, tabs, person }: Asked) {
  const errorSummary = errorSummaryOf(errors)
  const heading = 'Deleghe di un’impresa'
  return {
    heading,
    tabs,
    errorSummary,
    title: errorSummary ? `Errore: ${heading}` : heading,
    intro:
      'Se rappresenti un’impresa puoi dare e revocare deleghe in suo nome. Controlliamo il tuo ruolo nel Registro imprese.',
    action: `${BASE}/impresa`,
    back: BASE,
    fields: [
      plainInput({
        name: 'cfImpresa',
        label: 'Codice fiscale dell’impresa',
        code: true,
        error: errors['cfImpresa'],
        value: companyCodeOf(body, person),
      }),
    ],
  }
}
