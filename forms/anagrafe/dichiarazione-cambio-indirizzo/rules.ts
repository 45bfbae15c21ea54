import type { RuleError, Rules } from '../../../server/forms/index.ts'

type Asked = Partial<{
  dichiarante: { codiceFiscale: string }
  /** `me`, `figli`, `tutela` in version 1. */
  qualita: string
  componenti: readonly { codiceFiscale: string }[]
}>

/** In version 2, and in version 1. */
const FOR_ONESELF = ['proprio', 'me']

export const rules = (): Rules => (answers) => {
  const { dichiarante, qualita, componenti = [] } = answers as Asked
  return [...nobodyMoves(qualita, componenti.length), ...namedTwice(dichiarante?.codiceFiscale, componenti)]
}

/** Who declares for others does not move: then somebody else must (DPR 223/1989 art. 6). */
function nobodyMoves(qualita: Asked['qualita'], moving: number): RuleError[] {
  if (qualita === undefined || FOR_ONESELF.includes(qualita) || moving > 0) return []
  return [
    {
      pointer: '/componenti',
      message: 'Aggiungi almeno una persona: hai indicato che la dichiarazione non riguarda te',
    },
  ]
}

function namedTwice(declarant: string | undefined, people: NonNullable<Asked['componenti']>): RuleError[] {
  const before = (index: number) => [declarant, ...people.slice(0, index).map(({ codiceFiscale }) => codiceFiscale)]
  return people.flatMap(({ codiceFiscale }, index) =>
    before(index).includes(codiceFiscale)
      ? [
          {
            pointer: `/componenti/${index}/codiceFiscale`,
            message: 'Questa persona è già indicata nella dichiarazione',
          },
        ]
      : [],
  )
}
