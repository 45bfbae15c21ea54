import { fileURLToPath } from 'node:url'

/** The file that runs for a source, named from the root: its build for whoever runs from the build, else the source itself. */
export const runnable = (source: string): string =>
  fileURLToPath(new URL(`../${source.replace(/\.ts$/, import.meta.url.slice(-3))}`, import.meta.url))
