/** Every expected failure has a code; the code decides the HTTP status and the page a person sees. */
const STATUS = {
  BAD_REQUEST: 400,
  NOT_LOGGED_IN: 401,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  GONE: 410,
  TOO_LARGE: 413,
  UNSUPPORTED_TYPE: 415,
  INVALID_INPUT: 422,
  TOO_MANY_REQUESTS: 429,
  UPSTREAM_UNAVAILABLE: 503,
} as const

export type ErrorCode = keyof typeof STATUS

export const statusOf = (code: ErrorCode): number => STATUS[code]

type Details = {
  /** One Italian sentence for the person: what happened and what to do. Without it the page uses the code's own text. */
  explanation?: string
  /** Heading of its page, where that of its code would be wrong. */
  heading?: string
  cause?: unknown
} & Record<string, unknown>

/**
 * A failure that we foresee. `message` is English, for the log, and carries no personal data.
 * Anything else that is thrown is a defect: the one handler logs it as an error and answers 500.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly explanation: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, { explanation, cause, ...details }: Details = {}) {
    super(message, { cause })
    this.code = code
    this.explanation = explanation
    this.details = details
  }

  get status(): number {
    return statusOf(this.code)
  }
}
