import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { municipalityDefects, type Municipality } from '../../server/municipalities/municipality.ts'
import { isCodiceFiscale, isPartitaIva } from '../../server/shared/italian/index.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(`setup/demo/${name}.json`, 'utf8'))

type Person = { id: string; label: string; profile: string; attributes: Record<string, string> }
type Officer = { cf: string; appointments: { role: string; office?: string }[] }

describe('the demonstration data', () => {
  const municipality = read('municipality') as Municipality
  const persons = read('persons') as Person[]
  const officers = read('officers') as Officer[]
  const cfOf = ({ attributes }: Person) => attributes['fiscalNumber']?.replace('TINIT-', '')

  it('is a municipality that can be used', () => expect(municipalityDefects(municipality)).to.deep.equal([]))

  for (const person of persons.filter((one) => cfOf(one) !== undefined)) {
    it(`${person.id} has a tax code that fits birth and sex`, () => {
      const { dateOfBirth = '', placeOfBirth = '', gender } = person.attributes
      const [year = '', month, day] = dateOfBirth.split('-')
      const codedDay = String(Number(day) + (gender === 'F' ? 40 : 0)).padStart(2, '0')
      const born = year.slice(2) + 'ABCDEHLMPRST'.charAt(Number(month) - 1) + codedDay + placeOfBirth
      // With letters for digits where two persons had the same code (omocodia).
      const digits = (letter: string) => String('LMNPQRSTUV'.indexOf(letter))
      const inDigits = (coded: string) => coded.replace(/[LMNP-V]/g, digits)
      const cf = cfOf(person) ?? ''
      expect(isCodiceFiscale(cf)).to.equal(true)
      expect(
        inDigits(cf.slice(6, 8)) +
          cf.charAt(8) +
          inDigits(cf.slice(9, 11)) +
          cf.charAt(11) +
          inDigits(cf.slice(12, 15)),
      ).to.equal(born)
    })
  }

  it('has persons apart: no name, code or identity twice', () => {
    for (const key of ['spidCode', 'fiscalNumber', 'email', 'mobilePhone']) {
      const values = persons.flatMap(({ attributes }) => attributes[key] ?? [])
      expect(new Set(values).size, key).to.equal(values.length)
    }
  })

  it('has the kinds of person that the journeys need', () => {
    expect(persons.filter((person) => cfOf(person) === undefined).map(({ id }) => id)).to.deep.equal([
      'klara-lindqvist',
    ])
    expect(persons.filter(({ attributes }) => attributes['placeOfBirth']?.startsWith('Z')).length).to.be.greaterThan(1)
    for (const profile of ['citizen', 'professional', 'legal-representative', 'officer'])
      expect(persons.map((person) => person.profile)).to.include(profile)
    for (const { attributes, profile } of persons.filter((person) =>
      ['professional', 'legal-representative'].includes(person.profile),
    )) {
      expect(isPartitaIva(attributes['ivaCode']?.replace('VATIT-', '') ?? ''), profile).to.equal(true)
    }
  })

  it('has officers who can log in, in every office, two of them in the same one', () => {
    const codes = persons.map(cfOf)
    expect(officers.filter(({ cf }) => !codes.includes(cf))).to.deep.equal([])
    const workers = officers.flatMap(({ appointments }) =>
      appointments.filter(({ role }) => role === 'specialist').map(({ office }) => office),
    )
    expect(new Set(workers)).to.deep.equal(new Set(municipality.offices.map(({ id }) => id)))
    expect(workers.filter((office) => office === 'anagrafe')).to.have.length(2)
    expect(officers.flatMap(({ appointments }) => appointments.map(({ role }) => role))).to.include.members([
      'desk-officer',
      'specialist',
      'protocol-officer',
      'head-of-office',
      'administrator',
      ...['info-point', 'auditor', 'data-protection-officer', 'union-administrator'],
    ])
  })
})
