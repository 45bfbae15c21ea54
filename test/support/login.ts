import type { Page, Visitor } from './visitor.ts'

/**
 * Logs in at the test identity provider as the person whose label begins with `name`, on the way to `path`.
 * Returns the page that follows.
 */
export async function logIn(visitor: Visitor, name: string, path: string): Promise<Page> {
  const choice = await visitor.follow(await visitor.get(path), /di prova/i)
  const answer = await visitor.submit(choice, {}, { form: 'form', button: new RegExp(`^${name}`) })
  // Without a script the provider's answer waits for a click.
  return visitor.submit(answer, {}, { form: 'form' })
}
