type Answer = { tone: 'success' | 'warning' | 'danger'; title: string; text: string }

/**
 * Tells whether a file was issued by the municipality without sending it: its SHA-256 is counted here, and only that travels.
 * Stays hidden where the browser has no WebCrypto (a page without HTTPS); the form below it does the same by hand.
 */
export function startFileCheck(box: HTMLElement): void {
  const input = box.querySelector('input')
  const output = box.querySelector<HTMLElement>('[data-file-check-answer]')
  // Typed as always there, but absent outside secure contexts.
  if (!input || !output || !(crypto.subtle as SubtleCrypto | undefined)) return
  box.hidden = false
  const check = (file: File | undefined): void => {
    if (file) void answerFor(file).then((answer) => showAnswer(output, answer))
  }
  input.addEventListener('change', () => check(input.files?.[0]))
  box.addEventListener('dragover', (event) => event.preventDefault())
  box.addEventListener('drop', (event) => {
    event.preventDefault()
    check(event.dataTransfer?.files[0])
  })
}

async function answerFor(file: File): Promise<Answer> {
  try {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const response = await fetch(`/verifica?impronta=${hex}`, { headers: { accept: 'application/json' } })
    if (!response.ok) throw new Error(`Status ${response.status}`)
    return (await response.json()) as Answer
  } catch {
    const text =
      'Non è stato possibile leggere il file o raggiungere il Comune. Riprova, oppure scrivi l’impronta qui sotto.'
    return { tone: 'danger', title: 'Controllo non riuscito', text }
  }
}

/** As components/alert.hbs. */
function showAnswer(output: HTMLElement, { tone, title, text }: Answer): void {
  const box = document.createElement('div')
  box.className = `alert alert-${tone}`
  const heading = document.createElement('p')
  heading.className = 'alert-heading'
  heading.textContent = title
  const body = document.createElement('p')
  body.textContent = text
  box.append(heading, body)
  output.replaceChildren(box)
}
