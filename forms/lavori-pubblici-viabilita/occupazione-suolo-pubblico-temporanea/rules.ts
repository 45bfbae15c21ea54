import type { RuleError, Rules } from '../../../server/forms/index.ts'

type Asked = Partial<{
  area: Partial<{ lunghezza: number; larghezza: number; superficie: number }>
  periodo: Partial<{ dal: string; al: string; dalle: string; alle: string }>
}>

/** An occupation of a year or more is permanent, and asked by another procedure (D.Lgs. 285/1992 art. 20; L. 160/2019 art. 1 c. 824). */
const LONGEST_DAYS = 365
const DAY = 86_400_000

export const rules = (): Rules => (answers) => {
  const { area, periodo } = answers as Asked
  return [...areaTooLarge(area), ...periodWrong(periodo), ...hoursWrong(periodo)]
}

/** The fee is on square metres: what is asked cannot be more than the rectangle given, rounded up (L. 160/2019 art. 1 c. 825). */
function areaTooLarge({ lunghezza, larghezza, superficie }: NonNullable<Asked['area']> = {}): RuleError[] {
  if (lunghezza === undefined || larghezza === undefined || superficie === undefined) return []
  const largest = Math.ceil(Number((lunghezza * larghezza).toFixed(4)))
  if (superficie <= largest) return []
  return [
    {
      pointer: '/area/superficie',
      message:
        `La superficie non torna: ${lunghezza} × ${larghezza} metri sono al massimo ${largest} metri quadrati`.replaceAll(
          '.',
          ',',
        ),
    },
  ]
}

function periodWrong({ dal, al }: NonNullable<Asked['periodo']> = {}): RuleError[] {
  if (dal === undefined || al === undefined) return []
  if (al < dal)
    return [{ pointer: '/periodo/al', message: 'La fine dell’occupazione non può essere prima dell’inizio' }]
  if ((Date.parse(al) - Date.parse(dal)) / DAY + 1 < LONGEST_DAYS) return []
  return [
    {
      pointer: '/periodo/al',
      message:
        'Un’occupazione temporanea dura meno di un anno: per periodi più lunghi serve una concessione permanente',
    },
  ]
}

function hoursWrong({ dalle, alle }: NonNullable<Asked['periodo']> = {}): RuleError[] {
  if (dalle === undefined || alle === undefined || dalle < alle) return []
  return [{ pointer: '/periodo/alle', message: 'L’ora di fine deve essere dopo quella di inizio' }]
}
