import { readCertificateFile } from '../../server/certificates/certificate-files.ts'
import type { Certificate } from '../../server/certificates/certificate.ts'
import { memorySource } from '../../server/shared/source.ts'
import { checkBundle, type BundleReport } from '../bundle-check.ts'
import { Buffer } from './buffer.ts'

/** The page that checks a bundle where it is dropped. No file leaves it: its policy allows no connection at all. */

const bundleInput = part('bundle', HTMLInputElement)
const anchorInput = part('anchors', HTMLInputElement)
const report = part('report', HTMLElement)
let dropped: File | undefined

function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`The page has no ${id}`)
  return element
}

async function check(): Promise<void> {
  const file = dropped ?? bundleInput.files?.[0]
  if (!file) return
  report.replaceChildren(made('p', 'Verifica in corso…'))
  // Lets the browser show the line before the work, which holds it up.
  await new Promise((resume) => setTimeout(resume, 50))
  try {
    const anchors = await certificates()
    const source = memorySource(new Uint8Array(await file.arrayBuffer()))
    const trust = { at: new Date(), anchors, intermediates: [], evidence: null, registeredAt: null, missing: [] }
    report.replaceChildren(...reportOf(file.name, checkBundle(source, trust)))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    report.replaceChildren(box('failed', 'Verifica non riuscita', [`Il file non si può leggere: ${message}`]))
  }
}

async function certificates(): Promise<Certificate[]> {
  const files = [...(anchorInput.files ?? [])]
  const contents = await Promise.all(files.map((file) => file.arrayBuffer()))
  return contents.flatMap((content) => readCertificateFile(Buffer.from(content)))
}

const TITLES: Readonly<Record<BundleReport['verdict'], readonly ['passed' | 'unknown' | 'failed', string]>> = {
  'TOTAL-PASSED': ['passed', 'Integro e autentico'],
  INDETERMINATE: ['unknown', 'Integro, da confermare'],
  'TOTAL-FAILED': ['failed', 'Alterato o incompleto'],
  unreadable: ['failed', 'Non leggibile'],
}
const MARKS = { passed: 'Superato', unknown: 'Da confermare', failed: 'Non superato' } as const

function reportOf(name: string, { verdict, sentence, about, sealedBy, checks }: BundleReport): HTMLElement[] {
  const [tone, title] = TITLES[verdict]
  const facts: [string, string][] = [['File', name]]
  if (about) {
    facts.push(['Ente', about.municipality.name], ['Procedimento', about.filing.procedure])
    facts.push(['Protocollo', `${String(about.filing.protocol.number).padStart(7, '0')}/${about.filing.protocol.year}`])
  }
  if (sealedBy)
    facts.push(['Sigillato da', sealedBy.name], ['Impronta del certificato', sealedBy.sha256 ?? 'non leggibile'])
  const list = document.createElement('dl')
  list.append(...facts.flatMap(([label, value]) => [made('dt', label), made('dd', value)]))
  const head = box(tone, title, [sentence])
  head.append(list)
  const details = document.createElement('ol')
  details.append(
    ...checks.map(({ title: text, outcome, details: lines }) => {
      const item = document.createElement('li')
      const heading = made('h2', '')
      heading.append(made('span', MARKS[outcome], `mark mark-${outcome}`), text)
      const reasons = document.createElement('ul')
      reasons.append(...lines.map((line) => made('li', line)))
      item.append(heading, reasons)
      return item
    }),
  )
  return [head, details]
}

function box(tone: string, title: string, lines: readonly string[]): HTMLElement {
  const element = made('div', '', `verdict ${tone}`)
  element.append(made('h2', title), ...lines.map((line) => made('p', line)))
  return element
}

/** Text only: whatever a bundle says is never markup. */
function made(name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name)
  if (className) element.className = className
  element.textContent = text
  return element
}

const drop = part('drop', HTMLElement)
const start = (): void => void check()
bundleInput.addEventListener('change', () => {
  dropped = undefined
  start()
})
anchorInput.addEventListener('change', start)
part('form', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault())
drop.addEventListener('dragover', (event) => event.preventDefault())
drop.addEventListener('drop', (event) => {
  event.preventDefault()
  dropped = event.dataTransfer?.files[0]
  start()
})
