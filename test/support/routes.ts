import { Router } from 'express'
import pino from 'pino'
import { compose } from '../../server/compose.ts'
import { readConfig } from '../../server/config.ts'
import type { TestPlatform } from './platform.ts'

type Layer = Readonly<{
  route?: Readonly<{ path: string | string[]; methods: Readonly<Record<string, boolean>> }>
  handle: { stack?: Layer[] }
  mountedAt?: string | string[]
}>

/** Every route, as the platform puts them together: `GET /pratiche/:id`. */
export async function allRoutes({ env, connection }: TestPlatform): Promise<string[]> {
  const noted = noteMounts()
  const parts = { config: readConfig(env), connection, log: pino({ level: 'silent' }), root: process.cwd() }
  const { stop } = await compose(parts).finally(noted.forget)
  stop()
  return [...new Set(routesOf(noted.longest()))]
}

/** Express forgets the path at which something is mounted: noted until `forget`. `longest` is the router with most in it, which is that of the whole. */
function noteMounts(): { forget: () => void; longest: () => readonly Layer[] } {
  let longest: readonly Layer[] = []
  const prototype = Router.prototype as { use: (...parts: unknown[]) => unknown }
  const original = prototype.use
  prototype.use = function (this: { stack: Layer[] }, ...parts: unknown[]) {
    const known = this.stack.length
    const result = original.apply(this, parts)
    if (this.stack.length > longest.length) longest = this.stack
    const path = typeof parts[0] === 'string' || Array.isArray(parts[0]) ? parts[0] : ''
    for (const layer of this.stack.slice(known)) Object.assign(layer, { mountedAt: path })
    return result
  }
  return { forget: () => void (prototype.use = original), longest: () => longest }
}

function routesOf(stack: readonly Layer[], base = ''): string[] {
  const at = (path: string): string => `${base}${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
  return stack.flatMap(({ route, handle, mountedAt = '' }) => {
    if (!route) return [mountedAt].flat().flatMap((path) => routesOf(handle.stack ?? [], at(path)))
    const paths = [route.path].flat().map(at)
    return Object.keys(route.methods).flatMap((method) => paths.map((path) => `${method.toUpperCase()} ${path}`))
  })
}
