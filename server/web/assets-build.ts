import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import * as esbuild from 'esbuild'
import { PurgeCSS } from 'purgecss'

export type Source = Readonly<{ path: string; text: string }>
type Job = Readonly<{ root: string; into: string; sources: readonly Source[] }>

/** Of the library, the weights that the pages use. Each costs a first visit 18 KB, so neither italic nor light. */
const FONTS: Readonly<Record<string, string>> = {
  'titillium-web-400': 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular',
  'titillium-web-600': 'Titillium_Web/titillium-web-v10-latin-ext_latin-600',
  'titillium-web-700': 'Titillium_Web/titillium-web-v10-latin-ext_latin-700',
  'roboto-mono-400': 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular',
}
const BROWSERS = ['es2022', 'chrome107', 'firefox104', 'safari16']
/** The folder's tsconfig is for the editor and the type check. */
const BUNDLE = { bundle: true, target: BROWSERS, tsconfigRaw: {} } as const

/** Makes every file that a page loads, each also compressed (`.br`, `.gz`), in the folder `into`. */
export async function build(job: Job): Promise<void> {
  await Promise.all([buildStyle(job), buildScripts(job), buildIcons(job), copyFonts(job)])
  await compress(job.into)
}

/** The design system's style without the rules that no page of ours can use (a tenth of 612 KB is left), then our own. */
async function buildStyle({ root, into, sources }: Job): Promise<void> {
  const [purged] = await new PurgeCSS().purge({
    css: [library(root, 'css/bootstrap-italia.min.css')],
    content: sources.filter(({ path }) => !path.endsWith('.css')).map(({ text }) => ({ raw: text, extension: 'html' })),
    // The enhanced select makes its elements in the browser.
    safelist: [/^autocomplete__/],
    fontFace: true,
    keyframes: true,
    variables: true,
  })
  if (!purged) throw new Error('The style of bootstrap-italia was not found')
  const own = await esbuild.build({
    entryPoints: [join(root, 'server/web/client/style.css')],
    ...BUNDLE,
    write: false,
    external: ['*.woff2'],
  })
  const { code } = await esbuild.transform(purged.css + (own.outputFiles[0]?.text ?? ''), {
    loader: 'css',
    minify: true,
    legalComments: 'inline',
    target: BROWSERS,
  })
  await writeFile(join(into, 'style.css'), code)
}

/** `main.js` for every page; what only some pages need is a chunk that `main.js` asks for. */
async function buildScripts({ root, into }: Job): Promise<void> {
  await esbuild.build({
    entryPoints: [join(root, 'server/web/client/main.ts')],
    outdir: into,
    ...BUNDLE,
    splitting: true,
    format: 'esm',
    minify: true,
    chunkNames: '[name]-[hash]',
  })
}

/** The sprite with only the icons that a template or a view names. */
async function buildIcons({ root, into, sources }: Job): Promise<void> {
  const sprite = await readFile(library(root, 'svg/sprites.svg'), 'utf8')
  const named = new Set(sources.flatMap(({ text }) => text.match(/\bit-[a-z0-9-]+/g) ?? []))
  const symbols = [...sprite.matchAll(/<symbol[^>]* id="([^"]+)"[\s\S]*?<\/symbol>/g)].filter(
    ([, id]) => id && named.has(id),
  )
  await writeFile(
    join(into, 'sprites.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.map(([symbol]) => symbol).join('')}</svg>`,
  )
  await copyFile(join(root, 'server/web/client/icon.svg'), join(into, 'icon.svg'))
}

async function copyFonts({ root, into }: Job): Promise<void> {
  const file = (name: string): string => library(root, `fonts/${name}.woff2`)
  await Promise.all(Object.entries(FONTS).map(([ours, theirs]) => copyFile(file(theirs), join(into, `${ours}.woff2`))))
}

/** At the highest level, once, instead of at each request. Fonts are compressed already. */
async function compress(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => extname(name) !== '.woff2')
  await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, basename(name)))
      await writeFile(join(folder, `${name}.br`), await promisify(brotliCompress)(bytes))
      await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }))
    }),
  )
}

const library = (root: string, path: string): string => join(root, 'node_modules/bootstrap-italia/dist', path)
