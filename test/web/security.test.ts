import { expect } from 'chai'
import express from 'express'
import type { AddressInfo } from 'node:net'
import { securityHeaders } from '../../server/web/security.ts'

describe('security headers', () => {
  const app = express()
  app.use(securityHeaders({ https: true })).use((_req, res) => {
    res.end()
  })
  const server = app.listen(0, '127.0.0.1')
  after(() => {
    server.close()
  })

  it('let no page stand in a frame, for browsers that know the policy and for those that do not', async () => {
    const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(headers.get('content-security-policy')).to.include("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).to.equal('DENY')
  })
})
