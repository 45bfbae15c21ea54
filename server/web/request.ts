import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { textIn, type FormBody } from '../shared/form-body.ts'
import { pagesOf } from '../shared/pagination.ts'

/** A path parameter that must be there; missing means a route mounted wrongly, answered as unknown page. */
export function param(req: Request, name: string): string {
  const value = req.params[name]
  if (typeof value !== 'string') throw new AppError('NOT_FOUND', `No ${name} in the path`)
  return value
}

/** A field of a form as plain text; anything else (absent, repeated) is the empty string. */
export function bodyText(body: unknown, name: string): string {
  return textIn(body as FormBody | undefined, name)
}

/** The boxes of that name that were ticked, each once, as they were sent. */
export function bodyChoices(body: unknown, name: string): string[] {
  const value = (body as FormBody | undefined)?.[name]
  const boxes: unknown[] = Array.isArray(value) ? value : [value]
  return [...new Set(boxes.filter((box): box is string => typeof box === 'string' && box !== ''))]
}

/** Not from another site, whose form would bring what the person did not write (Fetch Metadata, `Sec-Fetch-Site`). */
export function isSentFromHere(req: Request): boolean {
  const site = req.get('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** Sends the browser on with a GET (303), the answer to every POST that succeeded. */
export const seeOther = (res: Response, path: string): void => res.redirect(303, path)

/** Path of the page without its query. */
export const pathOf = (req: Request): string => req.originalUrl.split('?', 1)[0] ?? ''

/** The page of a list that is asked for (`?pagina=2`), from 1. `name` is another where a page has several lists. */
export function pageNumber({ query }: Request, name = 'pagina'): number {
  const asked = query[name]
  return typeof asked === 'string' && /^[1-9]\d{0,4}$/.test(asked) ? Number(asked) : 1
}

/**
 * What is on the page of a list that is asked for, and its number. Beyond the last page it is the last one: rows may have gone since the
 * address was made, and a list that has others must not say that it is empty.
 */
export async function pageAsked<Found extends { total: number }>(
  req: Request,
  size: number,
  read: (page: number) => Promise<Found>,
  name?: string,
): Promise<Found & { page: number }> {
  const page = pageNumber(req, name)
  const found = await read(page)
  const last = pagesOf(found.total, size)
  return page <= last ? { ...found, page } : { ...(await read(last)), page: last }
}
