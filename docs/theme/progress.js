// What the reader has read and answered, which this browser alone keeps: the rings, and the lesson to go on with.
// A page is begun once somebody has gone down it, and done once its questions are answered rightly; one without, at its end.
try {
  localStorage.length
} catch { // blocked: the theme's own scripts ask for it too, and expect no error
  const value = { getItem: () => null, setItem() { throw Error("blocked") }, removeItem() {} }
  Object.defineProperty(window, "localStorage", { value })
}

window.progress = (() => {
  const { page } = document.currentScript.dataset
  const isObject = each => each && typeof each === "object"
  let kept = null // where the browser keeps nothing, until the page is left

  /** The progress that a text tells, and nothing else that may be in it; null if it tells none. */
  function parse(text) {
    try {
      const { v, last, pages } = JSON.parse(text)
      if (v !== 1 || !isObject(pages)) return null
      const known = Object.entries(pages).filter(([, each]) => isObject(each)).map(([name, { read, answered, done }]) => [
        name, { read: Math.min(Number(read) || 0, 1), answered: { ...answered }, done: done === true },
      ])
      return { v, last, pages: Object.fromEntries(known) }
    } catch {
      return null
    }
  }
  const load = () => kept ?? parse(localStorage.getItem("course")) ?? { v: 1, pages: {} }

  function save(all) {
    try {
      localStorage.setItem("course", JSON.stringify(all))
    } catch { // blocked, or full
      kept = all
    }
    show()
  }

  function note(edit) {
    if (!document.querySelector(`[data-progress="${page}"]`)) return // no page of the course's way
    const all = load()
    edit(all.pages[page] ??= { read: 0, answered: {}, done: false })
    all.last = page
    save(all)
  }

  function show() {
    const { last, pages } = load()
    const way = new Map() // the pages of the menu, in their order
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
    document.dispatchEvent(new CustomEvent("progress", { detail: { states: [...way.values()].map(each => each.state), kept } }))
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
  document.addEventListener("answered", ({ detail: { name, letter, rights } }) => note(one => {
    if (one.answered[name] !== rights[name]) one.answered[name] = letter
    one.done ||= Object.keys(rights).every(each => one.answered[each] === rights[each])
  }))
  addEventListener("storage", show) // another tab
  addEventListener("pageshow", ({ persisted }) => persisted && show()) // back again
  return { parse, load, save }
})()
