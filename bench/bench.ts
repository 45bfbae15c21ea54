import type { Figure } from './figure.ts'

export type Context = Readonly<{
  /** Address of an Express hello world. */
  hello: string
  /** Address of the whole platform with the demonstration municipality. */
  platform: string
  /** Its database. */
  mongoUri: string
}>

/** What each `bench/*.bench.ts` exports as `figures`: any room adds its own by adding such a file. */
export type Bench = (context: Context) => Promise<readonly Figure[]>
