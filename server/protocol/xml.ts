type Attributes = Readonly<Record<string, string | undefined>>
type Child = string | null | undefined | false

/** One XML element as text; children are XML already, absent ones are left out. Attribute order is as given. */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly (Child | readonly string[])[]
): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${attribute(value)}"`,
  )
  const content = children.flat().filter(Boolean).join('')
  return `<${name}${written.join('')}>${content}</${name}>`
}

/** Character data. What XML 1.0 cannot hold at all (control characters pasted into a subject) is dropped. */
export function text(value: string): string {
  return legal(value).replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character)
}

const attribute = (value: string): string =>
  legal(value).replace(/[&<"\t\n\r]/g, (character) => ESCAPES[character] ?? character)

/** As Canonical XML 1.0 §2.3 writes them, so that what we write is canonical already. */
const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** XML 1.0 §2.2: no control character but tab and line ends, no half of a pair, no noncharacter. */
const legal = (value: string): string =>
  value.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
