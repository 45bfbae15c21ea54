/** Names of the classes that a style has rules for. */
export const classesOf = (style: string): Set<string> =>
  new Set(Array.from(style.matchAll(/\.([a-zA-Z][\w-]*)/g), ([, name = '']) => name))
