import { isCodiceFiscale, isCodiceFiscaleEnte } from '../shared/italian/index.ts'
import type { FormErrors } from '../shared/form-body.ts'

/** Whose interests an officer may not handle (DPR 62/2013 art. 7). */
export const TIES = {
  spouse: 'Coniuge o parte dell’unione civile',
  cohabitant: 'Convivente',
  relative: 'Parente o affine entro il secondo grado',
  acquaintance: 'Persona che frequento abitualmente',
  dispute: 'Causa pendente, grave inimicizia, credito o debito significativo',
  represented: 'Soggetto di cui sono tutore, curatore, procuratore o agente',
  body: 'Ente o società di cui sono amministratore, gerente o dirigente',
} as const

type Tie = keyof typeof TIES

export const isTie = (text: string): text is Tie => Object.hasOwn(TIES, text)

/** An officer said that somebody is near to them. Withdrawn ones stay: they tell why the officer abstained until then. */
export type Declaration = Readonly<{
  id: string
  municipality: string
  /** Tax code of the officer. */
  officer: string
  /** Tax code of the person, or of the body. */
  cf: string
  tie: Tie
  at: Date
  withdrawnAt: Date | null
}>

export type DeclarationForm = Readonly<{ cf: string; legame: string }>

export type DeclarationStore = Readonly<{
  /** All that the officer declared, newest first. */
  ofOfficer(municipality: string, officer: string): Promise<Declaration[]>
  /** Tax codes that are declared now. */
  codesOf(municipality: string, officer: string): Promise<string[]>
  /** False when the officer has declared that tax code already. */
  add(declaration: Declaration): Promise<boolean>
  /** False when the officer has no such declaration, or withdrew it. */
  withdraw(declaration: Pick<Declaration, 'id' | 'municipality' | 'officer'>, at: Date): Promise<boolean>
}>

/** What is wrong with the form, in the order of its fields. */
export function declarationErrors({ cf, legame }: DeclarationForm, officer: string): FormErrors {
  const isCode = isCodiceFiscale(cf) || isCodiceFiscaleEnte(cf)
  return {
    ...(!isCode && { cf: 'Scrivi un codice fiscale valido: 16 caratteri, o 11 cifre per un ente.' }),
    ...(cf === officer && { cf: 'Le pratiche tue o che ti riguardano ti sono già chiuse.' }),
    ...(!isTie(legame) && { legame: 'Scegli il legame.' }),
  }
}

export const DECLARED_ALREADY: FormErrors = { cf: 'Hai già dichiarato questo codice fiscale.' }
