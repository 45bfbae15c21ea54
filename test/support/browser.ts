import { chromium, type Browser, type BrowserContext, type ConsoleMessage, type Page } from 'playwright-core'
import { findChromium } from '../../setup/tools.ts'

export type Visit = Readonly<{
  /** Pages must work with both (CAD art. 53: usable by all). */
  javascript: boolean
  width: 320 | 360 | 1280
  /** A card in the reader, shown to that origin when it asks. */
  card?: Readonly<{ origin: string; pfxPath: string; passphrase: string }>
}>

/**
 * A Chromium, for the describe block in which this is called. `visit` opens a page in a fresh profile, as
 * another person or another device would. After each test the profiles are closed, and the test fails if any of its pages
 * logged an error, threw one, or broke the content security policy.
 */
export function testBrowser(): { visit: (options: Visit) => Promise<Page> } {
  let browser: Browser
  let contexts: BrowserContext[] = []
  let complaints: string[] = []

  before(async () => {
    browser = await (IS_KEPT ? (kept ??= launch()) : launch())
  })
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    const found = complaints
    ;[contexts, complaints] = [[], []]
    if (found.length > 0) throw new Error(`The browser complained:\n${found.join('\n')}`)
  })
  after(async () => {
    if (!IS_KEPT) await browser.close()
  })

  async function visit({ javascript, width, card }: Visit): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: width === 1280 ? 900 : 740 },
      hasTouch: width < 1280,
      javaScriptEnabled: javascript,
      locale: 'it-IT',
      timezoneId: 'Europe/Rome',
      // The TLS of the address where cards are asked for is made at start: no browser knows its authority.
      ...(card ? { clientCertificates: [card], ignoreHTTPSErrors: true } : {}),
    })
    contexts.push(context)
    context.on('console', (message) => {
      if (isComplaint(message)) complaints.push(`${message.location().url}: ${message.text()}`)
    })
    context.on('weberror', (error) => complaints.push(error.error().message))
    context.setDefaultTimeout(10_000)
    return context.newPage()
  }

  return { visit }
}

/**
 * Each process of `npm test` keeps its browser for all its files, and takes it along when it ends: one for all of them would need
 * another process to pass on what each says to it, which costs more than to begin three.
 */
const IS_KEPT = process.env['MOCHA_WORKER_ID'] !== undefined
let kept: Promise<Browser> | undefined

/** Nobody looks on while a page is scrolled to what is clicked: to draw the way there is an eighth of the journeys' time. */
const ARGS = ['--no-sandbox', '--disable-smooth-scrolling']

async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(process.env['CHROMIUM_PATH']), args: ARGS })
}

/** Chromium logs every answer of 4xx and 5xx as an error. For a page that is the test's own matter; for what it loads it is not. */
function isComplaint(message: ConsoleMessage): boolean {
  if (message.type() !== 'error') return false
  const isPageItself =
    message.text().startsWith('Failed to load resource') && message.location().url === message.page()?.url()
  return !isPageItself
}
