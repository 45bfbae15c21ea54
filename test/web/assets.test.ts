import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import express from 'express'
import supertest from 'supertest'
import { assetRoutes, buildAssets } from '../../server/web/assets.ts'

/** Compressed bytes that a first visit may cost (architecture §8), and what is left of them for the page itself. */
const FIRST_VISIT = 120_000
const PAGE = 25_000

describe('the assets', () => {
  const root = process.cwd()
  let base: string
  const read = (name: string): string => readFileSync(join(root, base.replace('/assets', '.assets'), name), 'utf8')
  const sizeOf = (name: string): number => readFileSync(join(root, base.replace('/assets', '.assets'), name)).length

  before(async () => {
    base = await buildAssets(root)
  })

  it('declare the version of the design system as the conformity check reads it: in double quotes', () => {
    const declared = read('style.css').match(/--bootstrap-italia-version:\s*[^;}]+/g)
    expect(declared).to.deep.equal(['--bootstrap-italia-version: "2.18.3"'])
  })

  it('keep what the pages use of the design system and drop what they do not', () => {
    const style = read('style.css')
    expect(style).to.include('.it-header-slim-wrapper').and.include('.steppers').and.include('.visually-hidden')
    expect(style).not.to.match(/\.carousel|\.vjs-|\.modal-dialog|VideoJS/)
  })

  it('name first only the fonts of the model, and hold those that they load (C.SI.1.1)', () => {
    const style = read('style.css')
    const first = [...style.matchAll(/(?:font-family|--bs-font-[\w-]+):\s*"?(\w[\w -]*)/g)].map(([, name = '']) => name)
    const allowed = ['Titillium Web', 'Lora', 'Roboto Mono', 'inherit', 'var']
    expect(first.filter((name) => !allowed.includes(name))).to.deep.equal([])
    const loaded = [...style.matchAll(/url\("?([\w-]+\.woff2)/g)].map(([, name = '']) => name)
    expect(loaded).to.include('roboto-mono-400.woff2')
    for (const name of loaded) expect(sizeOf(name), name).to.be.above(10_000)
  })

  it('load nothing from other hosts', () => {
    const outside = (text: string): string[] => text.match(/(url\(|import |fetch\()["']?(https?:)?\/\//g) ?? []
    for (const name of readdirSync(join(root, base.replace('/assets', '.assets')))) {
      if (/\.(css|js|svg)$/.test(name)) expect(outside(read(name)), name).to.deep.equal([])
    }
  })

  it('hold every icon that a template names', () => {
    const sprite = read('sprites.svg')
    const templates = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.hbs'),
    )
    const named = templates.flatMap((name) => [
      ...readFileSync(join('templates', name), 'utf8').matchAll(/name="(it-[\w-]+)"/g),
    ])
    expect(named.length).to.be.greaterThan(20)
    for (const [, icon = ''] of named) expect(sprite, icon).to.include(`id="${icon}"`)
  })

  it('stay within the weight of a first visit', () => {
    const first = [
      'style.css.br',
      'main.js.br',
      'sprites.svg.br',
      'titillium-web-400.woff2',
      'titillium-web-600.woff2',
      'titillium-web-700.woff2',
    ]
    const total = first.reduce((sum, name) => sum + sizeOf(name), 0)
    expect(total).to.be.below(FIRST_VISIT - PAGE)
  })

  it('are built once for the same sources, and anew when a template changes', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'assets-'))
    try {
      await cp('templates', join(copy, 'templates'), { recursive: true })
      for (const folder of ['server/web', 'server/shared']) await cp(folder, join(copy, folder), { recursive: true })
      await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
      const first = await Promise.all([buildAssets(copy), buildAssets(copy)])
      expect(first[0]).to.equal(first[1])
      const marker = join(copy, first[0].replace('/assets', '.assets'), 'kept.css')
      await writeFile(marker, 'p{}')
      expect(await buildAssets(copy)).to.equal(first[0])
      expect(readFileSync(marker, 'utf8'), 'the folder was built again').to.equal('p{}')

      await writeFile(join(copy, 'templates/new.hbs'), '<p class="display-1 text-danger">Nuovo</p>')
      const second = await buildAssets(copy)
      expect(second).not.to.equal(first[0])
      expect(readFileSync(join(copy, second.replace('/assets', '.assets'), 'style.css'), 'utf8')).to.include(
        '.display-1',
      )
      expect(readdirSync(join(copy, '.assets')).filter((name) => name.startsWith('building'))).to.deep.equal([])
    } finally {
      await rm(copy, { recursive: true })
    }
  })

  describe('over HTTP', () => {
    const client = () => supertest(express().use(assetRoutes(root)))

    it('are sent compressed as the browser can, and to be kept for ever', async () => {
      for (const [accepted, sent] of [
        ['br, gzip', 'br'],
        ['gzip', 'gzip'],
        ['identity', undefined],
      ] as const) {
        const answer = await client().get(`${base}/style.css`).set('accept-encoding', accepted)
        expect(answer.status).to.equal(200)
        expect(answer.headers['content-encoding']).to.equal(sent)
        expect(answer.headers['cache-control']).to.equal('public, max-age=31536000, immutable')
        expect(answer.headers['content-type']).to.equal('text/css; charset=utf-8')
        expect(answer.headers['x-content-type-options']).to.equal('nosniff')
        expect(answer.headers['vary']).to.equal('accept-encoding')
        expect(answer.text, accepted).to.equal(read('style.css'))
      }
    })

    it('are there whatever a question behind them says', async () => {
      expect((await client().get(`${base}/icon.svg?class.module=x`)).status).to.equal(200)
    })

    it('have the type of what they are', async () => {
      const types = {
        'main.js': 'text/javascript',
        'sprites.svg': 'image/svg+xml',
        'icon.svg': 'image/svg+xml',
        'titillium-web-400.woff2': 'font/woff2',
      }
      for (const [name, type] of Object.entries(types)) {
        const answer = await client().get(`${base}/${name}`)
        expect(answer.headers['content-type'], name).to.match(new RegExp(`^${type.replace('+', '\\+')}`))
      }
    })

    it('answer HEAD with the length and no body', async () => {
      const answer = await client().head(`${base}/style.css`).set('accept-encoding', 'br')
      expect(answer.headers['content-length']).to.equal(String(sizeOf('style.css.br')))
    })

    it('are only those that were built', async () => {
      for (const path of ['nothing.css', '../current.json', 'style.css.br', '%2e%2e/current.json'])
        expect((await client().get(`${base}/${path}`)).status, path).to.equal(404)
    })
  })
})
