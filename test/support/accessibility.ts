import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** WCAG 2.2 A and AA: what the law asks (L. 4/2004, EN 301 549) and the next edition of the standard will ask. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Throws with every violation that axe finds in the page as it is now: rule, help, and the elements. */
export async function expectAccessible(page: Page): Promise<void> {
  // Evaluated by the debugger, not added as a script: the page's content security policy stays as it is.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`)
  if (violations.length === 0) return
  const lines = violations.map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.map(({ html }) => `    ${html}`)])
  throw new Error(`${page.url()} is not accessible:\n${lines.flat().join('\n')}`)
}

/** Throws when the page is wider than its window: a person who enlarges would have to scroll both ways (WCAG 1.4.10). */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, window } = await page.evaluate<{ content: number; window: number }>(
    '({ content: document.documentElement.scrollWidth, window: document.documentElement.clientWidth })',
  )
  if (content > window) throw new Error(`${page.url()} is ${content} px wide in a window of ${window}`)
}
