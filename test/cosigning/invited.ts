import { expect } from 'chai'
import type { TestPlatform } from '../support/platform.ts'
import { cookieOf, type Page, type Visitor } from '../support/visitor.ts'
import { fileOf } from './signed-scia.ts'

/** The list of what a person is asked to sign. */
export const MINE = '/area-personale/firme'

/** The filer invites, on the summary, who is named on the button. */
export const invite = (visitor: Visitor, summary: Page, name: RegExp, email = ''): Promise<Page> =>
  visitor.submit(summary, { email }, { button: name })

/** The newest document that waits for this person. */
export const opened = async (visitor: Visitor, list: RegExp = /planimetria|procura/): Promise<Page> =>
  visitor.follow(await visitor.get(MINE), list)

export async function downloaded(visitor: Visitor, page: Page): Promise<Buffer> {
  const href = page.html.querySelector('main .file-name a')?.getAttribute('href') ?? ''
  const response = await fetch(new URL(href, page.url), { headers: { cookie: cookieOf(visitor, page.url) } })
  expect(response.status).to.equal(200)
  return Buffer.from(await response.arrayBuffer())
}

export const sendBack = (visitor: Visitor, page: Page, bytes: Uint8Array, name = 'firmato.pdf'): Promise<Page> =>
  visitor.submit(page, { firmato: fileOf(bytes, name) })

export const decline = (visitor: Visitor, page: Page, motivo = ''): Promise<Page> =>
  visitor.submit(page, { motivo }, { button: 'Non firmo' })

/** The invitation whose page it is. */
export const idOf = ({ url }: Page): string => url.split('/').at(-1) ?? ''

/** The texts of what they were told under this subject. */
export const messagesTo = async ({ connection }: TestPlatform, cf: string, subject: string): Promise<string[]> =>
  (await connection.collection('messages').find({ 'to.cf': cf, subject }).toArray()).map(({ text }) => String(text))
