import { checkCms } from './check-cms.ts'
import { checkPdf } from './check-pdf.ts'
import { checkJpeg, checkPng, checkTiff } from './check-picture.ts'
import { checkXml } from './check-xml.ts'
import { checkZip } from './check-zip.ts'
import { JPEG, P7M, P7S, PDF, PNG, TIFF, XML, ZIP } from './media-type.ts'
import { windowed, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

const CHECKS: Readonly<Record<string, (source: ContentSource) => Promise<Defect | undefined>>> = {
  [PDF]: checkPdf,
  [P7M]: checkCms,
  [P7S]: checkCms,
  [JPEG]: checkJpeg,
  [PNG]: checkPng,
  [TIFF]: checkTiff,
  [XML]: checkXml,
}

/** What a stored file is in the end, and the defect for which it must be refused, if any. */
type Findings = Readonly<{ mediaType: string; defect?: Defect | undefined }>

/** Looks at the structure of a file whose first bytes said `mediaType`; reads ranges, never the whole. */
export async function checkFile(source: ContentSource, mediaType: string): Promise<Findings> {
  const content = windowed(source)
  if (mediaType === ZIP) return checkZip(content)
  return { mediaType, defect: await CHECKS[mediaType]?.(content) }
}
