const MINUTE = 60_000
/** The server's own limit is 30 minutes without a request (server/web/session.ts). */
const IDLE_MINUTES = 30
const WARNED_BEFORE = 5

/** Warns who has logged in before the session ends, and lets them go on with one press (WCAG 2.2.1). */
export function startSessionWarning(): void {
  if (!document.body.hasAttribute('data-session')) return
  const box = document.createElement('div')
  box.className = 'session-warning'
  box.setAttribute('role', 'alert')
  document.body.append(box)

  let timers: ReturnType<typeof setTimeout>[] = []
  const restart = (): void => {
    timers.forEach(clearTimeout)
    box.replaceChildren()
    timers = [
      setTimeout(() => warn(box, restart), (IDLE_MINUTES - WARNED_BEFORE) * MINUTE),
      setTimeout(() => tellEnd(box), IDLE_MINUTES * MINUTE),
    ]
  }
  restart()
}

function warn(box: HTMLElement, restart: () => void): void {
  tell(box, `Tra ${WARNED_BEFORE} minuti la sessione scade per sicurezza.`, 'Resta collegato', () => {
    void fetch('/area-personale', { method: 'HEAD' }).then(({ redirected }) => {
      // Led to the login: it was too late.
      if (redirected) tellEnd(box)
      else restart()
    })
  })
}

/** Can be put away: at four times the size it would hide two thirds of what is still to be read and sent. */
function tellEnd(box: HTMLElement): void {
  const words =
    'La sessione è scaduta. Puoi continuare: quando invii ti chiederemo di accedere di nuovo, e quello che hai scritto non va perso.'
  tell(box, words, 'Chiudi', () => box.replaceChildren())
}

function tell(box: HTMLElement, words: string, answer: string, press: () => void): void {
  const text = document.createElement('p')
  text.textContent = words
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn btn-primary btn-sm'
  button.textContent = answer
  // The button goes away with the focus: whoever pressed it goes on where the words met them (WCAG 2.4.3).
  const at = document.activeElement
  button.addEventListener('click', () => {
    if (at instanceof HTMLElement && at !== document.body) at.focus()
    press()
  })
  box.replaceChildren(text, button)
}
