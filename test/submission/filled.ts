import { expect } from 'chai'
import type { HTMLElement } from 'node-html-parser'
import { answerFor, written, type Answers } from '../journeys/applicant.ts'
import { asks, type Entries } from '../support/form-data.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const MOST_PAGES = 30

/**
 * Fills in a request page after page as these answers say, from its first step to its summary, without a browser. It adds
 * nothing to lists; `seen` gets every page.
 */
export async function filled(
  visitor: Visitor,
  first: Page,
  { answers, files, seen }: { answers: Answers; files: Readonly<Record<string, File>>; seen?: (page: Page) => void },
): Promise<Page> {
  let page = first
  for (let pages = 0; !page.url.endsWith('/riepilogo'); pages += 1) {
    if (pages > MOST_PAGES) throw new Error(`The request does not end: still on ${page.url}\n${page.text}`)
    seen?.(page)
    const before = page.url
    page = await visitor.submit(page, entriesOf(page, answers, files), { form: 'form.step-form', button: 'Avanti' })
    // The same page again is right where it asks what goes with an answer, and wrong where it blames.
    if (page.url === before) expect(page.html.querySelector('.error-summary')?.text ?? null, before).to.equal(null)
  }
  return page
}

function entriesOf({ html }: Page, answers: Answers, files: Readonly<Record<string, File>>): Entries {
  const form = html.querySelector('form.step-form')
  const controls = form?.querySelectorAll('input:not([type=hidden]), select, textarea') ?? []
  return Object.fromEntries(
    controls.flatMap((control) => {
      const name = control.getAttribute('name') ?? ''
      if (!form || !asks(form, name)) return []
      const value = control.getAttribute('type') === 'file' ? files[name] : textFor(control, answerFor(answers, name))
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function textFor(control: HTMLElement, answer: unknown): string | string[] | undefined {
  if (answer === undefined) return undefined
  if (Array.isArray(answer)) return answer.map(String)
  return written(answer, control.closest('.form-group')?.text.includes('€') ?? false)
}
