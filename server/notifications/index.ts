import type { Connection } from 'mongoose'
import type { NewTask } from '../history/index.ts'
import type { Municipalities, Municipality } from '../municipalities/index.ts'
import { createEmailTemplates } from './email-views.ts'
import { createNotificationService, type Notifications } from './message-service.ts'
import { createMessageStore } from './message-store.ts'
import { createSmtpMailer } from './smtp.ts'

export type { NewMessage } from './message.ts'
export { messageRoutes } from './message-routes.ts'
export type { Notifications } from './message-service.ts'

type Deps = Readonly<{
  connection: Connection
  mail: { smtpUrl: string; from: string }
  /** Folder that contains `templates/emails`. */
  root: string
  municipalities: Pick<Municipalities, 'byId'>
  /** Where people reach a municipality's services, without a final slash. */
  siteOf: (municipality: Municipality) => string
  /** Has the task done by a worker, once. */
  later: (task: NewTask) => Promise<void>
  now: () => Date
  newId: () => string
}>

export function createNotifications({ connection, mail, root, municipalities, ...rest }: Deps): Notifications {
  return createNotificationService({
    store: createMessageStore(connection),
    mailer: createSmtpMailer(mail),
    templates: createEmailTemplates(root),
    municipality: (id) => municipalities.byId(id),
    ...rest,
  })
}
