import { createClamd } from './clamd.ts'
import { createIcap } from './icap.ts'
import type { VirusScanner } from './virus-scan.ts'

/** The scanner at `clamd://host:3310`, `clamd:///run/clamav/clamd.ctl` or `icap://host:1344/service`; undefined for none. */
export function createScanner(address: string | undefined, patience?: number): VirusScanner | undefined {
  if (!address) return undefined
  const url = new URL(address)
  if (url.protocol === 'icap:') return createIcap(url, patience)
  const { hostname, port, pathname } = url
  return createClamd(
    hostname === '' ? { path: pathname } : { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) },
    patience,
  )
}
