// What a page does beside its text: copy buttons, where one is, the menu, and what is folded and must be open.
{
  const each = selector => [...document.querySelectorAll(selector)]
  const make = (name, properties) => Object.assign(document.createElement(name), properties)
  const drawer = document.querySelector("#__drawer")
  drawer.setAttribute("aria-label", "Menu")
  // A page that is loaded again begins as any other: Firefox would keep the boxes ticked.
  for (const box of each("body > .md-toggle")) box.autocomplete = "off"

  // ---- A button on each block of code, which copies it.
  const said = document.querySelector(".md-dialog__inner")
  said.setAttribute("role", "status")
  let later
  const copy = async (code, button) => {
    const seen = said.parentElement.classList
    clearTimeout(later)
    seen.remove("md-dialog--active")
    const text = code.textContent.replace(/\n$/, "")
    let done = true
    try {
      await navigator.clipboard.writeText(text)
    } catch { // not there, or not allowed
      const field = document.body.appendChild(make("textarea", { value: text, className: "hide" }))
      field.select()
      done = document.execCommand("copy")
      field.remove()
      button.focus({ preventScroll: true })
    }
    said.textContent = done ? "Copied to clipboard" : "This browser does not let the page copy"
    seen.add("md-dialog--active")
    later = setTimeout(() => seen.remove("md-dialog--active"), 2000)
  }
  let shown = 0
  for (const block of each(".highlight")) {
    const cell = block.closest("[id^=cell-]"), code = block.querySelector("code")
    const button = make("button", { type: "button", className: "md-code__button", title: "Copy to clipboard" })
    button.dataset.mdType = "copy"
    button.setAttribute("aria-label", `Copy ${cell ? `block ${cell.id.slice(5)}` : `shown block ${++shown}`}`)
    button.addEventListener("click", () => copy(code, button))
    code.before(make("span", { className: "md-code__nav" }))
    code.previousSibling.append(button)
  }
  // The keyboard reaches a block that is wider than its place.
  const wide = new ResizeObserver(all => {
    const wider = new Set(all.map(({ target }) => target).filter(code => code.scrollWidth > code.clientWidth))
    for (const { target } of all) {
      if (wider.has(target)) target.tabIndex = 0
      else target.removeAttribute("tabindex")
    }
  })
  for (const code of each("pre > code")) wide.observe(code)

  // ---- Where one is: the heading in the menu, and the page's title in the header once its own is out of sight.
  const menu = document.querySelector(".md-sidebar--primary")
  const narrow = matchMedia("(max-width: 76.234375em)")
  const header = document.querySelector(".md-header"), title = document.querySelector("h1")
  const headings = each(".md-nav--secondary a").map(link => [link, document.getElementById(link.hash.slice(1))])
  const bring = link => {
    const frame = menu.querySelector(".md-sidebar__scrollwrap")
    const { top, bottom } = frame.getBoundingClientRect(), at = link.getBoundingClientRect()
    if (at.top < top || at.bottom > bottom) frame.scrollTop += at.top - (top + bottom) / 2
  }
  let current = -1, asked
  const follow = () => {
    asked = 0
    const line = header.offsetHeight
    const last = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 1
    const past = title?.getBoundingClientRect().bottom <= line
    const now = last
      ? headings.length - 1
      : headings.findLastIndex(([, heading]) => heading?.getBoundingClientRect().top < line + 24)
    header.querySelector(".md-header__title").classList.toggle("md-header__title--active", past)
    if (now === current) return
    current = now
    headings.forEach(([link], index) => {
      link.classList.toggle("md-nav__link--passed", index <= now)
      link.classList.toggle("md-nav__link--active", index === now)
      if (index === now) link.setAttribute("aria-current", "location")
      else link.removeAttribute("aria-current")
    })
    if (now >= 0 && !narrow.matches) bring(headings[now][0])
  }
  const ask = () => { asked ||= requestAnimationFrame(follow) }
  addEventListener("scroll", ask, { passive: true })
  addEventListener("resize", ask, { passive: true })
  requestAnimationFrame(() => {
    const page = menu?.querySelector("[aria-current=page]")
    if (page && !narrow.matches) bring(page)
    follow()
  })

  // ---- What is folded opens for an address that leads into it, and on paper.
  const reveal = () => {
    const at = document.getElementById(location.hash.slice(1))
    const folded = []
    for (let each = at; each; each = each.parentElement) if (each.matches("details:not([open])")) folded.push(each)
    for (const each of folded) each.open = true
    if (folded.length) at.scrollIntoView()
  }
  addEventListener("hashchange", reveal)
  reveal()
  if (!CSS.supports("selector(::details-content)")) { // course.css opens it otherwise
    let folded = []
    addEventListener("beforeprint", () => {
      folded = each("details:not([open])")
      for (const each of folded) each.open = true
    })
    addEventListener("afterprint", () => { for (const each of folded) each.open = false })
  }

  // ---- The menu. In a narrow window it is a drawer of panels: only the one in front takes the keyboard; Escape, and
  // a link to a place in the page, close it.
  if (menu) {
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
    const close = () => { if (drawer.checked) drawer.click() }

    menu.addEventListener("change", ({ target }) => {
      settle()
      if (!narrow.matches) return
      const item = target.parentElement
      inside(target.checked ? child(item, "nav > .md-nav__title") : child(item, "label"))?.focus({ preventScroll: true })
    })
    menu.addEventListener("click", ({ target }) => { if (target.closest("a[href^='#']")) close() })
    for (const left of ["hashchange", "pageshow"]) addEventListener(left, close)
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
}
