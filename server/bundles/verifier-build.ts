import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The stand-alone verifier: one script for Node without dependencies, one page without any other file. */
export type Verifier = Readonly<{ script: Buffer; page: Buffer }>

const BROWSERS = ['es2022', 'chrome107', 'firefox104', 'safari16']

/** Parts of Node that the verifier's page brings itself. */
const REPLACED: Readonly<Record<string, string>> = {
  'node:crypto': 'crypto.ts',
  crypto: 'crypto.ts',
  'node:zlib': 'zlib.ts',
  'node:fs': 'node.ts',
  'node:path': 'node.ts',
  util: 'node.ts',
}

/** Builds both from the sources under `root`: the very code by which the platform verifies. Takes half a second; do it once. */
export async function buildVerifier(root: string): Promise<Verifier> {
  // Loaded only here: whoever makes no bundle does not pay for the compiler.
  const { build } = await import('esbuild')
  const folder = join(root, 'verifier')
  const shared = { bundle: true, write: false, minify: true, tsconfigRaw: {}, legalComments: 'none' } as const
  const [script, page, html, base, style] = await Promise.all([
    build({
      ...shared,
      entryPoints: [join(folder, 'bundle-command.ts')],
      platform: 'node',
      target: 'node20',
      format: 'esm',
      // Packages in the old module format ask for Node's own parts by `require`.
      banner: {
        js: "#!/usr/bin/env node\nimport{createRequire}from'node:module';const require=createRequire(import.meta.url);",
      },
    }),
    build({
      ...shared,
      entryPoints: [join(folder, 'browser/page.ts')],
      platform: 'browser',
      target: BROWSERS,
      format: 'iife',
      inject: [join(folder, 'browser/buffer.ts')],
      define: { global: 'globalThis' },
      alias: Object.fromEntries(Object.entries(REPLACED).map(([name, file]) => [name, join(folder, 'browser', file)])),
    }),
    readFile(join(folder, 'browser/page.html'), 'utf8'),
    readFile(join(root, 'templates/bundles/base.css'), 'utf8'),
    readFile(join(folder, 'browser/page.css'), 'utf8'),
  ])
  return {
    script: Buffer.from(script.outputFiles[0]?.contents ?? []),
    page: Buffer.from(pageOf(html, { script: page.outputFiles[0]?.text ?? '', style: base + style })),
  }
}

/** The page may run this script and no other, and connect to nothing: what is checked stays where it is. */
function pageOf(html: string, { script, style }: Record<'script' | 'style', string>): string {
  // A string in the script must not end it, nor hold control characters, which HTML forbids and the compiler writes as they are.
  const safe = script
    .replaceAll('</script', '<\\/script')
    .replace(/[^\P{Cc}\t\n]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  const policy = `default-src 'none'; script-src ${hashOf(safe)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`
  return html
    .replace('POLICY', () => policy)
    .replace('<!-- STYLE -->', () => `<style>${style}</style>`)
    .replace('<!-- SCRIPT -->', () => `<script>${safe}</script>`)
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
