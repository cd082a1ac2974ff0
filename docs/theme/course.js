// What Material's own scripts leave without a name, or out of the keyboard's reach.
document.querySelector("#__drawer")?.setAttribute("aria-label", "Menu")
// A page that is loaded again begins as any other: Firefox would keep the boxes ticked.
for (const box of document.querySelectorAll("body > .md-toggle")) box.autocomplete = "off"

// Its bundle wraps tables and adds copy buttons as they come into view.
const name = () => {
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) table.tabIndex = 0
  const fresh = document.querySelectorAll("nav.md-code__nav:not([role])")
  if (!fresh.length) return
  const shown = [...document.querySelectorAll(".highlight")].filter(block => !block.closest("[id^=cell-]"))
  for (const group of fresh) {
    group.setAttribute("role", "presentation")
    const cell = group.closest("[id^=cell-]"), block = group.closest(".highlight")
    const called = cell ? `block ${cell.id.slice(5)}` : `shown block ${shown.indexOf(block) + 1}`
    group.querySelector("[data-md-type=copy]")?.setAttribute("aria-label", `Copy ${called}`)
  }
}
new MutationObserver(name).observe(document.body, { childList: true, subtree: true })
name()

// The menu. In a narrow window it is a drawer of panels: only the one in front takes the keyboard, and Escape closes it.
const menu = document.querySelector(".md-sidebar--primary")
const drawer = document.querySelector("#__drawer")
if (menu && drawer) {
  const narrow = matchMedia("(max-width: 76.234375em)")
  const child = (parent, selector) => parent.querySelector(`:scope > ${selector}`)
  // What is in a label takes the keyboard for it: a label with a box may be no button itself.
  const button = (control, name) => {
    control.setAttribute("tabindex", 0)
    control.setAttribute("role", "button")
    if (name) control.setAttribute("aria-label", name)
    return control
  }
  const inside = label => label.querySelector("[role=button]")
  const opener = button(document.querySelector(".md-header label[for=__drawer] svg"), "Menu")
  for (const label of menu.querySelectorAll("label.md-nav__link")) {
    label.removeAttribute("tabindex")
    button(label.querySelector(".md-ellipsis"))
  }
  for (const label of menu.querySelectorAll(".md-nav .md-nav label.md-nav__title[for]")) {
    button(label.querySelector(".md-nav__icon"), `${label.textContent.trim()}: back`)
  }

  let behind = []
  const hide = (...parts) => { for (const each of parts) each.inert = true; behind.push(...parts) }
  const settle = () => {
    for (const each of behind) each.inert = false
    behind = []
    for (const label of menu.querySelectorAll("label.md-nav__link")) {
      inside(label).setAttribute("aria-expanded", document.getElementById(label.htmlFor).checked)
    }
    opener.setAttribute("aria-expanded", drawer.checked)
    drawer.ariaHidden = !drawer.checked // it is there to close the drawer, before all that is in it
    drawer.tabIndex = drawer.checked ? 0 : -1
    if (!narrow.matches) return
    for (let panel = child(menu, "* .md-nav"); panel; ) {
      const items = [...child(panel, ".md-nav__list").children]
      for (const item of items) hide(...item.querySelectorAll("nav"))
      const front = items.findLast(item => child(item, ".md-nav__toggle:checked"))
      if (!front) break
      hide(child(panel, ".md-nav__title"), ...items, ...front.children)
      panel = child(front, "nav")
      for (const each of [front, panel]) each.inert = false
    }
    if (!drawer.checked) return
    hide(...document.querySelectorAll(
      "[data-md-component=skip], #__search, .md-header, .md-main__inner > :not(.md-sidebar--primary), .md-footer",
    ))
  }

  menu.addEventListener("change", ({ target }) => {
    settle()
    if (!narrow.matches) return
    const item = target.parentElement
    ;inside(target.checked ? child(item, "nav > .md-nav__title") : child(item, "label"))?.focus({ preventScroll: true })
  })
  addEventListener("keydown", event => {
    const label = event.target.matches("[role=button]") && event.target.closest("label")
    if (label && (event.key === " " || event.key === "Enter")) {
      event.preventDefault()
      label.click()
    } else if (event.key === "Escape" && drawer.checked) {
      drawer.click()
      opener.focus()
    }
  })
  drawer.addEventListener("change", () => {
    settle()
    if (drawer.checked) drawer.focus()
  })
  narrow.addEventListener("change", settle)
  settle()
}
