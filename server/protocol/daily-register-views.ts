import { formatDate } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import type { DailyRegisterPage } from './daily-register.ts'
import { BASE } from './register-views.ts'

export const DAILY_REGISTERS = `${BASE}/registri-giornalieri`

/** A month of them. */
export const DAYS_ON_A_PAGE = 31

/** The days of the register that are closed, each with its file. */
export const dailyRegistersPage = ({ days, total, page }: DailyRegisterPage & { page: number }) => ({
  title: 'Registri giornalieri',
  back: { href: BASE, text: 'Torna al registro' },
  rows: days.map(({ date, entries, annulments, sha256 }) => ({
    date: formatDate(date),
    href: `${DAILY_REGISTERS}/${date}.xml`,
    entries: formatFigure(entries),
    annulments: formatFigure(annulments),
    sha256,
  })),
  pagination: paginationOf(page, pagesOf(total, DAYS_ON_A_PAGE), (to) => `${DAILY_REGISTERS}?pagina=${to}`),
})
