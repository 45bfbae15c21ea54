import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueCrl, toPem } from '../../server/certificates/certificate-builder.ts'
import { program } from '../support/program.ts'
import { file, folder, p7m } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { authority, later, otherAuthority, signer } from './pki.ts'

type Line = Readonly<{
  file: string
  format: string
  verdict: string
  signatures: readonly Record<string, unknown>[]
  content: Record<string, unknown> | null
}>

type Outcome = Readonly<{ status: number | null; lines: Line[]; errors: string }>

const ours = program('server/signing/verify-command.ts')

/** The program that `npm run verify` runs, without npm, which takes longer than most of what is verified here. */
const command = (...words: string[]): Outcome => outcomeOf(process.execPath, [...ours, ...words])

function outcomeOf(file: string, words: readonly string[], cwd = process.cwd()): Outcome {
  const { status, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8', cwd })
  const lines = stdout.split('\n').filter(Boolean)
  return { status, lines: lines.map((line) => JSON.parse(line) as Line), errors: stderr }
}

describe('npm run verify', () => {
  const mario = signer()
  const anchor = file(toPem(authority.certificate), '.pem')
  const good = file(p7m({ signers: [mario], content: Buffer.from('ciao') }), '.txt.p7m')
  const bad = file(Buffer.concat([p7m({ signers: [mario] }), Buffer.from('x')]), '.p7m')

  it('prints one object a line, with the fields that others rely on, and ends with the worst status', () => {
    const words = [good, bad, file(pdf(), '.pdf'), '/nessuno.p7m', '--anchor', anchor, '--no-revocation']
    const { status, lines } = outcomeOf('npm', ['run', '--silent', 'verify', '--', ...words])
    expect(lines.map(({ verdict }) => verdict)).to.deep.equal([
      'TOTAL-PASSED',
      'TOTAL-FAILED',
      'not-signed',
      'unreadable',
    ])
    expect(status).to.equal(4)
    expect(lines[0]).to.include({ file: good, format: 'CAdES' })
    expect(lines[0]?.content).to.include({ size: 4 })
    expect(lines[0]?.signatures[0]).to.include.keys(
      'indication',
      'level',
      'qualification',
      'signedBy',
      'signingTime',
      'digestIntact',
      'signatureValid',
      'coversWholeDocument',
      'docMdp',
      'modifications',
      'timestamps',
      'errors',
    )
  })

  it('describes the layer inside, and says why', () => {
    const nested = file(
      p7m({ signers: [mario], content: p7m({ signers: [signer({ issuer: otherAuthority })] }) }),
      '.p7m',
    )
    const { status, lines } = command(nested, '--anchor', anchor, '--no-revocation')
    expect(status, 'the outer layer decides').to.equal(0)
    const [{ content } = { content: null }] = lines
    expect(content)
      .to.have.property('sha256')
      .that.matches(/^[0-9a-f]{64}$/)
    expect(content).to.have.nested.property('nested.signatures[0].subIndication', 'NO_CERTIFICATE_CHAIN_FOUND')
    expect(command(bad, '--anchor', anchor, '--no-revocation').status).to.equal(2)
  })

  it('without any option uses the trust of the installation', () => {
    const installation = mkdtempSync(join(folder, 'installation-'))
    mkdirSync(join(installation, 'certs', 'trust'), { recursive: true })
    const verdict = () =>
      outcomeOf(process.execPath, [...ours, good, '--no-revocation'], installation).lines[0]?.verdict
    expect(verdict()).to.equal('INDETERMINATE')
    writeFileSync(join(installation, 'certs', 'trust', 'ca.pem'), toPem(authority.certificate))
    expect(verdict()).to.equal('TOTAL-PASSED')
  })

  it('takes lists of revocation, a time and a detached file', () => {
    const crl = file(
      issueCrl(authority, {
        thisUpdate: later(-1),
        nextUpdate: later(9),
        revoked: [{ certificate: mario.certificate, at: later(-3) }],
      }),
      '.crl',
    )
    expect(command(good, '--anchor', anchor, '--crl', crl))
      .to.deep.include({ status: 1 })
      .and.to.have.nested.property('lines[0].signatures[0].subIndication', 'REVOKED_NO_POE')
    expect(command(good, '--anchor', anchor, '--crl', crl, '--at', later(-5).toISOString())).to.include({ status: 0 })
    const detached = file(p7m({ signers: [mario], content: Buffer.from('ciao'), detached: true }), '.p7s')
    expect(command(detached, '--anchor', anchor, '--no-revocation', '--detached', file('ciao'))).to.include({
      status: 0,
    })
  })

  it('says how it is used', () => {
    expect(command('--nuovo'))
      .to.deep.include({ status: 64, lines: [] })
      .and.have.property('errors')
      .that.includes('Usage:')
  })
})
