import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'node-html-parser'
import { buildAssets } from '../../server/web/assets.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { classesOf } from '../support/style.ts'

describe('the components', () => {
  const root = process.cwd()

  it('keep what a page is called out of an alert that has no title', () => {
    const html = viewsBelow(root).render('pages/personal-area/area', {
      title: 'Area personale',
      unread: 2,
      tabs: [],
      site: { assets: '' },
    })
    expect(parse(html).querySelector('.alert-heading')).to.equal(null)
  })

  it('are called by names that exist', () => {
    const files = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.hbs'),
    )
    const known = new Set(files.map((name) => name.replace(/\.hbs$/, '')))
    const missing = files.flatMap((name) =>
      [...readFileSync(join('templates', name), 'utf8').matchAll(/\{\{#?>\s*((?:components|layouts)\/[\w/-]+)/g)]
        .filter(([, partial = '']) => !known.has(partial))
        .map(([, partial = '']) => `${name}: ${partial}`),
    )
    expect(missing).to.deep.equal([])
  })

  it('use no class that no style knows', async () => {
    const base = await buildAssets(root)
    const style = readFileSync(join(root, base.replace('/assets', '.assets'), 'style.css'), 'utf8')
    const library = readFileSync('node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css', 'utf8')
    const known = classesOf(style + library)
    const unknown = ['components', 'layouts', 'pages/public'].flatMap((folder) =>
      readdirSync(join('templates', folder))
        .filter((name) => name.endsWith('.hbs'))
        .flatMap((name) => {
          const text = readFileSync(join('templates', folder, name), 'utf8')
            .replace(/\{\{!--[\s\S]*?--\}\}/g, '')
            .replace(/\{\{[^}]*\}\}/g, ' ')
          return parse(text)
            .querySelectorAll('[class]')
            .flatMap((element) => [...element.classList.values()])
            .filter((used) => used !== '' && !known.has(used) && !used.endsWith('-'))
            .map((used) => `${folder}/${name}: ${used}`)
        }),
    )
    expect(unknown).to.deep.equal([])
  })
})
