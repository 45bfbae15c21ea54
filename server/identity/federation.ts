import { join } from 'node:path'
import type { SamlScheme } from './service-provider.ts'

/**
 * Where the metadata of a scheme's identity providers is: a folder of `*.xml` files, or the https address of a document.
 * `trust`: PEM certificate of the federation's operator, see MetadataOrigin.
 */
export type Federation = Readonly<{ scheme: SamlScheme; source: string; trust?: string }>

/**
 * The federations behind one configured value: an address is SPID's registry; a folder holds SPID's files, and in the
 * sub-folders `cie` and `eidas`, which may be missing, the files of those providers.
 */
export function federationsOf(source: string, trust?: string): Federation[] {
  const spid: Federation = { scheme: 'spid', source, ...(trust === undefined ? {} : { trust }) }
  if (isAddress(source)) return [spid]
  return [spid, ...(['cie', 'eidas'] as const).map((scheme) => ({ scheme, source: join(source, scheme) }))]
}

export const isAddress = (source: string): boolean => /^https?:\/\//.test(source)
