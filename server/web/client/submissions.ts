import { refuseTooLarge } from './file-size.ts'
import { sendWithProgress } from './upload-progress.ts'

/** A press that brought nothing (the network is down) may be repeated after this. */
const AGAIN_AFTER_MS = 10_000

const sent = new WeakMap<HTMLFormElement, number>()

/**
 * A second press of a button while the first is on its way does nothing (the server would answer it alike: it is only
 * for the eye), and files are sent with a progress bar.
 */
export function startSubmissions({ pageReplaced }: { pageReplaced: () => void }): void {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method !== 'post' || event.defaultPrevented) return
    // A file to be saved leaves the form where it is, to be sent yet.
    if (event.submitter?.hasAttribute('data-download')) return
    const last = sent.get(form)
    if (last !== undefined && Date.now() - last < AGAIN_AFTER_MS) {
      event.preventDefault()
      return
    }
    if (refuseTooLarge(form)) {
      event.preventDefault()
      return
    }
    sent.set(form, Date.now())
    if (!carriesFiles(form)) return
    event.preventDefault()
    sendWithProgress(form, event.submitter, { pageReplaced, ended: () => sent.delete(form) })
  })
  // The page may come back from the browser's cache, with the press still remembered.
  window.addEventListener('pageshow', () => {
    for (const form of document.forms) sent.delete(form)
  })
}

function carriesFiles(form: HTMLFormElement): boolean {
  if (!form.hasAttribute('data-upload')) return false
  return [...form.querySelectorAll<HTMLInputElement>('input[type=file]')].some(
    ({ files }) => files !== null && files.length > 0,
  )
}
