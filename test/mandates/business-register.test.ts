import { expect } from 'chai'
import type { AppError } from '../../server/errors.ts'
import { createBusinessRegister, standingOf } from '../../server/mandates/index.ts'
import { readDemonstration } from '../../setup/demonstration.ts'
import { startBusinessRegister, type RunningBusinessRegister } from '../support/business-register.ts'

const BOTTEGA = '99000200016'
const PAOLO = 'FRRPLA70M19L117N'
const GIULIA = 'CNTGLI85H54G478Q'

describe('the business register', () => {
  const { companies } = readDemonstration(process.cwd())
  let counterpart: RunningBusinessRegister
  const register = (change: object = {}) => createBusinessRegister({ ...counterpart, ...change })
  const codeOf = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as AppError).code)

  before(async () => {
    counterpart = await startBusinessRegister(companies)
  })
  afterEach(() => counterpart.misbehave(null))
  after(() => counterpart.stop())

  it('says who a company is and who acts for it', async () => {
    const company = await register().find(BOTTEGA)
    expect(company).to.deep.include({ cf: BOTTEGA, name: 'Bottega Ferri S.r.l.', status: 'active' })
    expect(standingOf(company, PAOLO)).to.deep.include({ kind: 'represents', role: 'Amministratore unico' })
    expect(standingOf(company, GIULIA), 'a partner without powers').to.include({ kind: 'does-not-represent' })
    expect(standingOf(company, null), 'a person without a tax code').to.include({ kind: 'does-not-represent' })
  })

  it('knows no company with another code', async () => {
    expect(standingOf(await register().find('99000100018'), PAOLO)).to.deep.equal({ kind: 'not-registered' })
  })

  it('gives nobody the powers of a company that ceased', async () => {
    const ceased = companies.find(({ stato }) => stato === 'CESSATA')?.codiceFiscale ?? ''
    expect(standingOf(await register().find(ceased), 'RNLMRC81C02D653D')).to.include({ kind: 'ceased' })
  })

  const other = companies.find(({ codiceFiscale }) => codiceFiscale !== BOTTEGA)
  const wrong: [what: string, Parameters<RunningBusinessRegister['misbehave']>[0]][] = [
    ['is silent', 'silence'],
    ['fails', { status: 500, body: '{}' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers half of it', { status: 200, body: JSON.stringify({ codiceFiscale: BOTTEGA }) }],
    ['answers for another company', { status: 200, body: JSON.stringify(other) }],
  ]
  for (const [what, answer] of wrong) {
    it(`counts as unavailable when it ${what}`, async () => {
      counterpart.misbehave(answer)
      // Only who waits for nothing waits so briefly: a busy machine may be slower than that.
      const asked = register(answer === 'silence' ? { timeout: 300 } : {})
      expect(await codeOf(asked.find(BOTTEGA))).to.equal('UPSTREAM_UNAVAILABLE')
    })
  }

  it('counts as unavailable when it refuses our voucher, is not there, or is not configured', async () => {
    expect(await codeOf(register({ token: 'altro' }).find(BOTTEGA))).to.equal('UPSTREAM_UNAVAILABLE')
    expect(await codeOf(register({ address: 'http://127.0.0.1:9' }).find(BOTTEGA))).to.equal('UPSTREAM_UNAVAILABLE')
    expect(await codeOf(register({ address: '' }).find(BOTTEGA))).to.equal('UPSTREAM_UNAVAILABLE')
  })
})
