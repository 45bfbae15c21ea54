import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { runnable } from '../../setup/runnable.ts'

/** What Node is told to run for a program of ours, named by its source, in whatever folder; a source is read by tsx. */
export function program(source: string): string[] {
  const file = runnable(source)
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return file.endsWith('.ts') ? ['--import', loader, file] : [file]
}
