const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const escapeXml = (value: string): string => value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)

/** Markup that is already XML and must not be escaped again. */
export type Markup = Readonly<{ markup: string }>
type Part = string | number | Markup | readonly Markup[] | undefined

/**
 * Template for XML: interpolated text is escaped, markup is inserted, `undefined` is nothing.
 * The line breaks of the template are removed between tags and are one space inside a tag.
 */
export function xml(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => unbroken(text) + render(parts[index])).join('') }
}

function unbroken(text: string): string {
  return text
    .replace(/(>|^)\s*\n\s*/g, '$1')
    .replace(/\s*\n\s*(<|$)/g, '$1')
    .replace(/\s*\n\s*/g, ' ')
}

function render(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
  return escapeXml(String(part))
}
