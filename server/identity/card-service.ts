import type { CardProblem, CheckCard, PresentedCard } from './card.ts'
import { loginOfCard } from './card.ts'
import { fingerprint } from './login-attempt.ts'
import type { LoginAttemptStore } from './login-attempt-store.ts'
import type { Wishes } from './login-request.ts'
import type { Login } from './person.ts'

/** To find the card, put it into the reader and type the PIN. */
const CARD_MS = 10 * 60_000
/** From one address to the other: a redirect. */
const HANDOVER_MS = 60_000

type Waiting = Readonly<{ /** Where the browser goes back to, without final slash. */ origin: string }>
type Handover = Readonly<{ login: Login | null; problem: CardProblem | null }>

type Deps = Readonly<{
  attempts: LoginAttemptStore
  check: CheckCard
  now: () => Date
  /** A random text of at least 192 bits that is safe in addresses. */
  secret: () => string
}>

type CardStart = Readonly<{
  browser: string
  organization: string
  origin: string
  wishes: Wishes
  sessionId: string | undefined
}>

type CardOutcome = Readonly<{ wishes: Wishes; sessionId: string | undefined }> &
  (Readonly<{ kind: 'login'; login: Login }> | Readonly<{ kind: 'refused'; problem: CardProblem }>)

export type CardService = ReturnType<typeof createCardService>

/**
 * Logging in with a CNS in three steps, because cards are asked for at an address of its own (spid-cie.md §10): the
 * visitor's browser begins here, shows its card there, and brings back a code. Code and beginning must meet in one browser.
 */
export function createCardService({ attempts, check, now, secret }: Deps) {
  const after = (ms: number): Date => new Date(now().getTime() + ms)

  /** Registers the attempt; the text returned goes to the address where cards are asked for. */
  async function begin({ browser, origin, ...start }: CardStart): Promise<string> {
    const id = secret()
    const detail: Waiting = { origin }
    const attempt = { ...start, id: fingerprint(id), kind: 'cns', browser: fingerprint(browser), detail } as const
    await attempts.save({ ...attempt, expiresAt: after(CARD_MS) })
    return id
  }

  /** Judges the card, and returns where the browser goes with the result; undefined when nobody waits for it. */
  async function present(id: string, card: PresentedCard | undefined): Promise<string | undefined> {
    const attempt = await attempts.claim<Waiting>({ id: fingerprint(id), kind: 'cns', now: now() })
    if (!attempt || !('origin' in attempt.detail)) return undefined
    const code = secret()
    const result = await judge(card)
    const detail: Handover =
      typeof result === 'string' ? { login: null, problem: result } : { login: result, problem: null }
    await attempts.save({ ...attempt, id: fingerprint(code), detail, expiresAt: after(HANDOVER_MS) })
    return `${attempt.detail.origin}/accesso/cns/ritorno?codice=${code}`
  }

  async function judge(card: PresentedCard | undefined): Promise<Login | CardProblem> {
    if (!card) return 'no-card'
    const verdict = await check(card.chain)
    if (verdict.kind === 'refused') return verdict.defect
    return card.distrusted ? 'unknown-authority' : loginOfCard(verdict.certificate, now())
  }

  /** The result, once, for the browser that began; undefined for any other. */
  async function complete(
    code: string,
    browser: string | undefined,
    organization: string,
  ): Promise<CardOutcome | undefined> {
    if (browser === undefined) return undefined
    const key = { id: fingerprint(code), kind: 'cns', browser: fingerprint(browser), now: now() } as const
    const attempt = await attempts.claim<Partial<Handover>>(key)
    if (attempt?.organization !== organization) return undefined
    const { wishes, sessionId, detail } = attempt
    if (detail.login) return { kind: 'login', login: detail.login, wishes, sessionId }
    return detail.problem ? { kind: 'refused', problem: detail.problem, wishes, sessionId } : undefined
  }

  return { begin, present, complete }
}
