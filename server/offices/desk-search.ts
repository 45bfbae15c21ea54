import { searchWords } from '../protocol/index.ts'
import type { Searches } from '../shared/searches.ts'

export type DeskSearches = Searches<{ name: string }>

/** A single letter is nobody's name, and in many a name: «D’Angelo». */
export const isName = (text: string): boolean => searchWords(text).some((word) => word.length > 1)
