import { pino, type DestinationStream, type Logger } from 'pino'

/** The log of a process: JSON lines on the standard output, without the name of the machine. */
export const createLog = (level: string, to?: DestinationStream): Logger => {
  const settings = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: described } }
  return to ? pino(settings, to) : pino(settings)
}

/**
 * What the log says of a failure: what it is and where, and the code of its maker. Not all that hangs on it, as pino would: the
 * database's driver adds the key that is there already, a mail server whom it refused, and both may be a tax code or an address.
 */
function described(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown }
  const { name, message, stack, cause } = thrown
  const code = 'code' in thrown ? thrown.code : undefined
  return {
    type: name,
    message: withoutKey(message),
    stack: withoutKey(stack ?? ''),
    ...(typeof code === 'number' || typeof code === 'string' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: described(cause) }),
  }
}

/** MongoDB puts the values of the key into its sentence (E11000). */
const withoutKey = (text: string): string => text.replaceAll(/dup key: \{[^\n]*\}/g, 'dup key')
