import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import handlebars from 'handlebars'
import type { Municipality } from '../municipalities/index.ts'
import { dialled } from '../shared/phone.ts'

type Content = Readonly<{ subject: string; text: string; html: string }>

export type EmailTemplates = Readonly<{
  /** Says that a message waits in the personal area, never what it says: e-mail is open to who reads on the way. */
  notice(facts: { sender: Municipality; link: string }): Content
}>

/** Reads `templates/emails` under `root` once; a missing file fails at start. */
export function createEmailTemplates(root: string): EmailTemplates {
  const compile = (file: string, noEscape: boolean) =>
    handlebars.compile(readFileSync(join(root, 'templates', 'emails', file), 'utf8'), { noEscape })
  const text = compile('notice.txt.hbs', true)
  const html = compile('notice.html.hbs', false)

  return {
    notice({ sender, link }) {
      const model = {
        municipality: sender.name,
        link,
        phone: sender.phone,
        dialled: dialled(sender.phone),
        email: sender.email,
      }
      return { subject: `${sender.name}: hai una nuova comunicazione`, text: text(model), html: html(model) }
    },
  }
}
