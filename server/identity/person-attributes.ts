import { AppError } from '../errors.ts'
import { isIsoDate } from '../shared/dates.ts'
import type { Person } from './person.ts'
import type { SamlScheme } from './service-provider.ts'

/** Sixteen characters, digits possibly replaced by letters (omocodia), or the eleven digits of a provisional code. */
const TAX_CODE = /^([A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]|\d{11})$/

/**
 * The person that verified attributes describe (names of spid-cie.md §6.1). `attributes` holds only non-empty values.
 * Throws NOT_ALLOWED when the tax code is malformed: it is the key of everything a person owns here.
 */
export function personOf(scheme: SamlScheme, attributes: ReadonlyMap<string, string>): Person {
  const value = (name: string) => attributes.get(name)
  const cf = taxCode(value('fiscalNumber'))
  const spidCode = value('spidCode')
  const key = cf ?? (spidCode === undefined ? undefined : `${scheme}:${spidCode}`)
  if (key === undefined) throw new AppError('NOT_ALLOWED', 'Assertion identifies nobody')
  const dateOfBirth = value('dateOfBirth')
  const gender = value('gender')
  return present<Person>({
    key,
    cf,
    givenName: value('name') ?? '',
    familyName: value('familyName') ?? '',
    spidCode,
    dateOfBirth: dateOfBirth !== undefined && isIsoDate(dateOfBirth) ? dateOfBirth : undefined,
    placeOfBirth: value('placeOfBirth'),
    countyOfBirth: value('countyOfBirth'),
    gender: gender === 'F' || gender === 'M' ? gender : undefined,
    email: value('email'),
    pec: value('digitalAddress'),
    mobile: value('mobilePhone'),
    domicile: domicileOf(value),
    company: companyOf(value),
  })
}

type Value = (name: string) => string | undefined

/** `TINIT-` before an Italian tax code; `null` when there is none (foreign persons through eIDAS). */
function taxCode(text: string | undefined): string | null {
  if (text === undefined) return null
  const code = text.toUpperCase().replace(/^TINIT-/, '')
  if (!TAX_CODE.test(code)) throw new AppError('NOT_ALLOWED', 'Assertion with a malformed tax code')
  return code
}

function domicileOf(value: Value): Person['domicile'] {
  const street = value('domicileStreetAddress')
  if (street === undefined) return undefined
  return {
    street,
    postalCode: value('domicilePostalCode') ?? '',
    municipality: value('domicileMunicipality') ?? '',
    province: value('domicileProvince') ?? '',
    nation: value('domicileNation') ?? '',
  }
}

/** Professional and legal-person identities carry the company (AgID Avviso 18 v2). */
function companyOf(value: Value): Person['company'] {
  const name = value('companyName')
  if (name === undefined) return undefined
  return present<NonNullable<Person['company']>>({
    name,
    cf: value('companyFiscalNumber')?.replace(/^TINIT-/i, ''),
    vat: value('ivaCode')?.replace(/^VATIT-/i, ''),
    registeredOffice: value('registeredOffice'),
  })
}

type Optional<T> = { [K in keyof T]: T[K] | undefined }

/** Absent attributes are absent, not `undefined`: the person is stored and compared. */
function present<T>(fields: Optional<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)) as T
}
