import { runnable } from '../../setup/runnable.ts'

/** What Node is told to run for a program of ours, named by its source; a source is read by tsx. */
export function program(source: string): string[] {
  const file = runnable(source)
  return file.endsWith('.ts') ? ['--import', 'tsx', file] : [file]
}
