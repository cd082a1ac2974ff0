// A lesson as slides: each heading with what it begins with, then each cell below what is said right before it, and each
// figure, list and question. Cells that only import, and what leads on, are left out.
{
  const make = (name, properties, ...inside) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...inside)
    return made
  }
  const copy = node => {
    const copied = node.cloneNode(true)
    for (const each of [copied, ...copied.querySelectorAll("[id], [aria-describedby]")]) {
      each.removeAttribute("id")
      each.removeAttribute("aria-describedby")
    }
    for (const each of copied.querySelectorAll(".headerlink, .md-code__nav, .with, .numbers, .slip, .mark")) each.remove()
    for (const each of copied.querySelectorAll("img")) each.loading = "eager"
    return copied
  }
  // The first sentences of a paragraph, as many as can be read at a glance.
  const short = paragraph => {
    const said = copy(paragraph), range = document.createRange(), walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT)
    let length = 0, end = null
    for (let node = walk.nextNode(); node && length < 220; node = walk.nextNode()) {
      for (const stop of node.data.matchAll(/[.?!:](?=\s|$)/g)) {
        if (!end || length + stop.index < 220) end = [node, stop.index + 1]
      }
      length += node.data.length
    }
    if (end && said.textContent.length > 220) {
      range.setStart(...end)
      range.setEndAfter(said.lastChild)
      range.deleteContents()
    }
    return said
  }

  const imports = cell => cell.querySelector("pre").textContent.split("\n").every(line => /^(import |from |\s|\)|$)/.test(line))

  const article = document.querySelector("article"), slides = []
  let heading = "", open = null, said = null // the slide that a heading has begun, and a paragraph that no slide has
  const slide = (...parts) => {
    if (!open) slides.push(make("section", { className: "slide", ariaLabel: heading }, make("h2", { textContent: heading })))
    slides.at(-1).append(...parts)
    open = said = null
  }
  const walk = parent => {
    for (const each of parent.children) {
      if (each.matches("#next, #next ~ p:not(.about)")) continue
      if (each.matches("h1, h2")) {
        heading = copy(each).textContent.trim()
        open = null
        slide()
        open = slides.at(-1)
      } else if (each.matches("h3")) {
        heading = copy(each).textContent.trim()
      } else if (each.matches("p:not([class]), p.lead") && each.textContent.trim()) {
        if (open) slide(short(each))
        else said = each
      } else if (each.matches(".cell") && !imports(each)) {
        const figures = [...each.querySelectorAll("figure")], code = copy(each)
        for (const figure of code.querySelectorAll("figure")) figure.remove()
        if (said && !open) slide(short(said), code)
        else slide(code)
        for (const figure of figures) slide(copy(figure))
      } else if (each.matches("figure, table, .md-typeset__scrollwrap, ul, ol, math[display=block]")) {
        slide(copy(each))
      } else if (each.matches(".asks")) {
        const list = copy(each.querySelector("ul"))
        for (const button of list.querySelectorAll("button")) button.replaceWith(make("strong", { textContent: `${button.textContent}.` }))
        slide(copy(each.previousElementSibling), list)
      } else if (each.matches("div:not([class]), div.hero, div.part")) {
        walk(each)
      }
    }
  }
  walk(article)

  const at = make("p", { role: "status" })
  const button = (label, text) => make("button", { type: "button", ariaLabel: label, textContent: text })
  const back = button("Slide before", "←"), on = button("Next slide", "→"), close = button("End the slides", "×")
  const deck = make("dialog", { className: "slides md-typeset" }, ...slides, make("div", { className: "slides__bar" }, back, at, on, close))
  deck.setAttribute("aria-label", `Slides: ${document.querySelector("h1").firstChild.textContent}`)
  document.body.append(deck)

  let now = 0
  const go = to => {
    now = Math.min(Math.max(to, 0), slides.length - 1)
    slides.forEach((each, index) => { each.classList.toggle("slide--now", index === now) })
    at.textContent = `Slide ${now + 1} of ${slides.length}`
    back.disabled = now === 0
    on.disabled = now === slides.length - 1
    history.replaceState(null, "", `?present=${now + 1}`)
    slides[now].scrollTop = 0
    for (const each of [slides[now], ...slides[now].querySelectorAll("pre > code, pre.output")]) { // the keyboard scrolls them
      const over = each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight
      if (over) each.tabIndex = 0
      else each.removeAttribute("tabindex")
    }
  }
  back.addEventListener("click", () => go(now - 1))
  on.addEventListener("click", () => go(now + 1))
  close.addEventListener("click", () => deck.close())
  deck.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.hash))
  deck.addEventListener("keydown", event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const keys = { ArrowRight: now + 1, PageDown: now + 1, ArrowLeft: now - 1, PageUp: now - 1, Home: 0, End: slides.length - 1 }
    const inButton = event.target.matches("button, summary")
    if (event.target.matches("pre, code") && /^(Arrow|Home|End)/.test(event.key)) return // which it scrolls
    if (event.key === " " && !inButton) keys[" "] = now + (event.shiftKey ? -1 : 1)
    if (!(event.key in keys)) return
    event.preventDefault()
    go(keys[event.key])
  })
  document.addEventListener("present", () => {
    deck.showModal()
    go((Math.trunc(new URLSearchParams(location.search).get("present")) || 1) - 1)
    on.focus()
  })
}
