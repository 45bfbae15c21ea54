import { expect } from 'chai'
import { createHash } from 'node:crypto'
import type { Connection } from 'mongoose'

export type Answer = Readonly<{ status: number; location: string; headers: Headers; text: string }>

type Init = Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> }

export type Browser = ReturnType<typeof createBrowser>

/**
 * A browser without a screen: keeps cookies, follows nothing by itself. It sends Secure cookies over plain HTTP too,
 * because in these tests the TLS of the public address ends in front of the server, as behind a proxy.
 */
export function createBrowser(origin: string) {
  const cookies = new Map<string, string>()

  async function send(path: string, init: Init): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, origin), {
      redirect: 'manual',
      ...init,
      headers: { cookie, ...init.headers },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      headers: response.headers,
      text,
    }
  }

  return {
    cookies,
    get: async (path: string, headers: Init['headers'] = {}) => send(path, { headers }),
    post: async (path: string, fields: Record<string, string>, headers: Init['headers'] = {}) =>
      send(path, { method: 'POST', body: new URLSearchParams(fields), headers }),
  }
}

/** As many messages as one network may send, without a login that succeeds, before it has to wait. */
export const MOST = 2_000

/** As if that many messages had come from that network, the first of them ten minutes ago but for `left`; returns what forgets them. */
export async function sentFrom(connection: Connection, network: string, { count = MOST, left = 600_000 } = {}) {
  const counters = connection.collection<{ _id: string; count: number; until: Date }>('attempts')
  const _id = createHash('sha256').update(`login ${network}`).digest('base64url')
  await counters.deleteMany({})
  await counters.insertOne({ _id, count, until: new Date(Date.now() + left) })
  return () => counters.deleteMany({})
}

/** That a login which begins at this address is refused, and nothing kept of it, after so many from this network and behind a visitor's back. */
export async function expectCounted(connection: Connection, browser: () => Browser, address: string): Promise<void> {
  const begun = () => connection.collection('login_attempts').countDocuments()
  const forget = await sentFrom(connection, '127.0.0.1')
  const before = await begun()
  expect((await browser().get(address)).status).to.equal(429)
  await forget()
  expect((await browser().get(address, { 'sec-fetch-dest': 'image' })).status).to.equal(403)
  expect(await begun()).to.equal(before)
}
