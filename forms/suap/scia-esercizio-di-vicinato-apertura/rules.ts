import type { RuleError, Rules } from '../../../server/forms/index.ts'

type Asked = Partial<{
  locale: Partial<{ superficieVendita: number; superficieTotale: number }>
  attivita: Partial<{ dal: string; al: string }>
  esperienze: readonly { dal: string; al: string }[]
}>

const EXPERIENCE_DAYS = 730
const DAY = 86_400_000

export const rules =
  (today: () => string): Rules =>
  (answers) => {
    const { locale, attivita, esperienze = [] } = answers as Asked
    return [...salesAreaTooLarge(locale), ...seasonWrong(attivita), ...experienceWrong(esperienze, today())]
  }

function salesAreaTooLarge({ superficieVendita, superficieTotale }: NonNullable<Asked['locale']> = {}): RuleError[] {
  if (superficieVendita === undefined || superficieTotale === undefined || superficieVendita <= superficieTotale)
    return []
  return [{ pointer: '/locale/superficieVendita', message: 'La superficie di vendita non può superare quella totale' }]
}

function seasonWrong({ dal, al }: NonNullable<Asked['attivita']> = {}): RuleError[] {
  if (dal === undefined || al === undefined || dal < al) return []
  return [{ pointer: '/attivita/al', message: 'La fine della stagione deve essere dopo l’inizio' }]
}

/** D.Lgs. 59/2010 art. 71 c. 6 b: two years at least, also not in a row, within the five years before. */
function experienceWrong(periods: NonNullable<Asked['esperienze']>, today: string): RuleError[] {
  const upsideDown = periods.flatMap(({ dal, al }, index) =>
    al < dal ? [{ pointer: `/esperienze/${index}/al`, message: 'La fine del periodo deve essere dopo l’inizio' }] : [],
  )
  if (periods.length === 0 || upsideDown.length > 0) return upsideDown
  const since = yearsBefore(today, 5)
  const days = periods.reduce((sum, { dal, al }) => sum + Math.max(0, daysFromTo(dal > since ? dal : since, al)), 0)
  if (days >= EXPERIENCE_DAYS) return []
  return [
    {
      pointer: '/esperienze',
      message: 'L’esperienza degli ultimi cinque anni deve essere di almeno due anni in tutto',
    },
  ]
}

const daysFromTo = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY + 1

const yearsBefore = (date: string, years: number): string => `${Number(date.slice(0, 4)) - years}${date.slice(4)}`
