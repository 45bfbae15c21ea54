const MENUS = 'details.mobile-menu, details.account-menu, details.spid-idp-button'

/** Menus are `<details>` and open without a script; this closes them as people expect: Escape, or a click elsewhere. */
export function startMenus(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    for (const menu of openMenus()) {
      menu.open = false
      if (menu.contains(document.activeElement)) menu.querySelector('summary')?.focus()
    }
  })
  document.addEventListener('click', (event) => {
    for (const menu of openMenus()) if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false
  })
}

/** On a narrow screen the index of a page stands before its text: closed, it does not push the text away. */
export function startPageIndex(): void {
  const index = document.querySelector('details.page-index')
  if (window.matchMedia('(max-width: 991.98px)').matches) index?.removeAttribute('open')
  index?.setAttribute('data-started', '')
}

const openMenus = (): HTMLDetailsElement[] =>
  [...document.querySelectorAll<HTMLDetailsElement>(MENUS)].filter(({ open }) => open)
