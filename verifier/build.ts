import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildVerifier } from '../server/bundles/verifier-build.ts'

/** Writes `dist/verifica.mjs` and `dist/verifica.html`, each complete in itself. */
const folder = dirname(fileURLToPath(import.meta.url))
const { script, page } = await buildVerifier(dirname(folder))
await mkdir(join(folder, 'dist'), { recursive: true })
await writeFile(join(folder, 'dist', 'verifica.mjs'), script, { mode: 0o755 })
await writeFile(join(folder, 'dist', 'verifica.html'), page)
