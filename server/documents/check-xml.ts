import { readTail, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

/** An XML document ends with the end of an element or a comment; a cut one almost never does. */
export async function checkXml(source: ContentSource): Promise<Defect | undefined> {
  const tail = (await readTail(source, 1024)).toString('latin1').replaceAll('\0', '')
  return tail.trimEnd().endsWith('>') ? undefined : 'truncated'
}
