import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import handlebars from 'handlebars'
import type { Municipality } from '../municipalities/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { formatSize } from '../shared/file-size.ts'
import { type Submitted, eventTitle } from '../filings/index.ts'
import type { BundleFile, Withheld } from './bundle.ts'
import type { DisclosedPapers } from './disclosure.ts'

type Facts = Readonly<{
  municipality: Municipality
  filing: Submitted
  at: Date
  papers: DisclosedPapers
  /** What is in the bundle beside the page itself. */
  files: readonly BundleFile[]
}>

/** The page by which a person opens the bundle: no script, and every link leads to a file beside it. */
export function createBundlePages(root: string) {
  const read = (file: string) => readFileSync(join(root, 'templates', 'bundles', file), 'utf8')
  const page = handlebars.compile(read('index.hbs'))
  return { style: read('base.css') + read('stile.css'), index: (facts: Facts): string => page(indexPage(facts)) }
}

function indexPage({ municipality, filing, at, papers, files }: Facts) {
  return {
    municipality: municipality.name,
    procedure: filing.procedure.title,
    protocol: formatProtocol(filing.protocol),
    submittedAt: formatDateTime(filing.protocol.at),
    createdAt: formatDateTime(at),
    documents: documentsOf(files),
    entries: papers.entries.map((entry) => ({
      number: formatProtocol(entry),
      at: formatDateTime(entry.at),
      direction: { in: 'in entrata', out: 'in uscita', internal: 'interna' }[entry.direction],
      subject: entry.subject,
      links: files
        .filter(({ path }) => path.startsWith(registerPath(entry)))
        .map(({ path, role }) => ({ path, text: role === 'segnatura' ? 'segnatura' : 'registrazione' })),
    })),
    events: papers.events.map(({ type, at: when, by, hash }) => ({
      title: eventTitle(type),
      at: formatDateTime(when),
      by: by.kind === 'officer' || by.kind === 'citizen' ? String(by.name) : '',
      hash,
    })),
    withheld: papers.withheld.map(({ what, why }: Withheld) => ({ what, why })),
  }
}

/** Each document with the reports on its signatures. */
function documentsOf(files: readonly BundleFile[]) {
  return files
    .filter(({ role }) => role === 'document')
    .map(({ path, size, sha256, document }) => ({
      path,
      name: document?.name ?? path,
      size: formatSize(size),
      sha256,
      reports: files
        .filter(({ role, document: about }) => role !== 'document' && about?.id === document?.id)
        .map((report) => ({ path: report.path, text: report.role === 'etsi-report' ? 'ETSI (XML)' : 'JSON' })),
    }))
}

/** `registro/2026-0000012`, the beginning of the names of an entry's files. */
export const registerPath = ({ year, number }: { year: number; number: number }): string =>
  `registro/${year}-${String(number).padStart(7, '0')}`
