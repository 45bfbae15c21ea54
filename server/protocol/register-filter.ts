import { isIsoDate, typedDate } from '../shared/dates.ts'
import { typedProtocol } from '../shared/protocol-number.ts'
import type { Direction, RegisterQuery } from './register.ts'

/** The search form as it was sent: shown again as it is, whatever it holds. */
export type RegisterForm = Readonly<Record<(typeof FIELDS)[number], string>>
export type FormError = Readonly<{ name: keyof RegisterForm; message: string }>

const FIELDS = ['q', 'numero', 'dal', 'al', 'flusso', 'ufficio'] as const
export const DIRECTIONS: Readonly<Record<string, Direction>> = { entrata: 'in', uscita: 'out', interno: 'internal' }

/** Reads the search form from a body or a query string. A parameter given twice counts as not given. */
export function registerForm(params: Readonly<Record<string, unknown>>): RegisterForm {
  const read = (name: string): string => {
    const value = params[name]
    const text = typeof value === 'string' ? value.trim().slice(0, 200) : ''
    return name === 'dal' || name === 'al' ? typedDate(text) : text
  }
  return Object.fromEntries(FIELDS.map((name) => [name, read(name)])) as RegisterForm
}

/** What the form asks, and what is wrong with it in the order of the page. */
export function queryOf(form: RegisterForm): { query: RegisterQuery; errors: FormError[] } {
  const asked = {
    text: form.q,
    ...typedProtocol(form.numero),
    from: form.dal,
    to: form.al,
    direction: Object.hasOwn(DIRECTIONS, form.flusso) ? DIRECTIONS[form.flusso] : undefined,
    office: form.ufficio,
  }
  const given = Object.entries(asked).filter(([, value]) => value !== '' && value !== undefined)
  return { query: Object.fromEntries(given), errors: errorsOf(form) }
}

function errorsOf({ numero, dal, al }: RegisterForm): FormError[] {
  const isWrong = (date: string): boolean => date !== '' && !isIsoDate(date)
  const errors: (FormError | false)[] = [
    numero !== '' &&
      !typedProtocol(numero) && { name: 'numero', message: 'Scrivi il numero come 1234 oppure 1234/2026.' },
    isWrong(dal) && { name: 'dal', message: 'Scrivi la data come 31/12/2026.' },
    isWrong(al) && { name: 'al', message: 'Scrivi la data come 31/12/2026.' },
    dal > al && al !== '' && { name: 'al', message: 'La data finale viene prima di quella iniziale: scambiale.' },
  ]
  const found = errors.filter((error) => error !== false)
  return found.filter(({ name }, index) => found.findIndex((error) => error.name === name) === index)
}
