import { startCharCounters } from './char-counter.ts'
import { startConditionalFields } from './conditional-fields.ts'
import { focusErrorSummary } from './error-summary.ts'
import { startMenus, startPageIndex } from './menus.ts'
import { startRating } from './rating.ts'
import { tellNothingWrong } from './required-fields.ts'
import { startSessionWarning } from './session-warning.ts'
import { startSubmissions } from './submissions.ts'

/*
 * What the browser adds to pages that work without it (forms-and-ui.md §6). Each part looks for its own marks in the page
 * and does nothing where there are none.
 */
startPage()
startMenus()
startRating()
startSubmissions({ pageReplaced: startPage })

/** For the page as loaded, and again when an upload was answered with a page. */
function startPage(): void {
  startPageIndex()
  startConditionalFields()
  startCharCounters()
  focusErrorSummary()
  tellNothingWrong()
  startSessionWarning()
  const longLists = document.querySelectorAll<HTMLSelectElement>('select[data-autocomplete]')
  // 60 KB that only a few pages need.
  if (longLists.length > 0)
    void import('./autocomplete.ts').then(({ enhanceSelect }) => longLists.forEach(enhanceSelect))
  const fileCheck = document.querySelector<HTMLElement>('[data-file-check]')
  if (fileCheck) void import('./file-check.ts').then(({ startFileCheck }) => startFileCheck(fileCheck))
}
