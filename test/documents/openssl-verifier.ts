import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { SignatureVerifier } from '../../server/documents/index.ts'
import type { Verification } from '../../server/signing/index.ts'

/** OpenSSL as the verifier, enough for what this room asks of one: does the file open, and is it signed. */
export const opensslVerifier: SignatureVerifier = {
  async verify(bytes, name) {
    if (bytes[0] !== 0x30) return report(bytes, name, 'not-signed')
    try {
      const inner = execFileSync('openssl', ['cms', '-verify', '-noverify', '-inform', 'DER', '-binary'], {
        input: bytes,
        stdio: 'pipe',
      })
      return report(inner, name, 'INDETERMINATE')
    } catch {
      return report(bytes, name, 'unreadable')
    }
  },
}

const report = (content: Uint8Array, file: string, verdict: Verification['verdict']): Verification => ({
  file,
  format: verdict === 'INDETERMINATE' ? 'CAdES' : 'other',
  verdict,
  signatures: [],
  content: { size: content.length, sha256: createHash('sha256').update(content).digest('hex') },
  errors: [],
  warnings: [],
  validatedAt: '2026-11-02T09:00:00.000Z',
})
