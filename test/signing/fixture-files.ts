import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertificateFile } from '../../server/certificates/certificate-files.ts'

/** Files that another producer made, and what to judge them by: its authority (`ca.pem`), and a time at which its certificates are valid. */
export function filesOf(producer: string) {
  const read = (name: string): Buffer => readFileSync(join('test', 'signing', 'fixtures', producer, name))
  return { read, known: { anchors: readCertificateFile(read('ca.pem')), at: new Date('2026-12-01T00:00:00Z') } }
}
