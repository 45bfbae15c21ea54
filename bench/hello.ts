import express from 'express'
import type { AddressInfo } from 'node:net'

/** The yardstick: the least that an Express 5 server does. In a process of its own, like the platform. */
const server = express()
  .get('/', (_req, res) => void res.send('Hello World'))
  .listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }))
process.on('disconnect', () => process.exit())
