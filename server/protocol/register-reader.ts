import type { Municipality } from '../municipalities/index.ts'
import type { Author } from '../shared/party.ts'

/** Who reads the register, as the offices' room knows them. */
export type RegisterReader = Readonly<{
  author: Extract<Author, { kind: 'officer' }>
  /** Offices in which they work: their filings open, their reserved entries show. */
  offices: readonly string[]
  /** May see every reserved entry, and annul (the protocol service, DPR 445/2000 art. 61). */
  protocolService: boolean
  /** What `layouts/office` needs: office and nav. */
  frame: object
}>

/** A look at the register of a municipality. */
export type Visit = Readonly<{ municipality: Municipality; reader: RegisterReader }>
