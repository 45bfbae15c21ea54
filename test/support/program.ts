import { fileURLToPath } from 'node:url'

/** What Node is told to run for a program of ours, named by its source: its build beside this one, or the source as tsx reads it. */
export function program(source: string): string[] {
  const extension = import.meta.url.slice(-3)
  const file = fileURLToPath(new URL(`../../${source.replace(/\.ts$/, extension)}`, import.meta.url))
  return extension === '.ts' ? ['--import', 'tsx', file] : [file]
}
