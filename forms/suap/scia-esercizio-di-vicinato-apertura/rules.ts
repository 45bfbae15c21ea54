import type { RuleError, Rules } from '../../../server/forms/index.ts'

type Asked = Partial<{
  locale: Partial<{ abitanti: string; superficieVendita: number; superficieTotale: number }>
  attivita: Partial<{ dal: string; al: string }>
  esperienze: readonly { dal: string; al: string }[]
}>

/** D.Lgs. 114/1998 art. 4 c. 1 d: more, as the schema says, only where there are more than 10,000 residents. */
const FEW_RESIDENTS_AREA = 150

const EXPERIENCE_DAYS = 730
const DAY = 86_400_000

export const rules =
  (today: () => string): Rules =>
  (answers) => {
    const { locale, attivita, esperienze = [] } = answers as Asked
    return [
      ...noNeighbourhoodShop(locale),
      ...salesAreaTooLarge(locale),
      ...seasonWrong(attivita),
      ...experienceWrong(esperienze, today()),
    ]
  }

function noNeighbourhoodShop({ abitanti, superficieVendita = 0 }: NonNullable<Asked['locale']> = {}): RuleError[] {
  if (abitanti === 'oltre-10000' || superficieVendita <= FEW_RESIDENTS_AREA) return []
  const message =
    'Nei comuni fino a 10.000 abitanti, oltre 150 metri quadrati non è un esercizio di vicinato: serve la domanda per una media struttura di vendita'
  return [{ pointer: '/locale/superficieVendita', message }]
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
