import { AppError } from '../errors.ts'
import type { Level, Login } from '../identity/index.ts'

/** Asks for a stronger login where the procedure wants one; the person continues where they were. */
export function assertLevel(login: Login | undefined, level: Level): void {
  if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Level ${level} needed`, { level })
}
