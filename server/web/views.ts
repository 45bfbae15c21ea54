import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import handlebars from 'handlebars'
import { formatDateTime, formatLongDate, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { onceFor } from '../shared/once-for.ts'
import { dialled } from '../shared/phone.ts'
import { inlined, parsed } from './inline-partials.ts'
import { compileConditionsPlainly } from './plain-conditions.ts'

type Engine = (path: string, options: object, done: (error: Error | null, html?: string) => void) => void
type Views = Readonly<{ engine: Engine; render: (view: string, model: object) => string }>

/**
 * The express view engine: handlebars with every file of `templates/components` and `templates/layouts` as a partial
 * under its path (`components/forms/field`, `layouts/page`). Escapes by default; templates decide nothing. Each is read and
 * compiled once in a process, when it is first needed.
 */
export const viewsBelow = onceFor((root: string): Views => {
  const templates = join(root, 'templates')
  const environment = handlebars.create()
  compileConditionsPlainly(environment)
  const partials = new Set(partialNames(templates))
  const tree = onceFor((name: string) => parsed(sourceOf(join(templates, `${name}.hbs`))))
  const partialNamed = (name: string) => (partials.has(name) ? tree(name) : undefined)
  // Indenting a partial would put blanks into the lines of a textarea, more at each save.
  const compile = (program: hbs.AST.Program): HandlebarsTemplateDelegate =>
    environment.compile(program, { preventIndent: true, ignoreStandalone: true, knownHelpers: { eq: true } })
  const partial = onceFor((name: string) => compile(inlined(tree(name), partialNamed, [name])))
  const template = onceFor((path: string) => compile(inlined(parsed(sourceOf(path)), partialNamed)))

  registerHelpers(environment)
  for (const name of partials) environment.registerPartial(name, (...how) => partial(name)(...how))

  const run = (path: string, model: object) => template(path)(model, { allowProtoPropertiesByDefault: false })

  return {
    engine(path, options, done) {
      try {
        done(null, run(path, options))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
    render: (view, model) => run(join(templates, `${view}.hbs`), model),
  }
})

/** A template without the indentation before its marks, which is for us: a tenth of each page. */
const sourceOf = (path: string): string => readFileSync(path, 'utf8').replaceAll(/\n[ \t]+(?=[<{])/g, '\n')

function partialNames(templates: string): string[] {
  return ['components', 'layouts'].flatMap((folder) =>
    readdirSync(join(templates, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.hbs'))
      .map((file) => join(folder, file.slice(0, -'.hbs'.length))),
  )
}

/** The few helpers that a template may use: form of a value, never a decision. */
function registerHelpers(environment: typeof handlebars): void {
  environment.registerHelper('eq', (a: unknown, b: unknown) => a === b)
  environment.registerHelper('longDate', (value: Date | string) => formatLongDate(value))
  environment.registerHelper('dateTime', (value: Date) => formatDateTime(value))
  environment.registerHelper('figure', (value: number | undefined) => (value === undefined ? '' : formatFigure(value)))
  environment.registerHelper('withDay', withDay)
  environment.registerHelper('iso', (value: Date) => value.toISOString())
  environment.registerHelper('dial', (phone: string | undefined) => phone && dialled(phone))
  // An e-mail address too long for its line is broken after the @, not in the middle of a word.
  environment.registerHelper('breakable', (text: string | undefined) =>
    text === undefined ? '' : new handlebars.SafeString(handlebars.escapeExpression(text).replaceAll('@', '@<wbr>')),
  )
  environment.registerHelper('unbroken', (text: unknown) => (typeof text === 'string' ? unbroken(text) : text))
  environment.registerHelper('concat', (...parts: unknown[]) => parts.slice(0, -1).join(''))
}

/**
 * A number and what belongs to it stay on one line where they fit: protocol numbers, amounts, the groups of an IBAN, and the name of
 * an algorithm, whose hyphen stays what it is for who copies or searches it.
 */
const BELONGING = /\bn\. (?=\d)|\d (?=€)|\b[A-Z]{2}\d{2}(?: [\dA-Z]{1,4}){3,8}\b/g
const ALGORITHM = /\bSHA-(?=\d)/g

const unbroken = (text: string): string =>
  text.replace(BELONGING, (part) => part.replaceAll(' ', '\u00a0')).replace(ALGORITHM, '$&\u2060')
