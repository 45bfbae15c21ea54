import type { Locator } from 'playwright-core'
import type { Person } from './person.ts'

export type Answers = Readonly<Record<string, unknown>>
/** Path on disk of the file for an upload control. */
export type Files = (control: { name: string; accept: string }) => string

type Control = Readonly<{
  id: string
  name: string
  kind: string
  value: string
  accept: string
  files: number
  money: boolean
  labels?: Record<string, string>
}>

/**
 * Fills in a whole request as a person reads it: page after page, each control by its name, items of lists on their own
 * pages, files where they are asked. Ends on the summary. `onPage` is called on every page before it is sent.
 */
export async function fillRequest(
  person: Person,
  { answers, files, onPage }: { answers: Answers; files: Files; onPage?: () => Promise<void> },
): Promise<void> {
  const { page } = person
  for (let pages = 0; !page.url().includes('/riepilogo'); pages += 1) {
    if (pages > 40) throw new Error(`The request does not end: still on ${page.url()}\n${await person.read()}`)
    const before = page.url()
    await fillControls(person, answers, files)
    await onPage?.()
    await addItems(person, { answers, files })
    await person.press('Avanti', { within: '.step-nav' })
    if (page.url() === before && (await page.locator('.error-summary').count()) > 0)
      throw new Error(`Refused on ${before}:\n${await page.locator('.error-summary').innerText()}`)
  }
}

/** Where the answers say for whom one acts. */
const PRINCIPALS = ['ente', 'impresa', 'persona', 'interessato', 'delegante']

/** Says on the first page for whom the request is, as the answers have it, and goes on to the first step. */
export async function beginRequest({ page, press }: Person, answers: Answers): Promise<void> {
  const principal = PRINCIPALS.map((name) => answers[name] as Record<string, string> | undefined).find(Boolean) ?? {}
  const type = async (name: string, value: string | undefined) => {
    const control = page.locator(`[name="${name}"]`)
    if (value !== undefined && (await control.count()) > 0 && (await control.isVisible())) await control.fill(value)
  }
  const choice = page.locator(`[name="perChi"][value="${String(answers['qualita'])}"]`)
  if ((await choice.count()) > 0) await choice.check()
  for (const name of ['nome', 'cognome', 'codiceFiscale']) await type(name, principal[name])
  await type('cfImpresa', principal['codiceFiscale'])
  await type('denominazione', principal['denominazione'])
  await page.getByLabel('Ho letto e compreso').check()
  await press('Avanti')
  // Without a script the fields of the choice come now; for a body that the business register does not hold, its name, and
  // the person's word for it, come after that.
  for (let times = 0; (await page.locator('[name="privacy"]').count()) > 0; times += 1) {
    if (times > 2) throw new Error(`The request does not begin:\n${await page.locator('main').innerText()}`)
    for (const name of ['nome', 'cognome', 'codiceFiscale', 'denominazione']) await type(name, principal[name])
    await type('cfImpresa', principal['codiceFiscale'])
    const word = page.locator('[name="dichiaro"]')
    if ((await word.count()) > 0 && (await word.isVisible())) await word.check()
    await press('Avanti')
  }
}

/** Adds what the answers hold of each list on the page and the list does not show yet. */
async function addItems(person: Person, { answers, files }: { answers: Answers; files: Files }): Promise<void> {
  const { page } = person
  for (;;) {
    const lists = await page.evaluate<{ value: string; shown: number }[]>(LISTS)
    const missing = lists.find(({ value, shown }) => {
      const wanted = at(answers, value.slice('list:'.length, -'/nuovo'.length))
      return Array.isArray(wanted) && wanted.length > shown
    })
    if (!missing) return
    // Back from an item one is at its list.
    const pathname = () => new URL(page.url()).pathname
    const step = pathname()
    await page.evaluate('document.body.setAttribute("data-left", "")')
    await page.locator(`button[value="${missing.value}"]`).click()
    await page.locator('body:not([data-left])').waitFor()
    await fillControls(person, answers, files)
    await person.press('Conferma', { within: '.step-nav' })
    if (pathname() !== step) throw new Error(`Item refused on ${page.url()}:\n${await person.read()}`)
    await fillControls(person, answers, files)
  }
}

/** Twice, because an answer may show further questions on the same page. */
async function fillControls({ page, javascript }: Person, answers: Answers, files: Files): Promise<void> {
  // The script that makes long lists searchable comes a moment after the page. Not `waitForFunction`: our policy refuses its `eval`.
  if (javascript) await page.locator('select[data-autocomplete]:visible').first().waitFor({ state: 'hidden' })
  for (const round of [1, 2]) {
    const form = page.locator('form.step-form')
    for (const control of await page.evaluate<Control[]>(CONTROLS))
      await fillControl(form, control, { answers, files, round })
  }
}

/** Lists on the page that take another item, and how many they show. */
const LISTS = `[...document.querySelectorAll('button[value^="list:"][value$="/nuovo"]')].map((button) => ({
  value: button.value,
  shown: button.closest('.repeater').querySelectorAll('.repeater-item').length,
}))`

/** Controls that a person can see and use now. */
const CONTROLS = `[...document.querySelectorAll('.step-form :is(input:not([type=hidden]), select, textarea)')]
  .filter((control) => !control.matches(':disabled') && control.checkVisibility())
  .map((control) => {
    const group = control.closest('.form-group')
    const files = control.type === 'file' ? control.files.length + group.querySelectorAll('.upload-file').length : 0
    // A long list becomes a field in which one types; the list itself stays behind it and is what is sent.
    const list = control.getAttribute('role') === 'combobox' ? document.getElementById(control.id + '-select') : null
    if (list) return { id: control.id, name: list.name, value: list.value, kind: 'combobox', accept: '', files: 0, money: false, labels: Object.fromEntries([...list.options].map((option) => [option.value, option.text])) }
    return { id: control.id, name: control.name, value: control.value, kind: control.type, accept: control.accept ?? '', files, money: Boolean(group?.innerText.includes('€')) }
  })`

type Filling = Readonly<{ answers: Answers; files: Files; round: number }>

async function fillControl(form: Locator, control: Control, { answers, files, round }: Filling): Promise<void> {
  const place = form.locator(`[id="${control.id}"]`)
  if (control.kind === 'file') {
    if (control.files === 0 && at(answers, control.name) !== undefined) await place.setInputFiles(files(control))
    return
  }
  const answer = answerFor(answers, control.name)
  if (answer === undefined) return
  if (control.kind === 'radio' || control.kind === 'checkbox') await tick(place, control.value, [answer].flat())
  else await write(place, control, { text: written(answer, control.money), round })
}

async function tick(place: Locator, value: string, wanted: readonly unknown[]): Promise<void> {
  if (wanted.some((each) => `${each as string | boolean}` === value) && !(await place.isChecked())) await place.check()
}

async function write(
  place: Locator,
  { kind, value, labels = {} }: Control,
  { text, round }: { text: string; round: number },
): Promise<void> {
  if (kind === 'select-one') await place.selectOption(text)
  if (kind === 'combobox' && value !== text) {
    await place.fill(labels[text] ?? text)
    await place.press('Enter')
  }
  if (kind !== 'select-one' && kind !== 'combobox' && (round === 1 || value !== text)) await place.fill(text)
}

/** What the answers have for a control; dates may be asked in three parts, named after the field. */
export function answerFor(answers: Answers, name: string): unknown {
  const [, field, part] = /^(.*)\.(giorno|mese|anno)$/.exec(name) ?? []
  const date = field === undefined ? undefined : at(answers, field)
  if (typeof date !== 'string' || !part) return at(answers, name)
  const [year = '', month = '', day = ''] = date.split('-')
  return { giorno: day, mese: month, anno: year }[part]
}

function at(answers: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      answers,
    )
}

/** Numbers as Italians write them; money in the answers is in cents. */
export function written(answer: unknown, money: boolean): string {
  if (typeof answer !== 'number') return String(answer)
  return money ? (answer / 100).toFixed(2).replace('.', ',') : `${answer}`.replace('.', ',')
}
