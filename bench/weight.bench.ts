import { chromium } from 'playwright-core'
import { findChromium } from '../setup/tools.ts'
import type { Bench } from './bench.ts'
import { atMost } from './figure.ts'

const KB = 1024

/** What a first visit to the home page brings over the line, as a browser counts it: compressed, headers included. */
export const figures: Bench = async ({ platform }) => {
  const browser = await chromium.launch({
    executablePath: await findChromium(process.env['CHROMIUM_PATH']),
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage()
    const sizes: { isPage: boolean; bytes: number }[] = []
    page.on('requestfinished', (request) => {
      void request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        sizes.push({ isPage: request.isNavigationRequest(), bytes: responseBodySize + responseHeadersSize })
      })
    })
    await page.goto(platform, { waitUntil: 'networkidle' })
    const total = (chosen: typeof sizes) => chosen.reduce((sum, { bytes }) => sum + bytes, 0) / KB
    return [
      atMost('Prima visita, tutto compreso', total(sizes), 120, 'KB'),
      atMost('Prima visita, solo HTML', total(sizes.filter(({ isPage }) => isPage)), 25, 'KB'),
    ]
  } finally {
    await browser.close()
  }
}
