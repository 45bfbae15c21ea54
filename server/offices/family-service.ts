import { AppError } from '../errors.ts'
import { hasErrors, type FormErrors } from '../shared/form-body.ts'
import { DECLARED_ALREADY, declarationErrors, isTie, type DeclarationForm, type DeclarationStore } from './family.ts'

type Deps = Readonly<{ store: DeclarationStore; now: () => Date; newId: () => string }>

export type Family = ReturnType<typeof createFamilyService>

/** Officers declare who is near to them, for themselves alone (L. 241/1990 art. 6-bis, DPR 62/2013 artt. 6, 7). */
export function createFamilyService({ store, now, newId }: Deps) {
  /** Declares, or tells what is wrong with the form. From the next page on, filings of that person are closed to the officer. */
  async function declare(municipality: string, officer: string, form: DeclarationForm): Promise<FormErrors> {
    const errors = declarationErrors(form, officer)
    if (hasErrors(errors) || !isTie(form.legame)) return errors
    const declaration = { id: newId(), municipality, officer, cf: form.cf, tie: form.legame }
    const isNew = await store.add({ ...declaration, at: now(), withdrawnAt: null })
    return isNew ? {} : DECLARED_ALREADY
  }

  /** Throws NOT_FOUND for what this officer has not declared or has withdrawn. */
  async function withdraw(municipality: string, officer: string, id: string): Promise<void> {
    if (await store.withdraw({ id, municipality, officer }, now())) return
    throw new AppError('NOT_FOUND', 'No such declaration of this officer')
  }

  return { declare, withdraw, ofOfficer: store.ofOfficer, codesOf: store.codesOf }
}
