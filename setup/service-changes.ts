import { hostname, userInfo } from 'node:os'
import type { ServiceChange, ServiceNotice } from '../server/municipalities/index.ts'
import { formatDateTime } from '../server/shared/dates.ts'

/** Who runs the command, for the record: the account on this machine, whoever became its administrator included, and the file. */
export const runOf = (file: string, env: NodeJS.ProcessEnv): string =>
  `${env['SUDO_USER'] || account()}@${hostname()}, ${file}`

function account(): string {
  try {
    return userInfo().username
  } catch {
    // In a container the number may have no name.
    return `uid ${String(process.getuid?.())}`
  }
}

/** One line a notice, as the file has it. */
export const noticeLine = ({ procedure, office, status, from, to }: ServiceNotice): string =>
  [procedure ?? office, status, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ')

/** What was said of the services from each change on, the oldest first. */
export function changeLines(changes: readonly ServiceChange[]): string[] {
  if (changes.length === 0) return ['Nessun cambiamento annotato.']
  return changes.flatMap(({ at, by, services }) => [
    `${formatDateTime(at)}  ${by}`,
    ...(services.length === 0
      ? ['  nessun avviso: i servizi sono aperti']
      : services.map((notice) => `  ${noticeLine(notice)}: ${notice.reason}`)),
  ])
}
