/**
 * Keeps the stars the moment that they are chosen: many people stop there (service-requirements.md A8). What is sent afterwards changes
 * the same answer, by its key.
 */
export function startRating(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-rating]')
  const key = form?.querySelector<HTMLInputElement>('[name="chiave"]')
  if (!form || !key) return
  form.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'stelle') return
    if (key.value === '') key.value = newKey()
    const fields = ['_csrf', 'oggetto', 'chiave', 'stelle']
    const filled = new FormData(form)
    const stars = new URLSearchParams(
      fields.flatMap((name) => {
        const value = filled.get(name)
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
    // Not heard of if it fails: the form can still be sent.
    fetch(form.action, { method: 'POST', body: stars, redirect: 'manual', keepalive: true }).catch(() => undefined)
  })
}

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
