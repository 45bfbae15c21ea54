import { AppError } from '../errors.ts'
import { isCodiceFiscale } from '../shared/italian/index.ts'
import type { Level, Login } from './person.ts'

/** How a municipality's staff log in with its own directory (OpenID Connect), as its file in STAFF_DIRECTORIES says. */
export type Directory = Readonly<{
  /** Address of the provider: where `/.well-known/openid-configuration` is. */
  issuer: string
  clientId: string
  clientSecret: string
  /** Claim of the ID token that holds the tax code. */
  taxCodeClaim: string
  /** What each `acr` value is worth; others count by `amr`. */
  levels: Readonly<Record<string, Level>>
  /** What people call their account. */
  name: string
}>

/** Reads a municipality's file. Throws an Error that says what is wrong with it. */
export function parseDirectory(text: string): Directory {
  const source = JSON.parse(text) as Partial<Record<keyof Directory, unknown>>
  const needed = (name: 'issuer' | 'clientId' | 'clientSecret'): string => {
    const value = source[name]
    if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`)
    return value
  }
  const issuer = needed('issuer')
  if (!isSafe(issuer)) throw new Error('issuer must be an https address')
  const { taxCodeClaim = 'fiscal_number', name = 'account del Comune', levels = {} } = source
  if (typeof taxCodeClaim !== 'string' || typeof name !== 'string') throw new Error('taxCodeClaim and name are texts')
  return {
    issuer,
    clientId: needed('clientId'),
    clientSecret: needed('clientSecret'),
    taxCodeClaim,
    name,
    levels: parseLevels(levels),
  }
}

function parseLevels(levels: unknown): Record<string, Level> {
  const entries = Object.entries(levels as object)
  if (entries.some(([, level]) => ![1, 2, 3].includes(level as number))) throw new Error('levels are 1, 2 or 3')
  return Object.fromEntries(entries)
}

/** Tokens travel over TLS; only a directory on this very machine may do without. */
const isSafe = (issuer: string): boolean =>
  URL.canParse(issuer) && (new URL(issuer).protocol === 'https:' || isOnThisMachine(issuer))

export const isOnThisMachine = (issuer: string): boolean =>
  ['localhost', '127.0.0.1'].includes(new URL(issuer).hostname)

/** Claims of an ID token that was checked. */
type Claims = Readonly<Record<string, unknown>>

/**
 * Who logged in and how safely. The account key is the tax code, so that a person who is both officer and citizen is one
 * and the conflict of interests shows (L. 241/1990 art. 6-bis). Throws NOT_ALLOWED when the token does not say enough.
 */
export function loginOfClaims(claims: Claims, { issuer, taxCodeClaim, levels }: Directory, at: Date): Login {
  const cf = textClaim(claims, taxCodeClaim)
    ?.replace(/^TINIT-/, '')
    .toUpperCase()
  const [givenName, familyName] = [textClaim(claims, 'given_name'), textClaim(claims, 'family_name')]
  if (cf === undefined || !isCodiceFiscale(cf)) throw incomplete(`no tax code in the claim ${taxCodeClaim}`)
  if (givenName === undefined || familyName === undefined) throw incomplete('no given_name or family_name')
  return {
    person: { key: cf, cf, givenName, familyName },
    scheme: 'oidc',
    level: levelOf(claims, levels),
    identityProvider: issuer,
    at,
    ...(typeof claims['jti'] === 'string' ? { assertionId: claims['jti'] } : {}),
  }
}

/** By `acr` where the file gives it a level; else by `amr` (RFC 8176), where only "several factors" says more than a password. */
function levelOf({ acr, amr }: Claims, levels: Directory['levels']): Level {
  const level = typeof acr === 'string' && Object.hasOwn(levels, acr) ? levels[acr] : undefined
  if (level !== undefined) return level
  return Array.isArray(amr) && amr.includes('mfa') ? 2 : 1
}

function textClaim(claims: Claims, name: string): string | undefined {
  const value = claims[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

const incomplete = (reason: string): AppError => new AppError('NOT_ALLOWED', `ID token is incomplete: ${reason}`)
