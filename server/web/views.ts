import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import handlebars from 'handlebars'
import { formatDateTime, formatLongDate } from '../shared/dates.ts'
import { dialled } from '../shared/phone.ts'

type Engine = (path: string, options: object, done: (error: Error | null, html?: string) => void) => void

/**
 * The express view engine: handlebars with every file of `templates/components` and `templates/layouts` as a partial
 * under its path (`components/forms/field`, `layouts/page`). Escapes by default; templates decide nothing.
 * `reload` reads the files again at each page (development); otherwise each is read and compiled once.
 */
export function createViews(
  root: string,
  { reload = false } = {},
): { engine: Engine; render(view: string, model: object): string } {
  const templates = join(root, 'templates')
  const environment = handlebars.create()
  const compiled = new Map<string, HandlebarsTemplateDelegate>()
  registerHelpers(environment)
  registerPartials(environment, templates)

  function template(path: string): HandlebarsTemplateDelegate {
    const known = compiled.get(path)
    if (known && !reload) return known
    if (reload) registerPartials(environment, templates)
    // Indenting a partial would put blanks into the lines of a textarea, more at each save.
    const fresh = environment.compile(readFileSync(path, 'utf8'), { preventIndent: true })
    compiled.set(path, fresh)
    return fresh
  }

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
}

function registerPartials(environment: typeof handlebars, templates: string): void {
  for (const folder of ['components', 'layouts']) {
    const base = join(templates, folder)
    if (!existsSync(base)) continue
    for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.hbs')) continue
      environment.registerPartial(
        relative(templates, join(base, file)).replace(/\.hbs$/, ''),
        readFileSync(join(base, file), 'utf8'),
      )
    }
  }
}

/** The few helpers that a template may use: form of a value, never a decision. */
function registerHelpers(environment: typeof handlebars): void {
  environment.registerHelper('eq', (a: unknown, b: unknown) => a === b)
  environment.registerHelper('longDate', (value: Date | string) => formatLongDate(value))
  environment.registerHelper('dateTime', (value: Date) => formatDateTime(value))
  environment.registerHelper('iso', (value: Date) => value.toISOString())
  environment.registerHelper('dial', (phone: string | undefined) => phone && dialled(phone))
  // An e-mail address too long for its line is broken after the @, not in the middle of a word.
  environment.registerHelper('breakable', (text: string | undefined) =>
    text === undefined ? '' : new handlebars.SafeString(handlebars.escapeExpression(text).replaceAll('@', '@<wbr>')),
  )
  environment.registerHelper('concat', (...parts: unknown[]) => parts.slice(0, -1).join(''))
}
