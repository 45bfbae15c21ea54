import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import handlebars from 'handlebars'
import { inlined, parsed } from '../../server/web/inline-partials.ts'

const MODEL = {
  title: 'Pagina <1>',
  name: 'fuori',
  empty: '',
  none: null,
  tabs: [{ name: 'a', current: true }, { name: 'b' }],
  nothing: [],
  person: { name: 'Ada', address: { city: 'Ivrea' } },
  text: 'una\n  due',
  kind: 'word',
}

const PARTIALS = {
  word: '<b>{{name}}</b>\n',
  icon: '{{#if alt}}[{{name}}|{{alt}}]{{else}}({{name}}){{/if}}{{{name}}}',
  flag: '{{#if on}}on{{else if name}}{{name}}{{/if}} {{on}}',
  list: '{{#each items}}<{{../label}}:{{name}}{{#if ../label}}{{@index}}{{/if}}>{{else}}none of {{label}}{{/each}}',
  city: '{{who.address.city}} {{lookup who "name"}} {{@root.title}}',
  tree: '{{name}}{{#each inner}}({{> tree}}){{/each}}',
  frame: '<main>\n  {{> @partial-block}}\n</main>\n',
  page: '<h1>{{title}}</h1>\n{{#if wide}}\n{{> @partial-block}}\n{{else}}\n<div>\n  {{> @partial-block}}\n</div>\n{{/if}}\n',
  layered: '{{#> page title=heading}}\n<p>{{intro}}</p>\n{{> @partial-block}}\n{{/page}}\n',
  area: '<textarea>{{text}}</textarea>\n',
  passing: '{{#each tabs}}{{> (lookup @root "kind")}}{{/each}}{{> (lookup @root "kind")}}',
  tight: 'x\n{{~> word~}}\ny',
  tightOutside: '{{~#if name}}[{{name~}} ]{{/if~}}',
}

const CASES: Record<string, string> = {
  'a partial of the page’s own names': 'a {{> word}} b',
  'a partial on a line of its own': '<div>\n    {{> word}}\n</div>',
  'the lines of a textarea': '<div>\n    {{> area}}\n</div>',
  'marks that take blanks away': '<div>\n{{> tight}}\n</div> {{> tightOutside}} <i>',
  'words as arguments, escaped where values are': '{{> icon name="<it>" alt="x"}}{{> icon name="y"}}',
  'an argument that is empty, a number, true, false':
    '{{> flag on=""}}{{> flag on=0}}{{> flag on=true}}{{> flag on=false}}',
  'an argument that the page does not have': '{{> flag on=unknown}}{{> icon name=none alt=empty}}',
  'values as arguments, below and above': '{{#with person}}{{> icon name=name alt=../title}}{{/with}}',
  'a list as an argument': '{{> list items=tabs label=title}}{{> list items=nothing label="x"}}',
  'an argument that goes on': '{{> city who=person}}',
  'a partial that calls itself': '{{> tree name="x" inner=tabs}}',
  'a partial with a context of its own': '{{> word person}}{{> icon person alt="z"}}',
  'a layout': '{{#> frame}}\n  {{name}}\n{{/frame}}\nend',
  'a layout whose argument its block sees too': '{{#> page title="T" wide=true}}\n{{title}} {{name}}\n{{/page}}\n',
  'a layout within a layout':
    '{{#> layered heading=title intro="hello"}}\n  {{intro}} {{heading}} {{title}}\n{{/layered}}',
  'a layout that is filled from a list': '{{#> page}}{{#each tabs}}{{../title}}{{> word}}{{else}}x{{/each}}{{/page}}',
  'what is above a layout with arguments':
    '{{#> page title="T"}}{{#each nothing}}x{{else}}{{../title}} {{title}}{{/each}}{{/page}}',
  'a partial that the data choose, and that inherits the arguments': '{{> passing kind="word" name="given"}}',
  'a block for a partial that does not exist': '{{#> missing}}instead {{> word}}{{/missing}}',
}

describe('a template with its partials in it', () => {
  const sources = new Map(Object.entries(PARTIALS))
  const named = (name: string) => (sources.has(name) ? parsed(sources.get(name)!) : undefined)

  const asWritten = (template: string): string => {
    const plain = handlebars.create()
    for (const [name, source] of sources) plain.registerPartial(name, source)
    return plain.compile(template, { preventIndent: true })(MODEL)
  }
  const inOne = (template: string): string => {
    const quick = handlebars.create()
    const options = { preventIndent: true, ignoreStandalone: true }
    for (const name of sources.keys())
      quick.registerPartial(name, quick.compile(inlined(named(name)!, named, [name]), options))
    return quick.compile(inlined(parsed(template), named), options)(MODEL)
  }

  for (const [what, template] of Object.entries(CASES)) {
    it(`says the same: ${what}`, () => {
      expect(inOne(template)).to.equal(asWritten(template))
    })
  }

  it('calls none, in the pages that most people see', () => {
    const source = (name: string) => readFileSync(join('templates', `${name}.hbs`), 'utf8')
    const partials = ['components', 'layouts'].flatMap((folder) =>
      readdirSync(join('templates', folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.hbs'))
        .map((file) => join(folder, file.slice(0, -'.hbs'.length))),
    )
    const known = new Map(partials.map((name) => [name, parsed(source(name))]))
    for (const page of ['public/home', 'public/services', 'public/card', 'identity/access', 'error']) {
      const tree = inlined(parsed(source(`pages/${page}`)), (name) => known.get(name))
      expect(JSON.stringify(tree), page).not.to.match(/"type":"Partial/)
    }
  })
})
