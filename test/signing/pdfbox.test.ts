import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import { check } from './pki.ts'

const read = (name: string): Buffer => readFileSync(join('test', 'signing', 'fixtures', 'pdfbox', name))
const known = {
  anchors: readCertificateFile(readFileSync(join('test', 'signing', 'fixtures', 'bouncycastle', 'ca.pem'))),
  at: new Date('2026-12-01T00:00:00Z'),
}
const ok = 'TOTAL-PASSED'
const failed = 'TOTAL-FAILED/FORMAT_FAILURE'
const always = [failed, failed, failed, failed]

/** What the first signature is worth after the update: without certification, then under P 1, 2 and 3 (signatures-and-pdf.md §11.1). */
const ROWS: Record<string, readonly (string | null)[]> = {
  field: [ok, failed, ok, ok],
  box: [ok, failed, ok, ok],
  note: [ok, failed, failed, ok],
  'text-box': [ok, failed, failed, ok],
  title: [ok, ok, ok, ok],
  // DSS refuses to sign under P 1.
  signature: [ok, null, ok, ok],
  'page-text': always,
  'other-content': always,
  'page-added': always,
  'page-removed': always,
  outline: always,
  script: always,
  attachment: always,
}

describe('files certified by EU DSS and changed by PDFBox', () => {
  const first = (bytes: Buffer) => {
    const { verdict, signatures } = check(bytes, 'a.pdf', known)
    const report = signatures[0]
    return { verdict, report, judged: [report?.indication, report?.subIndication].filter(Boolean).join('/') }
  }

  for (const permission of [0, 1, 2, 3]) {
    it(`are good as they are, ${permission === 0 ? 'not certified' : `certified with P=${permission}`}`, () => {
      const { verdict, report } = first(read(`p${permission}.pdf`))
      expect(verdict).to.equal(ok)
      expect(report).to.include({ docMdp: permission === 0 ? null : permission, coversWholeDocument: true })
    })

    for (const [change, expected] of Object.entries(ROWS)) {
      const wanted = expected[permission]
      if (!wanted) continue
      it(`${change} under P=${permission} is ${wanted}`, () => {
        const { verdict, report, judged } = first(
          Buffer.concat([read(`p${permission}.pdf`), read(`p${permission}-${change}.update`)]),
        )
        expect(judged).to.equal(wanted)
        expect(report).to.include({ coversWholeDocument: false, signatureValid: true, digestIntact: true })
        expect(report?.modifications).not.to.have.length(0)
        if (wanted === failed) expect(verdict).to.equal('TOTAL-FAILED')
      })
    }
  }
})
