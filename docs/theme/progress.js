// What was read and answered, kept by this browser alone: rings, and the lesson to go on with. A page is begun by going
// down it, and done when its questions are answered rightly (but those folded for practice); if it has none, at its end.
window.progress = (() => {
  const { page } = document.currentScript.dataset
  let kept = null // what the browser does not keep

  // The progress in a text, and nothing else that may be there; null if there is none.
  function parse(text) {
    try {
      const { v, last, pages, cards } = JSON.parse(text)
      if (v !== 1 || typeof pages !== "object") return null
      const known = Object.entries(pages).filter(([, each]) => each?.answered)
      const turned = Object.entries(cards ?? {}).filter(([, each]) => each?.length === 2 && each.every(Number.isInteger))
      return { v, last, cards: Object.fromEntries(turned), pages: Object.fromEntries(known.map(([name, { read, answered, done }]) =>
        [name, { read: Number(read) || 0, answered: { ...answered }, done: done === true }])) }
    } catch {
      return null
    }
  }
  function load() {
    try {
      kept ?? localStorage.length
    } catch { // blocked
      kept = { v: 1, pages: {} }
    }
    return kept ?? parse(localStorage.getItem("course")) ?? { v: 1, pages: {} }
  }

  function save(all) {
    try {
      localStorage.setItem("course", JSON.stringify(all))
    } catch { // blocked, or full
      kept = all
    }
    show()
  }

  function note(edit, name = page) {
    if (!document.querySelector(`[data-progress="${name}"]`)) return // not on the way
    const all = load()
    edit(all.pages[name] ??= { read: 0, answered: {}, done: false })
    if (name === page) all.last = page
    save(all)
  }

  function show() {
    const { last, pages } = load()
    const way = new Map() // the menu's pages, in their order
    for (const ring of document.querySelectorAll("[data-progress]")) {
      const name = ring.dataset.progress
      const state = pages[name]?.done ? "full" : pages[name] ? "half" : "empty"
      ring.dataset.state = state
      ring.role = state === "empty" ? null : "img"
      ring.ariaLabel = { empty: null, half: "Begun:", full: "Done:" }[state]
      const link = ring.closest("nav a")
      if (link) way.set(name, { link, state })
    }
    const names = [...way.keys()]
    const next = [...names.slice(Math.max(names.indexOf(last), 0)), ...names].find(name => way.get(name).state !== "full")
    for (const go of document.querySelectorAll("a.go-on")) {
      go.hidden = !next || !last
      if (go.hidden) continue
      const { link } = way.get(next)
      go.href = link.href
      go.textContent = `Go on with ${next.includes("/") ? "" : `lesson ${names.indexOf(next) + 1}: `}${link.textContent.trim()}`
    }
    document.dispatchEvent(new CustomEvent("progress", { detail: { way: [...way.values()], kept } }))
  }

  addEventListener("DOMContentLoaded", () => {
    show()
    const article = document.querySelector("article")
    let furthest = load().pages[page]?.read ?? 0
    addEventListener("scroll", () => {
      const { top, height } = article.getBoundingClientRect()
      const read = Math.min(Math.round(20 * (innerHeight - top) / height) / 20, 1)
      if (scrollY < innerHeight / 2 || read <= furthest) return
      furthest = read
      note(one => {
        one.read = read
        one.done ||= read === 1 && !document.querySelector(".check")
      })
    }, { passive: true })
  })
  document.addEventListener("answered", ({ detail: { name, letter, rights, needed, of } }) => note(one => {
    if (one.answered[name] !== rights[name]) one.answered[name] = letter
    one.done ||= needed.every(each => one.answered[each] === rights[each])
  }, of))
  addEventListener("storage", show) // another tab
  addEventListener("pageshow", ({ persisted }) => persisted && show()) // back again
  return { parse, load, save }
})()
