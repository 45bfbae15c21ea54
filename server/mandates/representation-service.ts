import { AppError } from '../errors.ts'
import type { Login } from '../identity/index.ts'
import { isCodiceFiscale } from '../shared/italian/index.ts'
import { partyName } from '../shared/party.ts'
import { standingOf, type BusinessRegister, type Standing } from './business-register.ts'
import type { Mandate } from './mandate.ts'

/** The company for which a person acts, and as what. */
export type Represented = NonNullable<Login['represents']>

/** Whether who gave a mandate may still act for the company; `why` not, for the proxy to read. */
export type Confirmation =
  | Readonly<{ kind: 'confirmed' }>
  /** Nobody could be asked: that stops no filing, and the office checks. */
  | Readonly<{ kind: 'register-silent' }>
  | Readonly<{ kind: 'ended'; why: string }>

const ENDED: Readonly<Record<Exclude<Standing['kind'], 'represents'>, (company: string, giver: string) => string>> = {
  ceased: (company) => `${company} risulta cessata nel Registro imprese: la delega non vale più.`,
  'does-not-represent': (company, giver) =>
    `Nel Registro imprese ${giver}, che ha dato la delega, non risulta più tra i rappresentanti di ${company}: serve una nuova delega di chi la rappresenta oggi.`,
  'not-registered': (company) => `${company} non risulta più nel Registro imprese: la delega non vale più.`,
}

const REFUSED: Readonly<Record<Exclude<Standing['kind'], 'represents'>, string>> = {
  ceased: 'Questa impresa risulta cessata nel Registro imprese: non può più dare deleghe.',
  'does-not-represent': 'Nel Registro imprese non risulti tra i rappresentanti di questa impresa.',
  'not-registered':
    'Nel Registro imprese non c’è nessuna impresa con questo codice fiscale. Per un’associazione o un ente chi riceve la delega può mostrare una procura firmata.',
}

const ANOTHERS_OWN =
  'Questo è il codice fiscale di una persona: solo lei vede quello che è a suo nome e può dare deleghe. Per la sua impresa puoi inviare richieste come rappresentante.'

const SILENT =
  'Il Registro imprese non risponde, quindi non possiamo controllare il tuo ruolo nell’impresa. Riprova più tardi.'

export type Representation = ReturnType<typeof createRepresentation>

/** Who may act for a company, as the business register has it at that moment. */
export function createRepresentation({ register }: { register: BusinessRegister }) {
  /** What the register says; null when it does not answer. */
  async function ask(cf: string, personCf: string | null): Promise<Standing | null> {
    try {
      return standingOf(await register.find(cf), personCf)
    } catch (error) {
      if (error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE') return null
      throw error
    }
  }

  /**
   * The company that this person represents now. Throws NOT_ALLOWED when the register says otherwise, and
   * UPSTREAM_UNAVAILABLE when it is silent: nobody gives powers of a company on their own word. A sole trader's business has the
   * trader's own code, under which all stands that is theirs, of the business or not: that is no side for anybody else, though
   * the register may know them as the business's representative (art. 2203 c.c.).
   */
  async function represented(cf: string, { person }: Login): Promise<Represented> {
    if (isCodiceFiscale(cf) && cf !== person.cf)
      throw new AppError('NOT_ALLOWED', 'Code of another person', { explanation: ANOTHERS_OWN, field: 'cfImpresa' })
    const standing = await ask(cf, person.cf)
    if (!standing)
      throw new AppError('UPSTREAM_UNAVAILABLE', 'The business register is silent', { explanation: SILENT })
    if (standing.kind === 'represents') return { cf, name: standing.company.name, role: standing.role }
    throw new AppError('NOT_ALLOWED', `Company not represented: ${standing.kind}`, {
      explanation: REFUSED[standing.kind],
      field: 'cfImpresa',
    })
  }

  /** Asked at each use of a mandate that was given in a company's name. Those of persons, and on paper, need no register. */
  async function confirm({ giver, principal, principalKey }: Mandate): Promise<Confirmation> {
    if (!giver) return { kind: 'confirmed' }
    const standing = await ask(principalKey, giver.cf)
    if (!standing) return { kind: 'register-silent' }
    if (standing.kind === 'represents') return { kind: 'confirmed' }
    return { kind: 'ended', why: ENDED[standing.kind](partyName(principal), giver.name) }
  }

  return { ask, represented, confirm }
}

/**
 * The side on which a person acts in this session: the tax code of the company that they chose to represent, else their own
 * account key. Mandates and filings that stand in that name are shown to them.
 */
export const sideOf = ({ person, represents }: Login): string => represents?.cf ?? person.key
