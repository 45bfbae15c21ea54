import { parse, type HTMLElement } from 'node-html-parser'
import { asks, formData, type Entries } from './form-data.ts'

/** A page as it came: status, final address and what it holds. `text` is what one reads in its main part. */
export type Page = Readonly<{
  status: number
  url: string
  headers: Headers
  body: string
  html: HTMLElement
  text: string
}>

type Choice = Readonly<{
  /** Selector; without it the forms of the main part. */
  form?: string
  /** Text of the button to press; without it the first form, no button. */
  button?: string | RegExp
}>

export type Visitor = ReturnType<typeof createVisitor>

const REDIRECTS = [301, 302, 303, 307, 308]
const PATIENCE = 10

/**
 * A browser without JavaScript: keeps cookies a host, follows redirects, reads forms and sends them as a person would,
 * with every hidden and prefilled value. `origin` is where relative addresses begin; an origin in `fronts` is reached there.
 */
export function createVisitor(origin: string, fronts: ReadonlyMap<string, string> = new Map()) {
  const cookies = new Map<string, Map<string, string>>()

  async function request(address: string, init: RequestInit = {}): Promise<Page> {
    let target = new URL(address, origin)
    let response = await send(target, init)
    for (let hop = 0; hop < PATIENCE && REDIRECTS.includes(response.status); hop += 1) {
      target = new URL(response.headers.get('location') ?? '', target)
      response = await send(target, response.status >= 307 ? init : {})
    }
    return readPage(target.href, response, await response.text())
  }

  async function send(target: URL, init: RequestInit): Promise<Response> {
    const known = cookies.get(target.host) ?? new Map<string, string>()
    cookies.set(target.host, known)
    const headers = new Headers(init.headers)
    // To press and unpress each page would cost a tenth of the tests; the tests with a browser take pages as they come.
    if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity')
    if (known.size > 0) headers.set('cookie', cookieOf({ cookies }, target))
    const reached = new URL(target)
    const front = fronts.get(target.origin)
    if (front !== undefined) [reached.protocol, reached.host] = ['http:', new URL(front).host]
    const response = await fetch(reached, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(known, line)
    return response
  }

  /** Fills and sends a form of the page. */
  async function submit(page: Page, entries: Entries = {}, { form = 'main form', button }: Choice = {}): Promise<Page> {
    const forms = page.html.querySelectorAll(form)
    const chosen = button === undefined ? forms[0] : forms.find((one) => buttonIn(one, button))
    if (!chosen) throw new Error(`No form «${form}» with «${String(button)}» on ${page.url}:\n${page.text}`)
    const pressed = button === undefined ? undefined : buttonIn(chosen, button)
    const data = formData(chosen, entries, pressed)
    const action = pressed?.getAttribute('formaction') ?? (chosen.getAttribute('action') || page.url)
    return sendForm(new URL(action, page.url), chosen, data)
  }

  /** The same where fields come with what was chosen: sends what the page asks, and the rest once it is asked. */
  async function fill(page: Page, entries: Entries, choice: Choice = {}): Promise<Page> {
    const form = page.html.querySelector(choice.form ?? 'main form')
    const isAsked = ([name]: [string, unknown]): boolean => form !== null && asks(form, name)
    const asked = Object.entries(entries).filter(isAsked)
    const left = Object.entries(entries).filter((entry) => !isAsked(entry))
    if (asked.length === 0 || left.length === 0) return submit(page, entries, choice)
    return fill(await submit(page, Object.fromEntries(asked), choice), Object.fromEntries(left), choice)
  }

  async function sendForm(target: URL, form: HTMLElement, data: FormData): Promise<Page> {
    if (form.getAttribute('enctype') === 'multipart/form-data')
      return request(target.href, { method: 'POST', body: data })
    const fields = new URLSearchParams(
      [...data].map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : value.name]),
    )
    if (form.getAttribute('method')?.toLowerCase() === 'post')
      return request(target.href, { method: 'POST', body: fields })
    target.search = fields.toString()
    return request(target.href)
  }

  /** Follows the link with this text. */
  async function follow(page: Page, text: string | RegExp): Promise<Page> {
    const link = page.html.querySelectorAll('a[href]').find((one) => matches(one, text))
    if (!link) throw new Error(`No link «${String(text)}» on ${page.url}:\n${page.text}`)
    return request(new URL(link.getAttribute('href') ?? '', page.url).href)
  }

  return { cookies, get: (address: string) => request(address), request, submit, fill, follow }
}

/** What a browser sends of its cookies to that address. */
export const cookieOf = ({ cookies }: Pick<Visitor, 'cookies'>, address: string | URL): string =>
  [...(cookies.get(new URL(address).host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')

/** Most pages are asked for their status or address alone: what they hold is read when somebody asks. */
function readPage(url: string, { status, headers }: Response, body: string): Page {
  let parsed: HTMLElement | undefined
  return {
    status,
    url,
    headers,
    body,
    get html() {
      return (parsed ??= parse(body))
    },
    get text() {
      return (this.html.querySelector('main') ?? this.html).structuredText
    },
  }
}

const buttonIn = (form: HTMLElement, wanted: string | RegExp): HTMLElement | undefined =>
  form.querySelectorAll('button, input[type=submit]').find((one) => matches(one, wanted))

function matches(element: HTMLElement, wanted: string | RegExp): boolean {
  const text = (element.text.trim() || (element.getAttribute('value') ?? '')).replace(/\s+/g, ' ')
  return typeof wanted === 'string' ? text === wanted : wanted.test(text)
}

/** Keeps name and value; an age of zero or a date in the past takes the cookie away. */
function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^\s*([^=]+)=([^;]*)/.exec(line) ?? []
  const [, expires] = /;\s*expires=([^;]*)/i.exec(line) ?? []
  const isGone =
    /;\s*max-age=(0|-\d+)\s*(;|$)/i.test(line) || (expires !== undefined && Date.parse(expires) <= Date.now())
  if (isGone) cookies.delete(name)
  else cookies.set(name, value)
}
