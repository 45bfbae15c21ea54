import { destination, pino, type DestinationStream, type Logger } from 'pino'

/** The log of a process: JSON lines on the standard output, without the name of the machine. */
export const createLog = (level: string, to: DestinationStream = standardOutput()): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: described } }, to)

/** Characters of lines that wait for room; later ones are lost. */
const MOST_WAITING = 1 << 20

/**
 * Whoever cannot write a line, because the disk of the log is full, goes on serving and writes it with the next one. By itself pino would
 * let the process end, and at the end try for ever: neither serving nor started anew.
 */
function standardOutput(): DestinationStream {
  const output = destination({ dest: process.stdout.fd, maxLength: MOST_WAITING })
  const flush = output.flushSync.bind(output)
  let isFull = false
  output.on('error', () => (isFull = true))
  output.on('write', () => (isFull = false))
  output.flushSync = () => {
    if (!isFull) flush()
  }
  return output
}

/**
 * What the log says of a failure: name, message, stack, code and cause. Not whatever else hangs on it, which pino would add:
 * the database's driver attaches the key that exists already, a mail server the address that it refused, and both may be
 * personal.
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
