// In Italian a dot parts the thousands from five digits on. Browsers and their data differ about four: it is said.
const figures = new Intl.NumberFormat('it', { useGrouping: 'min2', maximumFractionDigits: 20 })

/** `10.000`: a count or a quantity as people read it. Numbers that name something (a protocol number, a year) stay as they are. */
export const formatFigure = (figure: number): string => figures.format(figure)
