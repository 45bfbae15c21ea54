import type { BundleIndex } from '../server/bundles/bundle.ts'
import type { Trust } from '../server/signing/trust.ts'
import { DerError } from '../server/shared/asn1/der.ts'
import { PdfError } from '../server/pdf/value.ts'
import type { Source } from '../server/shared/source.ts'
import { isBundle, openArchive } from './archive-check.ts'
import { judged, type Check, type Opened, type Outcome } from './check.ts'
import { checkDocuments } from './document-check.ts'
import { checkCompleteness, checkHistory } from './history-check.ts'
import { checkFiles, readIndex } from './index-check.ts'
import { checkRegister, registeredDocuments } from './register-check.ts'
import { checkSeal } from './seal-check.ts'

export type BundleReport = Readonly<{
  /** The words of EN 319 102-1, for the whole bundle. */
  verdict: 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED' | 'unreadable'
  /** In one Italian sentence. */
  sentence: string
  /** What the bundle says of itself; believe it only as far as `verdict` goes. */
  about: Pick<BundleIndex, 'municipality' | 'filing' | 'createdAt' | 'audience'> | null
  sealedBy: Readonly<{ name: string; issuer: string | null; sha256: string | null }> | null
  checks: readonly Check[]
}>

/** Checks a filing's bundle, offline and without the platform: everything in it is counted and verified anew. */
export function checkBundle(source: Source, trust: Trust): BundleReport {
  try {
    return checkOpened(source, trust)
  } catch (error) {
    if (!(error instanceof DerError) && !(error instanceof PdfError)) throw error
    return unreadable('Il file non è un archivio ZIP che si possa leggere.')
  }
}

function checkOpened(source: Source, trust: Trust): BundleReport {
  const archive = openArchive(source)
  if (!isBundle(archive))
    return unreadable('Il file non è il fascicolo di una pratica: mancano l’indice o il suo sigillo.')
  const first = judged('archive', 'Archivio', archive.defects, 'Ogni file ha un solo nome e un solo posto.')
  const { check: sealed, seal } = checkSeal({ files: archive.files, trust })
  const index = readIndex(archive.files)
  if (typeof index === 'string') return concluded([first, sealed, judged('index', 'Indice', [index], '')], null, seal)
  const opened: Opened = { index, files: archive.files, trust }
  const checks = [
    first,
    sealed,
    checkFiles(opened),
    checkHistory(opened),
    checkRegister(opened),
    checkCompleteness(opened, registeredDocuments(opened)),
    checkDocuments(opened),
  ]
  return concluded(checks, index, seal)
}

function concluded(
  checks: readonly Check[],
  index: BundleIndex | null,
  seal: ReturnType<typeof checkSeal>['seal'],
): BundleReport {
  const outcomes = new Set(checks.map(({ outcome }) => outcome))
  const worst: Outcome = outcomes.has('failed') ? 'failed' : outcomes.has('unknown') ? 'unknown' : 'passed'
  const { verdict, sentence } = CONCLUSIONS[worst]
  const by = seal?.signedBy
  return {
    verdict,
    sentence,
    about: index && {
      municipality: index.municipality,
      filing: index.filing,
      createdAt: index.createdAt,
      audience: index.audience,
    },
    sealedBy: by ? { name: by.name, issuer: by.issuer ?? null, sha256: by.sha256 ?? null } : null,
    checks,
  }
}

const CONCLUSIONS: Readonly<Record<Outcome, Pick<BundleReport, 'verdict' | 'sentence'>>> = {
  passed: {
    verdict: 'TOTAL-PASSED',
    sentence: 'Il fascicolo è integro e completo, e il sigillo è di chi dichiara di averlo fatto.',
  },
  unknown: {
    verdict: 'INDETERMINATE',
    sentence: 'Il fascicolo è integro, ma resta da accertare chi lo ha sigillato.',
  },
  failed: { verdict: 'TOTAL-FAILED', sentence: 'Il fascicolo è stato alterato o non è completo: non fidarti.' },
}

const unreadable = (sentence: string): BundleReport => ({
  verdict: 'unreadable',
  sentence,
  about: null,
  sealedBy: null,
  checks: [],
})
