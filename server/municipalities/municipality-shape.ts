/** A value in a municipality's configuration, as a JSON Schema (2020-12) says it. */
export type Shape = Readonly<{
  type?: 'string' | 'integer' | 'array' | 'object'
  pattern?: string
  enum?: readonly string[]
  items?: Shape
  properties?: Readonly<Record<string, Shape>>
  required?: readonly string[]
  additionalProperties?: false
}>

type Fields = Readonly<Record<string, Shape>>

export const text: Shape = { type: 'string', pattern: '\\S' }
/** What may be left out; an empty text says that there is none, too. */
export const maybeText: Shape = { type: 'string' }
export const list = (items: Shape): Shape => ({ type: 'array', items })

/** An object with these fields and no other: a name that is mistyped would be a setting that nobody obeys. */
export const record = (needed: Fields, possible: Fields = {}): Shape => ({
  type: 'object',
  properties: { ...needed, ...possible },
  required: Object.keys(needed),
  additionalProperties: false,
})

const address = record({ street: text, postalCode: text, city: text, province: text })

const office = record(
  {
    id: text,
    name: text,
    address,
    email: text,
    pec: text,
    phone: text,
    hours: text,
    responsible: record({ name: text, role: text }),
  },
  { ipaUnit: maybeText },
)

const notice = record({ status: text, reason: text }, { procedure: text, office: text, from: text, to: text })

const spid = record(
  { profile: text, vat: text, cf: text, phone: text, email: text, website: text },
  { ipaCode: maybeText, validationCertificate: maybeText },
)

/** The fields of a `Municipality`: whoever reads its file checks them by this, and the database keeps no others. */
export const MUNICIPALITY_SHAPE = record(
  {
    id: text,
    name: text,
    ipaCode: text,
    aooCode: text,
    aooName: text,
    registerCode: text,
    belfiore: text,
    istatCode: text,
    cf: text,
    hosts: list(text),
    address,
    phone: text,
    email: text,
    pec: text,
    website: text,
    tagline: text,
    region: text,
    patron: record({ day: text, name: text }),
    offices: list(office),
    substitute: record({ name: text, role: text, pec: text }),
    dataProtectionOfficer: record({ name: text, email: text }),
    accessibilityUrl: text,
  },
  {
    vat: maybeText,
    publicAddress: maybeText,
    services: list(notice),
    residents: { type: 'integer' },
    consultationMonths: { type: 'integer' },
    union: record({ id: text, name: text }, { spid }),
  },
)
