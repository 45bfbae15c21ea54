import { createServer, type AddressInfo, type Server } from 'node:net'
import { expect } from 'chai'
import type { NewTask, Task } from '../../server/history/index.ts'
import { createNotifications, type NewMessage, type Notifications } from '../../server/notifications/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { vallechiara } from '../protocol/sample.ts'
import { testDatabase } from '../support/database.ts'
import { startMailbox, type Mailbox } from '../support/mailbox.ts'
import { modelsReady } from '../support/models.ts'

const SENDER = 'noreply@vallechiara.example'
const person = 'RSSMRA80A01H501U'
const newMessage = (key: string, changes: Partial<NewMessage> = {}): NewMessage => ({
  key,
  municipality: 'vallechiara',
  to: { cf: person, email: 'mario@example.it' },
  subject: 'Contrassegno per disabili: manca un documento',
  text: 'Buongiorno signor Rossi,\n\nserve il verbale della commissione medica.',
  filing: 'f1',
  ...changes,
})

/** Of which no server takes the line (RFC 5321 §4.5.3.1). */
const TOO_LONG = [`${'l'.repeat(65)}@y.it`, `x@${'y'.repeat(60)}.${'y'.repeat(3000)}.it`]

describe('communications to a person', () => {
  const database = testDatabase()
  let mailbox: Mailbox
  let notifications: Notifications
  const waiting: NewTask[] = []
  const connect = (smtpPort: number) =>
    createNotifications({
      connection: database.connection,
      mail: { smtpUrl: `smtp://127.0.0.1:${smtpPort}`, from: SENDER },
      root: process.cwd(),
      municipalities: { byId: async () => vallechiara },
      siteOf: () => 'https://servizi.vallechiara.example',
      later: async (task) => void waiting.push(task),
      now: () => new Date(),
      newId,
    })

  /** Sends, and does what a worker does next. */
  async function mailed(message: NewMessage, from = notifications) {
    await from.send(message)
    for (const task of waiting.splice(0)) await from.tasks[task.kind]?.(task.payload, task as Task)
    return (await from.ofFiling(message.municipality, 'f1')).find(({ key }) => key === message.key)
  }

  before(async () => {
    mailbox = await startMailbox()
    notifications = connect(mailbox.smtpPort)
    await modelsReady(database.connection)
  })
  after(async () => {
    notifications.close()
    await mailbox.close()
  })
  const mailsTo = (address: string) => mailbox.mails().filter(({ to }) => to.includes(address))

  it('reach the personal area whole, and the mailbox as a notice that betrays nothing', async () => {
    // Identifiers have no colon: in them one might read `k1` by chance.
    const message = await mailed(newMessage('k:1'))
    expect(message?.email.state).to.equal('sent')
    const { messages, total } = await notifications.ofPerson('vallechiara', person)
    expect(total).to.equal(1)
    expect(messages[0]).to.deep.include(newMessage('k:1'))

    const [mail] = mailsTo('mario@example.it')
    expect(mail).to.include({
      from: 'Comune di Vallechiara',
      subject: 'Comune di Vallechiara: hai una nuova comunicazione',
    })
    const link = `https://servizi.vallechiara.example/area-personale/messaggi/${message?.id ?? ''}`
    expect(mail?.html, 'dialled without blanks').to.match(/href="tel:\+?\d+"/)
    for (const body of [mail?.text, mail?.html]) {
      expect(body).to.contain(link).and.contain(vallechiara.phone)
      for (const secret of ['Rossi', 'Mario', person, 'disabili', 'medica', 'f1"', 'k:1']) {
        expect(body).not.to.contain(secret)
      }
    }
  })

  it('are one however often they are sent under a key', async () => {
    const to = { cf: 'K2', email: 'k2@example.it' }
    const both = [
      await notifications.send(newMessage('k2', { to })),
      await notifications.send(newMessage('k2', { to })),
    ]
    expect(both[1]?.id).to.equal(both[0]?.id)
    expect(new Set(waiting.map(({ key }) => key)), 'one task of the outbox').to.have.length(1)
    await mailed(newMessage('k2', { to }))
    await mailed(newMessage('k2', { to }))
    expect((await notifications.ofPerson('vallechiara', 'K2')).total).to.equal(1)
    expect(mailsTo('k2@example.it')).to.have.length(1)
  })

  it('need no e-mail address', async () => {
    const message = await notifications.send(newMessage('k3', { to: { cf: 'K3' } }))
    expect(message.email.state).to.equal('none')
    expect(await notifications.unread('vallechiara', 'K3')).to.equal(1)
  })

  it('record that the address is refused for good, and do not try it again', async () => {
    mailbox.refuse('gone@example.it', 550)
    const message = await mailed(newMessage('k4', { to: { cf: 'K4', email: 'gone@example.it' } }))
    expect(message?.email.state).to.equal('refused')
    mailbox.refuse('gone@example.it', 0)
    await mailed(newMessage('k4', { to: { cf: 'K4', email: 'gone@example.it' } }))
    expect(mailsTo('gone@example.it')).to.have.length(0)
  })

  for (const [code, who] of [
    [530, 'sender'],
    [550, 'sender'],
    [550, 'relay'],
  ] as const)
    it(`do not blame the person for what the server has against us (${String(code)}, ${who})`, async () => {
      const refused = who === 'sender' ? SENDER : `${who}@example.it`
      const to = { cf: 'K10', email: `${who}@example.it` }
      const message = newMessage(`k10 ${who} ${String(code)}`, { to })
      mailbox.refuse(refused, code, who === 'relay' ? '5.7.1 Relaying denied' : undefined)
      const error: unknown = await mailed(message).catch((e: unknown) => e)
      expect(error).to.have.property('code', 'UPSTREAM_UNAVAILABLE')
      mailbox.refuse(refused, 0)
      expect((await mailed(message))?.email.state).to.equal('sent')
    })

  it('keep nobody waiting for the mail server', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const away = connect((silent.address() as AddressInfo).port)
    const { email } = await away.send(newMessage('k11', { to: { cf: 'K11', email: 'k11@example.it' } }))
    expect(email.state).to.equal('waiting')
    expect(waiting.splice(0)).to.have.length(1)
    away.close()
    silent.close()
  })

  it('record an address that is none, more than one, or longer than any', async () => {
    const before = mailbox.mails().length
    for (const email of ['a b\r\nBcc: x@y.it', 'x@y.it, z@y.it', '"x" <x@y.it>', 'nobody', ...TOO_LONG]) {
      const message = await mailed(newMessage(email, { to: { cf: 'K5', email } }))
      expect(message?.email.state, email).to.equal('refused')
    }
    expect(mailbox.mails()).to.have.length(before)
  })

  it('try again after a passing refusal, without telling the log the address', async () => {
    const to = { cf: 'K6', email: 'busy@example.it' }
    mailbox.refuse('busy@example.it', 451)
    const error: unknown = await mailed(newMessage('k6', { to })).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'UPSTREAM_UNAVAILABLE')
    expect(error).to.have.property('message').that.contains('451').and.not.contains('busy')
    expect(await notifications.unread('vallechiara', 'K6')).to.equal(1)
    mailbox.refuse('busy@example.it', 0)
    expect((await mailed(newMessage('k6', { to })))?.email.state).to.equal('sent')
    expect(mailsTo('busy@example.it')).to.have.length(1)
  })

  it('wait in the personal area while the mail server is away', async () => {
    const port = await new Promise<number>((resolve) => {
      const closed: Server = createServer().listen(0, '127.0.0.1', () => {
        const address = closed.address()
        closed.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
      })
    })
    const away = connect(port)
    const message = newMessage('k7', { to: { cf: 'K7', email: 'k7@example.it' } })
    const error: unknown = await mailed(message, away).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'UPSTREAM_UNAVAILABLE')
    expect((await notifications.ofPerson('vallechiara', 'K7')).messages[0]?.email.state).to.equal('waiting')
    away.close()
  })

  it('are read by their addressee only, and remember when first', async () => {
    const { id } = await notifications.send(newMessage('k8', { to: { cf: 'K8' } }))
    for (const [municipality, reader] of [
      ['vallechiara', 'K9'],
      ['montalto', 'K8'],
    ] as const) {
      const error: unknown = await notifications.find(municipality, reader, id).catch((e: unknown) => e)
      expect(error).to.have.property('code', 'NOT_FOUND')
    }
    const open = async () => notifications.markRead(await notifications.find('vallechiara', 'K8', id))
    const { readAt } = await open()
    expect(readAt).to.be.instanceOf(Date)
    expect((await open()).readAt).to.deep.equal(readAt)
    expect(await notifications.unread('vallechiara', 'K8')).to.equal(0)
  })

  it('bear the same identifier at each attempt', async () => {
    const ids = mailbox.mails().map(({ messageId }) => messageId)
    expect(new Set(ids)).to.have.length(ids.length)
    expect(ids[0]).to.match(/^<[0-9a-f]{40}@vallechiara\.example>$/)
  })
})

describe('the development mailbox', () => {
  it('lists what arrived, shows each mail, and lets no markup of a mail through', async () => {
    const mailbox = await startMailbox()
    const address = `http://127.0.0.1:${mailbox.httpPort}`
    expect(await (await fetch(address)).text()).to.contain('Nessun messaggio')

    const { createTransport } = await import('nodemailer')
    const transport = createTransport(`smtp://127.0.0.1:${mailbox.smtpPort}`)
    await transport.sendMail({
      from: 'a@b.it',
      to: 'c@d.it',
      subject: '<script>à</script>',
      text: 'vai a https://example.it/x',
      html: '<p onclick="x">ciao</p>',
    })
    transport.close()
    const list = await (await fetch(address)).text()
    expect(list).to.contain('&lt;script&gt;à').and.contain('c@d.it').and.not.contain('<script>')
    const mail = await (await fetch(`${address}/1`)).text()
    expect(mail).to.contain('<a href="https://example.it/x">').and.contain('srcdoc="&lt;p onclick')
    expect((await fetch(`${address}/9`)).status).to.equal(404)
    await mailbox.close()
  })
})
