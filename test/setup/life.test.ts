import { expect } from 'chai'
import { createLife } from '../../setup/life.ts'

describe('the life of `npm start`', () => {
  const before = new Map((['SIGINT', 'SIGTERM'] as const).map((signal) => [signal, process.listeners(signal)]))
  afterEach(() => {
    for (const [signal, known] of before)
      for (const listener of process.listeners(signal))
        if (!known.includes(listener)) process.removeListener(signal, listener)
  })

  it('waits for its parts when it is stopped, the last one first', async () => {
    const life = createLife()
    const stopped: string[] = []
    for (const name of ['database', 'platform'])
      life.add({ stop: () => Promise.resolve().then(() => stopped.push(name)) })
    await life.end(0)
    expect(await life.ended).to.equal(0)
    expect(stopped).to.deep.equal(['platform', 'database'])
  })

  it('ends with its database, also when a part waits for that in vain', async () => {
    const life = createLife()
    let told = false
    const forever = new Promise(() => undefined)
    life.add({ stop: () => ((told = true), forever) })
    void life.collapse('Il database si è fermato.')
    expect(await life.ended).to.equal(1)
    expect(told, 'the part was told to stop').to.equal(true)
  })
})
