import { formatDateTime } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import type { OpenSession } from './open-session-store.ts'
import type { Scheme } from './person.ts'

const WAYS: Readonly<Record<Scheme, string>> = {
  spid: 'SPID',
  cie: 'CIE',
  cns: 'CNS o Tessera Sanitaria',
  eidas: 'eIDAS',
  oidc: 'account del Comune',
}

type Options = Readonly<{ current: string; tabs: readonly object[] }>

/** Where a person is logged in. `current` is the handle of the session that asks. */
export function openSessionsPage(sessions: readonly OpenSession[], { current, tabs }: Options) {
  const rows = sessions.map(({ handle, login, device, lastUsed }) => ({
    handle,
    device,
    way: `${WAYS[login.scheme]}, livello ${login.level}`,
    since: formatDateTime(login.at),
    lastUsed: formatDateTime(lastUsed),
    current: handle === current,
  }))
  return {
    title: 'Accessi e dispositivi',
    tabs,
    rows: [...rows.filter((row) => row.current), ...rows.filter((row) => !row.current)],
    others: rows.some((row) => !row.current),
  }
}

/** How many were just closed. */
export function closedText(count: number): string {
  if (count === 0) return 'Quell’accesso era già chiuso'
  return count === 1 ? 'Hai chiuso un accesso' : `Hai chiuso ${formatFigure(count)} accessi`
}
