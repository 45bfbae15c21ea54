type Options = {
  /** The server answered with a page (errors to correct), which now stands in the place of this one. */
  pageReplaced: () => void
  /** The form may be sent again. */
  ended: () => void
}

type Bar = { show(fraction: number): void; fail(text: string): void; cancel: HTMLButtonElement }

const FAILED =
  'Il caricamento si è interrotto. Controlla la connessione e riprova: quello che hai scritto è ancora qui.'
const AWAY = 'Il servizio non risponde in questo momento. Riprova tra un minuto: quello che hai scritto è ancora qui.'
/** By status, where the page is not ours: a proxy in front has bounds too. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [
    413,
    'Hai inviato più dati di quanti possiamo ricevere in una volta. Scegli file più piccoli, o meno file per volta: quello che hai scritto è ancora qui.',
  ],
  [429, 'Hai fatto troppi invii in poco tempo. Aspetta un minuto e riprova: quello che hai scritto è ancora qui.'],
])

/** Sends a form as the browser would, showing how much of its files has gone, and goes where the answer leads. */
export function sendWithProgress(
  form: HTMLFormElement,
  submitter: HTMLElement | null,
  { pageReplaced, ended }: Options,
): void {
  const bar = progressBar(form)
  // Not `form.action`: that is the button called `action`.
  const address = new URL(form.getAttribute('action') ?? '', document.baseURI).href
  const request = new XMLHttpRequest()
  request.upload.addEventListener('progress', ({ loaded, total }) => bar.show(total > 0 ? loaded / total : 0))
  request.addEventListener('load', () => {
    ended()
    if (request.responseURL !== address) {
      window.location.assign(request.responseURL)
      return
    }
    const failure = passingFailure(request)
    if (failure !== null) {
      bar.fail(failure)
      return
    }
    replacePage(request.responseText)
    pageReplaced()
    if (request.status === 200) returnTo(submitter)
  })
  request.addEventListener('error', () => {
    ended()
    bar.fail(FAILED)
  })
  request.addEventListener('abort', () => {
    ended()
    bar.fail('Caricamento annullato.')
  })
  bar.cancel.addEventListener('click', () => request.abort())
  request.open('POST', address)
  // Kept on the way to where the answer leads: what that page says once is for the person, who opens it next (`web/confirmation.ts`).
  request.setRequestHeader('x-upload', 'progress')
  request.send(new FormData(form, submitter))
}

/**
 * What to say of a failure after which the same form may be sent again: a database or a platform that will be back (ours, or the word of a
 * proxy in front), too much at once. Its page would take the form away, with what was typed. Null where the answer is a page to be shown.
 */
function passingFailure({ status, responseText }: XMLHttpRequest): string | null {
  if (status >= 502) return AWAY
  const usual = REFUSED.get(status)
  if (usual === undefined) return null
  const page = new DOMParser().parseFromString(responseText, 'text/html')
  // One of several files was too large: the form comes back, and tells which.
  if (page.querySelector('form[data-upload]')) return null
  const told = page.querySelector('.error-page .lead')?.textContent
  return told ? `${told} Quello che hai scritto è ancora qui.` : usual
}

/** The answer becomes the page, as after a normal submission; its scripts are this one, already running. */
function replacePage(html: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html')
  document.title = page.title
  document.body.replaceWith(page.body)
  // At once: pages glide, and what is focused next would be left behind where the old one stood.
  window.scrollTo({ top: 0, behavior: 'instant' })
  // Browsers do it once for each document that they load.
  document.querySelector<HTMLElement>('[autofocus]')?.focus()
}

/** To the field whose file was sent: without a script the fragment of the answer leads there (`responseURL` has none). */
function returnTo(submitter: HTMLElement | null): void {
  const [, field = ''] = /^upload:(.+)$/.exec(submitter instanceof HTMLButtonElement ? submitter.value : '') ?? []
  document.getElementById(field)?.focus()
}

function progressBar(form: HTMLFormElement): Bar {
  form.querySelector('.upload-progress')?.remove()
  const box = document.createElement('div')
  const bar = document.createElement('progress')
  const text = document.createElement('p')
  const cancel = document.createElement('button')
  box.className = 'upload-progress'
  bar.max = 1
  bar.setAttribute('aria-label', 'Caricamento dei file')
  text.setAttribute('role', 'status')
  cancel.type = 'button'
  cancel.className = 'btn btn-outline-primary btn-sm'
  cancel.textContent = 'Annulla'
  box.append(bar, text, cancel)
  placeOf(form).after(box)

  return {
    cancel,
    show(fraction) {
      bar.value = fraction
      // Every quarter is enough to be read aloud.
      const percent = Math.floor(fraction * 4) * 25
      const said = percent < 100 ? `Caricamento in corso: ${percent}%` : 'Controllo dei file in corso…'
      if (text.textContent !== said) text.textContent = said
    },
    fail(said) {
      // Whoever pressed it would stand nowhere (WCAG 2.4.3).
      if (document.activeElement === cancel) chosenIn(form)?.focus()
      bar.remove()
      cancel.remove()
      text.textContent = said
    },
  }
}

/** Under the control whose file is being sent. */
function placeOf(form: HTMLFormElement): Element {
  const chosen = chosenIn(form)
  return chosen?.closest('.upload-control') ?? chosen ?? form
}

const chosenIn = (form: HTMLFormElement): HTMLInputElement | undefined =>
  [...form.querySelectorAll<HTMLInputElement>('input[type=file]')].find(({ files }) => files && files.length > 0)
