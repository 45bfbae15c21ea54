import { formatFigure } from '../../shared/figure.ts'

/**
 * Says under a text how many characters are left. Nothing is cut while typing: a text that was pasted too long must be
 * seen whole to be shortened. Read aloud only when the typing pauses.
 */
export function startCharCounters(): void {
  for (const area of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-counter]')) {
    const text = document.getElementById(`${area.id}-count`)
    if (text) start(area, text, Number(area.dataset['counter']))
  }
}

function start(area: HTMLTextAreaElement, text: HTMLElement, limit: number): void {
  const spoken = document.createElement('p')
  spoken.className = 'visually-hidden'
  spoken.setAttribute('aria-live', 'polite')
  text.after(spoken)

  let pause: ReturnType<typeof setTimeout> | undefined
  const update = (): void => {
    // As the server counts: characters, and a line break as one.
    const left = limit - Array.from(area.value.replaceAll('\r\n', '\n')).length
    text.textContent = sentence(left)
    text.classList.toggle('char-count-over', left < 0)
    clearTimeout(pause)
    pause = setTimeout(() => (spoken.textContent = sentence(left)), 1000)
  }
  area.addEventListener('input', update)
  update()
}

function sentence(left: number): string {
  if (left < 0) return left === -1 ? 'C’è 1 carattere di troppo' : `Ci sono ${formatFigure(-left)} caratteri di troppo`
  return left === 1 ? 'Puoi scrivere ancora 1 carattere' : `Puoi scrivere ancora ${formatFigure(left)} caratteri`
}
