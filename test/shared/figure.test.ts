import { expect } from 'chai'
import { formatFigure } from '../../server/shared/figure.ts'

describe('a figure as people read it', () => {
  const written: readonly (readonly [number, string])[] = [
    [0, '0'],
    [999, '999'],
    [2026, '2026'],
    [9999, '9999'],
    [10_000, '10.000'],
    [1_234_567, '1.234.567'],
    [12_345.678_91, '12.345,67891'],
    [0.1, '0,1'],
    [-12_000, '-12.000'],
  ]
  for (const [figure, text] of written) it(`is ${text}`, () => expect(formatFigure(figure)).to.equal(text))
})
