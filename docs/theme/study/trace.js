// A trace, one step at a time: buttons, the arrow keys, the step in the address; all of it at once for who wants that.
{
  const make = (name, properties, ...inside) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...inside)
    return made
  }
  const headings = [...document.querySelectorAll("article h2[id^=step-]")]
  const steps = headings.map((heading, at) => {
    const step = make("section", { className: "step" })
    step.setAttribute("aria-labelledby", heading.id)
    heading.before(step)
    for (let each = heading; each && each !== headings[at + 1];) {
      const next = each.nextElementSibling
      step.append(each)
      each = next
    }
    return step
  })
  const at = make("p", { role: "status" })
  const button = (textContent, ariaLabel) => make("button", { type: "button", textContent, ariaLabel })
  const back = button("←", "Step before"), on = button("→", "Next step"), all = button("All steps")
  const bar = make("div", { className: "step-bar" }, back, at, on, all)
  steps[0].before(bar)

  let now = 0, whole = false
  const show = () => {
    steps.forEach((each, index) => { each.hidden = !whole && index !== now })
    at.textContent = whole ? `All ${steps.length} steps` : `Step ${now + 1} of ${steps.length}`
    back.disabled = whole || now === 0
    on.disabled = whole || now === steps.length - 1
    all.setAttribute("aria-pressed", whole)
  }
  const go = to => {
    now = Math.min(Math.max(to, 0), steps.length - 1)
    history.replaceState(null, "", `#step-${now + 1}`)
    show()
  }
  const asked = () => {
    const named = headings.findIndex(each => each.id === location.hash.slice(1))
    if (named >= 0) now = named
    show()
  }
  back.addEventListener("click", () => go(now - 1))
  on.addEventListener("click", () => go(now + 1))
  all.addEventListener("click", () => { whole = !whole; show() })
  addEventListener("hashchange", asked)
  addEventListener("keydown", event => {
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1 }[event.key]
    if (to === undefined || whole || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.target.closest("input, textarea, select, pre, code, .md-typeset__scrollwrap")) return // which it scrolls
    event.preventDefault()
    go(to)
  })
  asked()
}
