import type { RuleError, Rules } from '../../../server/forms/index.ts'

type Asked = Partial<{
  qualita: string
  persona: { nascita: { data: string } }
  targhe: readonly { targa: string }[]
}>

const ADULT_YEARS = 18

export const rules =
  (today: () => string): Rules =>
  (answers) => {
    const { qualita, persona, targhe = [] } = answers as Asked
    return [...adultChild(qualita, persona?.nascita.data, today()), ...twicePlates(targhe)]
  }

/** Parental responsibility ends at 18 (c.c. art. 2, 316): for an adult one needs a mandate or a judge's appointment. */
function adultChild(qualita: string | undefined, birth: string | undefined, today: string): RuleError[] {
  if (qualita !== 'genitore' || birth === undefined || birth > yearsBefore(today, ADULT_YEARS)) return []
  return [
    {
      pointer: '/persona/nascita/data',
      message: 'La persona è maggiorenne: fai la domanda come delegato, tutore o amministratore di sostegno',
    },
  ]
}

function twicePlates(plates: NonNullable<Asked['targhe']>): RuleError[] {
  return plates.flatMap(({ targa }, index) =>
    plates.findIndex((other) => other.targa === targa) < index
      ? [{ pointer: `/targhe/${index}/targa`, message: 'Questa targa è già nell’elenco' }]
      : [],
  )
}

const yearsBefore = (date: string, years: number): string => `${Number(date.slice(0, 4)) - years}${date.slice(4)}`
