import { expect } from 'chai'
import type { Message } from '../../server/notifications/message.ts'
import { messagesPage } from '../../server/notifications/message-views.ts'

describe('the list of messages', () => {
  const beginning = (text: string) => {
    const message = {
      id: 'm',
      subject: 'Novità',
      text,
      filing: null,
      at: new Date('2026-03-02T09:00:00Z'),
      readAt: null,
    }
    return messagesPage({ messages: [message as Message], total: 1, page: 1, closed: new Map(), tabs: [] }).rows[0]
      ?.beginning
  }

  it('says how each begins, in one line: subjects are alike', () => {
    expect(beginning('La tua richiesta\n\nÈ stata presa\n- in carico')).to.equal(
      'La tua richiesta È stata presa - in carico',
    )
  })

  it('ends a long beginning after a word', () => {
    const text = beginning('parola '.repeat(100))
    expect(text).to.match(/^(parola )+…$/)
    expect(text?.length).to.be.below(225)
  })
})
