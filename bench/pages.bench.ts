import { createVisitor } from '../test/support/visitor.ts'
import type { Bench } from './bench.ts'
import { atLeast } from './figure.ts'
import { ratio } from './load.ts'

/** Public pages from the page cache, and files: what a day of crowds asks for, as browsers ask for it. */
export const figures: Bench = async ({ hello, platform }) => {
  const headers = { 'accept-encoding': 'gzip, deflate, br' }
  const home = await createVisitor(platform).get('/')
  const style = home.html.querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? ''
  const to = { url: hello, headers }
  return [
    atLeast('Pagina pubblica in cache / hello world', await ratio({ url: `${platform}/`, headers }, to), 0.9),
    atLeast('Foglio di stile / hello world', await ratio({ url: new URL(style, platform).href, headers }, to), 0.9),
  ]
}
