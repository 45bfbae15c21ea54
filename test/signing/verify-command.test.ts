import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { issueCrl, toPem } from '../../server/signing/certificate-builder.ts'
import { file, p7m } from './openssl.ts'
import { pdf } from './pdf-maker.ts'
import { authority, later, signer } from './pki.ts'

type Line = Readonly<{
  file: string
  format: string
  verdict: string
  signatures: readonly Record<string, unknown>[]
  content: Record<string, unknown> | null
}>

function command(...words: string[]): { status: number | null; lines: Line[]; errors: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'verify', '--', ...words], {
    encoding: 'utf8',
  })
  return {
    status,
    lines: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line),
    errors: stderr,
  }
}

describe('npm run verify', () => {
  const mario = signer()
  const anchor = file(toPem(authority.certificate), '.pem')
  const good = file(p7m({ signers: [mario], content: Buffer.from('ciao') }), '.txt.p7m')
  const bad = file(Buffer.concat([p7m({ signers: [mario] }), Buffer.from('x')]), '.p7m')

  it('prints one object a line, with the fields that others rely on, and ends with the worst status', () => {
    const { status, lines } = command(
      good,
      bad,
      file(pdf(), '.pdf'),
      '/nessuno.p7m',
      '--anchor',
      anchor,
      '--no-revocation',
    )
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
