import { expect } from 'chai'
import { createNotifications, messageRoutes, type Notifications } from '../../server/notifications/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { vallechiara } from '../protocol/sample.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { servePages } from '../support/page-server.ts'
import { createVisitor } from '../support/visitor.ts'

const BASE = '/area-personale/messaggi'

describe('the pages of messages', () => {
  const database = testDatabase()
  let notifications: Notifications
  let server: Awaited<ReturnType<typeof servePages>>
  let login: object | undefined
  const mario = { person: { key: 'MARIO' }, level: 2, at: new Date() }

  before(async () => {
    notifications = createNotifications({
      connection: database.connection,
      mail: { smtpUrl: 'smtp://127.0.0.1:9', from: 'noreply@vallechiara.example' },
      root: process.cwd(),
      municipalities: { byId: async () => vallechiara },
      siteOf: () => 'https://servizi.vallechiara.example',
      later: async () => undefined,
      now: () => new Date('2026-03-02T09:00:00Z'),
      newId,
    })
    await modelsReady(database.connection)
    server = await servePages({
      municipality: vallechiara,
      pages: [
        [
          BASE,
          messageRoutes({
            notifications,
            tooWeakFor: async () => new Map(),
            tabs: (unread) => [{ text: 'Messaggi', href: BASE, count: unread }],
          }),
        ],
      ],
      before: (req, _res, next) => {
        Object.assign(req, { session: { login } })
        next()
      },
    })
    for (const to of ['MARIO', 'LUISA']) {
      await notifications.send({
        key: to,
        municipality: 'vallechiara',
        to: { cf: to },
        subject: `Manca un documento per ${to} <1>`,
        text: 'Buongiorno,\n\nprima riga\nseconda riga',
        filing: 'f1',
      })
    }
  })
  after(async () => {
    await server.close()
    notifications.close()
  })
  beforeEach(() => (login = mario))

  it('list one’s own messages, and show one whole, which is then read', async () => {
    const visitor = createVisitor(server.origin)
    const list = await visitor.get(BASE)
    expect(list.text).to.contain('Manca un documento per MARIO').and.contain('Da leggere').and.not.contain('LUISA')
    const message = await visitor.follow(list, /MARIO/)
    expect(message.html.querySelector('h1')?.text).to.equal('Manca un documento per MARIO <1>')
    expect(message.body)
      .to.contain('&lt;1&gt;')
      .and.contain('prima riga<br>seconda riga')
      .and.contain('href="/pratiche/f1"')
    expect((await visitor.get(BASE)).text).not.to.contain('Da leggere')
  })

  it('do not open another person’s message', async () => {
    const { messages } = await notifications.ofPerson('vallechiara', 'LUISA')
    const page = await createVisitor(server.origin).get(`${BASE}/${messages[0]?.id ?? ''}`)
    expect(page.status).to.equal(404)
    expect(await notifications.unread('vallechiara', 'LUISA')).to.equal(1)
  })

  it('ask who is not logged in to log in and come back', async () => {
    login = undefined
    const response = await fetch(`${server.origin}${BASE}`, { redirect: 'manual' })
    expect(response.status).to.equal(303)
    expect(response.headers.get('location')).to.contain('/accesso?ritorno=%2Farea-personale%2Fmessaggi')
  })
})
