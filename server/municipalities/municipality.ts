export type Address = Readonly<{ street: string, postalCode: string, city: string, province: string }>

export type Office = Readonly<{
  id: string
  name: string
  /** Six characters of the public index (IPA) for the organisational unit, if it has one. */
  ipaUnit?: string
  address: Address
  email: string
  pec: string
  phone: string
  hours: string
  /** Responsible for the procedures of this office (L. 241/1990 art. 5). */
  responsible: Readonly<{ name: string, role: string }>
}>

/** A tenant. Everything here is configuration that the municipality changes without touching code. */
export type Municipality = Readonly<{
  id: string
  /** `Comune di Vallechiara` */
  name: string
  ipaCode: string
  aooCode: string
  aooName: string
  registerCode: string
  belfiore: string
  istatCode: string
  cf: string
  vat?: string
  hosts: readonly string[]
  address: Address
  phone: string
  email: string
  pec: string
  website: string
  tagline: string
  region: string
  /** `MM-DD`; closes the offices, does not move legal terms (protocol-and-procedure.md §3.2). */
  patron: Readonly<{ day: string, name: string }>
  offices: readonly Office[]
  /** Who concludes in the place of an inert office (L. 241/1990 art. 2 c. 9-bis). */
  substitute: Readonly<{ name: string, role: string, pec: string }>
  dataProtectionOfficer: Readonly<{ name: string, email: string }>
  /** AgID's accessibility declaration, an address on form.agid.gov.it. */
  accessibilityUrl: string
}>

export function officeOf(municipality: Municipality, id: string): Office {
  const office = municipality.offices.find((candidate) => candidate.id === id)
  if (!office) throw new Error(`Office ${id} is not configured for ${municipality.id}`)
  return office
}
