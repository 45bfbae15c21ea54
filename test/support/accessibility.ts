import type { Result } from 'axe-core'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'

/** The small edition: a page parses it in half the time. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 A and AA: what the law asks (L. 4/2004, EN 301 549) and the next edition of the standard will ask. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Only what is said of violations is made and sent: what passes is most of a page, and of the time. */
const OPTIONS = { runOnly: RULES, resultTypes: ['violations'], selectors: false, iframes: false }
const RUN = `axe.run(document, ${JSON.stringify(OPTIONS)}).then(({ violations }) => violations)`

/** Throws with every violation that axe finds in the page as it is now: rule, help, and the elements. */
export async function expectAccessible(page: Page): Promise<void> {
  // Evaluated by the debugger, not added as a script: the page's content security policy stays as it is. Through Playwright, which wraps
  // and passes on half a megabyte each time, it would take half as long again.
  await (await debuggerOf(page)).send('Runtime.evaluate', { expression: AXE })
  const violations = await page.evaluate<Result[]>(RUN)
  if (violations.length === 0) return
  const lines = violations.map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.map(({ html }) => `    ${html}`)])
  throw new Error(`${page.url()} is not accessible:\n${lines.flat().join('\n')}`)
}

/**
 * Throws when the page is wider than its window: a person who enlarges would have to scroll both ways (WCAG 1.4.10). With letters
 * of twice the size too (1.4.4), as the browser's settings make them.
 */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  await expectFitting(page)
  await setLetters(page, 32)
  await expectFitting(page, ' with letters of twice the size')
  await setLetters(page, 16)
}

/** Throws when the page, with letters as they are set, is wider than its window or sheet. */
export async function expectFitting(page: Page, where = ''): Promise<void> {
  const { content, window } = await page.evaluate<{ content: number; window: number }>(MEASURE)
  if (content > window) throw new Error(`${page.url()} is ${content} px wide in a window of ${window}${where}`)
}

const MEASURE = `(({ scrollWidth: content, clientWidth: window }) => ({ content, window }))(document.documentElement)`

const debuggers = new WeakMap<Page, Promise<CDPSession>>()

function debuggerOf(page: Page): Promise<CDPSession> {
  const known = debuggers.get(page) ?? page.context().newCDPSession(page)
  debuggers.set(page, known)
  return known
}

/** As in the settings of the browser, which media queries follow, too; 16 is usual. */
export async function setLetters(page: Page, standard: 16 | 32): Promise<void> {
  await (await debuggerOf(page)).send('Page.setFontSizes', { fontSizes: { standard } })
  // It is answered before the page has them.
  while (!(await page.evaluate(`(${HAS_LETTERS})(${standard})`))) await sleep(10)
  // What grows or shrinks by a transition would be measured on its way.
  await page.evaluate(`document.getAnimations().forEach((one) => one instanceof CSSTransition && one.finish())`)
}

/** In a media query an em is the size that the browser is set to (Media Queries 4 §1.3). */
const HAS_LETTERS = `(size) => {
  const isWide = (width) => matchMedia('(min-width: ' + width / size + 'em)').matches
  return isWide(innerWidth - 1) && !isWide(innerWidth + 1)
}`

/** Throws when what `selector` finds parts its first word, for who has set letters of twice the size in the browser. */
export async function expectWholeWord(page: Page, selector: string): Promise<void> {
  await setLetters(page, 32)
  const { word, lines } = await page.evaluate<{ word: string; lines: number }>(`(${FIRST_WORD})('${selector}')`)
  await setLetters(page, 16)
  if (lines > 1) throw new Error(`${page.url()}: «${word}» stands in ${lines} lines with letters of twice the size`)
}

const FIRST_WORD = `(selector) => {
  const [text] = document.querySelector(selector).childNodes
  const [word] = text.data.split(' ')
  const range = document.createRange()
  range.setStart(text, 0)
  range.setEnd(text, word.length)
  return { word, lines: range.getClientRects().length }
}`
