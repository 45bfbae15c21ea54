import { urlencoded, type RequestHandler } from 'express'
import type { IncomingMessage } from 'node:http'

type Limits = Readonly<{ bytes: number; fields: number }>

/** When forms that do not end give way. */
type Pressure = Readonly<{
  /** Forms that may be under way at a time, before the oldest has to go: each holds its bytes in memory until the last one is there. */
  most: number
  /** Milliseconds in which nobody has to go: the longest form needs less on a poor line. */
  grace: number
}>

const PRESSURE: Pressure = { most: 200, grace: 5_000 }

/** Of the whole process, whichever route reads it; the oldest first. */
const underWay = new Map<IncomingMessage, number>()

/**
 * Reads forms without files. Who sends a form decides when it ends: 1500 that stopped before their last byte held 800 MB. No
 * limit on each, nor on a network, would do without shutting others out; so those that have been sent for longest are cut off.
 */
export function formReader({ bytes, fields }: Limits, pressure: Pressure = PRESSURE): RequestHandler {
  const parse: RequestHandler = urlencoded({ extended: false, limit: bytes, parameterLimit: fields })
  return (req, res, next) => {
    if (!req.is('urlencoded')) {
      next()
      return
    }
    const ended = formBegins(req, pressure)
    parse(req, res, (error?: unknown) => {
      ended()
      next(error)
    })
  }
}

/**
 * Counts a form as under way, and cuts off others that have to go for it; the caller says when it has ended. For whoever reads forms that
 * anybody may send.
 */
export function formBegins(req: IncomingMessage, pressure: Pressure = PRESSURE): () => void {
  underWay.set(req, performance.now())
  relieve(pressure)
  return () => underWay.delete(req)
}

function relieve({ most, grace }: Pressure): void {
  const now = performance.now()
  for (const [request, since] of underWay) {
    if (underWay.size <= most || now - since < grace) return
    underWay.delete(request)
    request.destroy()
  }
}
