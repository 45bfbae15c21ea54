import { formatFigure } from './figure.ts'

type PageLink = Readonly<{ number: number; href: string; current: boolean }> | Readonly<{ gap: true }>

/** What `components/pagination` shows. */
type Pagination = Readonly<{
  text: string
  previous: string | null
  next: string | null
  pages: readonly PageLink[]
}>

/** How many pages a list of `total` has; an empty list has one. */
export const pagesOf = (total: number, size: number): number => Math.max(1, Math.ceil(total / size))

/** The way through a list of several pages: to the neighbours, the first and the last. Null for a list of one page. */
export function paginationOf(page: number, last: number, href: (page: number) => string): Pagination | null {
  if (last < 2) return null
  const near = [1, page - 1, page, page + 1, last].filter((number) => number >= 1 && number <= last)
  const shown = [...new Set(near)].sort((a, b) => a - b)
  return {
    text: `Pagina ${formatFigure(page)} di ${formatFigure(last)}`,
    previous: page > 1 ? href(page - 1) : null,
    next: page < last ? href(page + 1) : null,
    pages: shown.flatMap((number, index): PageLink[] => [
      ...(index > 0 && number - (shown[index - 1] ?? 0) > 1 ? [{ gap: true as const }] : []),
      { number, href: href(number), current: number === page },
    ]),
  }
}
