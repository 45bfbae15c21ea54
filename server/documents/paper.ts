/**
 * What stands on a document that we issue, as parts in reading order, free of layout: the drawing gives each part its place
 * on the page and its tag for assistive technology (ISO 14289-1). All text is Italian and plain.
 */
export type Paper = Readonly<{
  title: string
  /** Of whom the document is: the municipality. */
  author: string
  issuedAt: Date
  /** Foot of every page, before `pagina 1 di 2`. */
  footer: string
  letterhead: Letterhead
  parts: readonly Part[]
}>

/** Named destination (ISO 32000-1 §12.3.2.3) where a visible signature goes. */
export const SIGNATURE_PLACE = 'firma'

export type Letterhead = Readonly<{ name: string; office: string; lines: readonly string[] }>

export type Part =
  /** The one title. */
  | Readonly<{ kind: 'title'; text: string; lead?: string }>
  | Readonly<{ kind: 'heading'; text: string }>
  | Readonly<{ kind: 'text'; text: string; style?: 'strong' | 'small' }>
  | Readonly<{ kind: 'list'; items: readonly string[] }>
  /** Labels with their values. */
  | Readonly<{ kind: 'facts'; facts: readonly Fact[] }>
  /** The few facts by which the document is cited, large, in a frame. */
  | Readonly<{ kind: 'reference'; facts: readonly Fact[] }>
  | Readonly<{ kind: 'table'; columns: readonly Column[]; rows: readonly (readonly string[])[] }>
  /** Lines at the right, as an envelope with a window wants them. */
  | Readonly<{ kind: 'addressee'; lines: readonly string[] }>
  /** `place`: below the lines is room for a visible signature, to be found by SIGNATURE_PLACE. */
  | Readonly<{ kind: 'signature'; lines: readonly string[]; place?: boolean }>
  /** QR code of an address, and how to use it. */
  | Readonly<{ kind: 'check'; url: string; lines: readonly Readonly<{ text: string; strong?: boolean }>[] }>

export type Fact = readonly [label: string, value: string]

/** `share` is the part of the width, all together 1; `code` is set in a fixed-width face. */
export type Column = Readonly<{ title: string; share: number; code?: boolean; align?: 'right' }>
