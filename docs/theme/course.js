// What a page does beside its text: copy buttons, where one is, the menu, and what is folded and must be open.
{
  const each = selector => [...document.querySelectorAll(selector)]
  const make = (name, properties) => Object.assign(document.createElement(name), properties)
  const drawer = document.querySelector("#__drawer")
  drawer.setAttribute("aria-label", "Menu")
  // A page that is loaded again begins as any other: Firefox would keep the boxes ticked.
  for (const box of each("body > .md-toggle")) box.autocomplete = "off"

  // ---- A button on each block of code, which copies it; one more, which copies it with what it needs.
  const said = document.querySelector(".md-dialog__inner")
  said.setAttribute("role", "status")
  let later
  const tell = text => {
    const seen = said.parentElement.classList
    clearTimeout(later)
    said.textContent = text
    seen.add("md-dialog--active")
    later = setTimeout(() => seen.remove("md-dialog--active"), 2000)
  }
  const copy = async (text, button) => {
    said.parentElement.classList.remove("md-dialog--active")
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
    tell(done ? "Copied to clipboard" : "This browser does not let the page copy")
  }
  const lines = code => code.textContent.replace(/\n$/, "").split("\n")
  // The text of the file that the link leads to (weave/alone.py), put together from the blocks of this page.
  const whole = (link, code) => {
    const { needs, shows } = link.dataset, [chosen, ...cells] = needs.split(" ")
    const [page, number] = decodeURI(link.pathname).match(/([^/]+)\/block-(\d+)/).slice(1)
    const texts = [`# Block ${number} of ${page}, with what it needs of the blocks above.`]
    if (chosen) {
      const [python, ...pins] = document.querySelector("[data-pins]").dataset.pins.split(" ")
      const packages = chosen.split(",").map(at => pins[at])
      const told = ["/// script", `requires-python = "==${python}.*"`, "dependencies = ["]
      told.push(...packages.map(each => `    "${each.replace("~", "")}",`), "]")
      for (const each of packages.filter(each => each.endsWith("~"))) {
        const [name, version] = each.slice(0, -1).split("==")
        told.push("", "[[tool.uv.dependency-metadata]]", `name = "${name}"`, `version = "${version}"`)
        told.push("requires-dist = []")
      }
      texts.push([...told, "///"].map(line => `# ${line}`.trimEnd()).join("\n"))
    }
    for (const cell of cells) {
      const [at, ranges] = cell.split(":"), all = lines(document.querySelector(`#cell-${at} code`))
      texts.push(ranges.split(",").map(range => {
        const [first, last, error] = range.match(/(\d+)(?:-(\d+))?(?:!(.+))?/).slice(1)
        const some = all.slice(first - 1, last ?? first)
        return error
          ? ["try:", ...some.map(line => line.trim() ? `    ${line}` : line), `except ${error}:`, "    pass"].join("\n")
          : some.join("\n")
      }).join("\n"))
    }
    const own = lines(code)
    for (const put of shows?.split(",") ?? []) {
      const [line, at, added] = put.split(":"), text = own[line - 1]
      own[line - 1] = text.slice(0, at) + added + text.slice(at)
    }
    return [...texts, own.join("\n")].join("\n\n") + "\n"
  }
  let shown = 0
  for (const block of each(".highlight")) {
    const cell = block.closest("[id^=cell-]"), code = block.querySelector("code")
    const button = make("button", { type: "button", className: "md-code__button", title: "Copy to clipboard" })
    button.dataset.mdType = "copy"
    button.setAttribute("aria-label", `Copy ${cell ? `block ${cell.id.slice(5)}` : `shown block ${++shown}`}`)
    button.addEventListener("click", () => copy(lines(code).join("\n"), button))
    code.before(make("span", { className: "md-code__nav" }))
    code.previousSibling.append(button)
    const link = cell?.querySelector(".with > a")
    if (!link) continue
    const more = make("button", { type: "button", className: "md-code__with", title: "Copy with what it needs" })
    more.textContent = `+ ${link.nextSibling.data.match(/\d+ lines?/)}`
    more.setAttribute("aria-label", `Copy block ${cell.id.slice(5)} with what it needs: ${more.textContent}`)
    more.addEventListener("click", () => copy(whole(link, code), more))
    button.before(more)
    link.parentElement.hidden = true
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

  // ---- Slides and paper, beside the downloads.
  const ways = document.querySelector(".downloads")
  if (ways) {
    ways.style.minHeight = `${ways.offsetHeight}px` // the place that was kept for them
    const from = name => new URL(`study/${name}`, document.currentScript.src).href
    const files = [["script", { src: from("present.js") }], ["link", { rel: "stylesheet", href: from("present.css") }]]
    const load = ([name, properties]) => new Promise((onload, onerror) => document.head.append(make(name, { ...properties, onload, onerror })))
    let loaded
    const present = async () => {
      try {
        await (loaded ??= Promise.all(files.map(load)))
      } catch {
        loaded = null
        return tell("The slides could not be loaded. Are you offline?")
      }
      document.dispatchEvent(new Event("present"))
    }
    const name = location.pathname.match(/([^/]+?)(\.html)?$/)?.[1]
    const lead = (textContent, href) => ways.append(" ", make("a", { textContent, href }))
    if (document.querySelector("#short")) lead("Recall", new URL(`recall.html#${name}`, document.currentScript.src).href)
    for (const [textContent, onclick] of [["Present", present], ["Print", () => print()]]) {
      ways.append(" ", make("button", { type: "button", textContent, onclick }))
    }
    ways.classList.add("ways")
    if (/[?&]present\b/.test(location.search)) present()
  }

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
