import type { Page } from 'playwright-core'
import { expectAccessible, expectFitting, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { logIn } from '../support/login.ts'
import { createVisitor } from '../support/visitor.ts'

/** What a person at a browser does, with a script in the page or without: the same clicks. */
export type Person = ReturnType<typeof personAt>

export function personAt(page: Page, origin: string, { javascript = true } = {}) {
  /** Logs in at the test identity provider as the person with this name, on the way to `path`. */
  async function login(name: string, path: string): Promise<void> {
    await page.goto(origin + path)
    await page.getByText('Entra con SPID').first().click()
    await page
      .getByRole('link', { name: /di prova/i })
      .first()
      .click()
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
    // Without a script the provider's answer waits for a click.
    const handOver = page.getByRole('button', { name: /Continua/ })
    await Promise.race([page.waitForURL(`${origin}/**`), handOver.waitFor().catch(() => undefined)])
    if (!page.url().startsWith(origin)) await handOver.click()
    await page.waitForURL(`${origin}/**`)
  }

  /** Opens `path` as somebody who has logged in already, without the four pages of a login: those who test them use `login`. */
  async function enter(name: string, path: string): Promise<void> {
    const visitor = createVisitor(origin)
    await logIn(visitor, name, path)
    const cookies = [...(visitor.cookies.get(new URL(origin).host) ?? [])]
    await page.context().addCookies(cookies.map(([name, value]) => ({ name, value, url: origin })))
    await page.goto(origin + path)
  }

  /** Presses a button and waits for the page that follows, however it comes (navigation, or an upload by script). */
  async function press(name: string | RegExp, { within = 'main' }: { within?: string } = {}): Promise<void> {
    await page.evaluate('document.body.setAttribute("data-left", "")')
    await page.locator(within).getByRole('button', { name }).last().click()
    await page.locator('body:not([data-left])').waitFor()
    await page.waitForLoadState('load')
  }

  async function follow(name: string | RegExp): Promise<void> {
    await page.locator('main').getByRole('link', { name }).first().click()
    await page.waitForLoadState('load')
  }

  /**
   * Looks at the page as it is: nothing wider than the window, nothing that axe finds (axe itself needs scripts to run). With larger
   * letters too where there are scripts: the pages are the same.
   */
  async function look(): Promise<void> {
    if (!javascript) return expectFitting(page)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
  }

  const read = (): Promise<string> => page.locator('main').innerText()
  const open = (path: string) => page.goto(origin + path)

  return { page, javascript, login, enter, press, follow, look, read, open }
}
