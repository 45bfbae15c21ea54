import { formatDate } from '../shared/dates.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import type { HouseVisit } from './desk-access-routes.ts'
import { deskFrame } from './desk-views.ts'
import { TIES, type Declaration, type DeclarationForm } from './family.ts'

/** Address under which this page is mounted. */
export const BASE = '/ufficio/conflitti'

type Input = Readonly<{ all: readonly Declaration[]; form: DeclarationForm; errors?: FormErrors }>

/** Whom the officer who looks declared as near, and whom no longer. */
export function familyPage({ municipality, desk }: HouseVisit, { all, form, errors = {} }: Input) {
  const title = 'Conflitti di interessi'
  return {
    ...deskFrame(municipality, desk, ''),
    title: hasErrors(errors) ? `Errore: ${title}` : title,
    heading: title,
    action: BASE,
    form,
    ...shownErrors(errors),
    ties: Object.entries(TIES).map(([value, text]) => ({ value, text, selected: value === form.legame })),
    current: all.filter(({ withdrawnAt }) => withdrawnAt === null).map(row),
    withdrawn: all.filter(({ withdrawnAt }) => withdrawnAt !== null).map(row),
  }
}

const row = ({ id, cf, tie, at, withdrawnAt }: Declaration) => ({
  cf,
  tie: TIES[tie],
  from: formatDate(at),
  to: withdrawnAt && formatDate(withdrawnAt),
  withdraw: `${BASE}/ritira/${id}`,
})
