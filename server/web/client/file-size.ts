/**
 * Whether the form holds a file that its control will not take, and says so beside it: on a slow line the browser would send a large
 * photograph to its last byte before the server could refuse it.
 */
export function refuseTooLarge(form: HTMLFormElement): boolean {
  form.querySelector('.upload-refused')?.remove()
  for (const input of form.querySelectorAll<HTMLInputElement>('input[data-max-bytes]')) {
    const { maxBytes, maxSize = '' } = input.dataset
    const file = [...(input.files ?? [])].find(({ size }) => size > Number(maxBytes))
    if (!file) continue
    const told = document.createElement('p')
    told.className = 'form-feedback upload-refused'
    told.setAttribute('role', 'alert')
    told.textContent = `Il file «${file.name}» è troppo grande: il massimo è ${maxSize}. Scegline uno più piccolo, oppure riducilo o dividilo in più file.`
    const place = input.closest('.upload-control') ?? input
    place.after(told)
    input.focus()
    return true
  }
  return false
}
