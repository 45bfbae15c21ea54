import { expect } from 'chai'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { connectDatabase } from '../server/database.ts'

describe('the connection to the database', () => {
  it('is tried again, and not waited for, when it ends between being chosen and being used', async () => {
    const sockets: Socket[] = []
    const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket)
    subscribe('net.client.socket', note)
    const uri = new URL(process.env['TEST_MONGODB_URI'] as string)
    uri.searchParams.set('monitorCommands', 'true')
    const connection = await connectDatabase(uri.href)
    try {
      // Told in the turn in which the command is written; the sockets tell their own end only after it.
      connection.getClient().once('commandStarted', () => sockets.forEach((socket) => socket.destroy()))
      expect(await connection.collection('nothing').findOne({})).to.equal(null)
    } finally {
      unsubscribe('net.client.socket', note)
      await connection.close()
    }
  })
})
