// The proofs on the page: values and what was checked are buttons, and each opens a slip below its paragraph.
window.slips = (() => {
  const make = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }
  const words = { Value: "computed", Claim: "checked", Rule: "rule" }
  let count = 0

  function mark(proof, number) {
    const place = document.getElementById(`proof-${number}`)
    if (!place) return // an explorer has put a number of its own there
    const inside = place.closest("a, summary") // in which no button can be
    let button = place
    if (!place.textContent || inside) {
      const word = words[proof.kind]
      button = make("button", { type: "button", ariaLabel: `${word}: proof ${number}` })
      button.dataset.word = word
      if (inside) inside.after(button)
      else place.append(button)
    } else {
      button.role = "button"
      button.tabIndex = 0
    }
    button.dataset.proof = number
    button.ariaExpanded = false
  }

  // The runs as bars, high for those in which it held; the words say the same.
  function strip({ held, runs }) {
    const draw = (name, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name)
      for (const each in attributes) node.setAttribute(each, attributes[each])
      return node
    }
    const wide = 10 * runs, high = 10 * held
    const svg = draw("svg", { viewBox: `0 0 ${wide} 12`, width: wide, height: 12, "aria-hidden": true })
    svg.append(draw("path", { d: `M2 6h${high}` }), draw("path", { d: `M${high + 2} 6h${wide - high}`, class: "fell" }))
    return svg
  }

  function slip(number) {
    const proof = proofs.all[number - 1]
    const at = `${proofs.path}:${proof.line}`
    const from = proofs.source ? make("a", { href: proofs.source + proof.line }, at) : at
    const gave = make("b", { textContent: proof.kind === "Value" ? proof.gave : "true" })
    return make("div", { className: "slip", id: `slip-${++count}`, role: "group", ariaLabel: `Proof ${number}` },
      make("p", {}, make("b", { textContent: `${proof.kind} ${number}` }), ", ", from),
      make("pre", {}, make("code", { translate: false, textContent: proof.source })),
      proof.kind === "Value" ? make("p", {}, gave) : make("p", {}, `${proof.gave}: `, gave),
      make("p", {}, ...(proof.runs && proof.kind !== "Value" ? [strip(proof)] : []), proof.said))
  }

  function put(made, mark) {
    const block = mark.closest(".asks > ul") // behind all choices: what stands in one chooses it, and is its name
      ?? mark.closest("p, li, td, th, dt, dd, h1, h2, h3, h4, h5, h6, details, div, article")
    if (block.matches("li, dt, dd, details")) {
      const home = block.matches("dt") ? block.nextElementSibling : block
      home.insertBefore(made, [...home.children].find(each => each.matches("ul, ol")) ?? null)
      return
    }
    let last = block.closest(".md-typeset__scrollwrap, table") ?? block
    while (last.nextElementSibling?.matches(".note, .slip")) last = last.nextElementSibling
    last.after(made)
  }

  const opened = mark => document.getElementById(mark.getAttribute("aria-controls"))
  function toggle(mark) {
    const open = mark.ariaExpanded === "false"
    mark.ariaExpanded = open
    if (open) {
      const made = slip(mark.dataset.proof)
      mark.setAttribute("aria-controls", made.id)
      put(made, mark)
    } else {
      opened(mark).remove()
      mark.removeAttribute("aria-controls")
    }
  }
  // Before others hear of it: a mark in a choice of a question does not choose.
  addEventListener("click", event => {
    const mark = event.target.closest?.("[data-proof]")
    if (!mark || (mark.localName !== "button" && String(getSelection()))) return
    event.stopPropagation()
    toggle(mark)
  }, true)
  addEventListener("keydown", event => {
    const { target, key } = event
    if (target.matches?.("span[data-proof]") && (key === " " || key === "Enter")) {
      event.preventDefault()
      toggle(target)
    } else if (key === "Escape") {
      const id = target.closest?.(".slip")?.id
      const mark = id ? document.querySelector(`[aria-controls=${id}]`) : target.closest?.("[data-proof][aria-expanded=true]")
      if (!mark) return
      mark.focus()
      toggle(mark)
    }
  })

  let shown = false
  return on => {
    if (on === shown) return
    shown = on
    if (on) {
      proofs.all.forEach((proof, index) => mark(proof, index + 1))
      if (/^#proof-\d+$/.test(location.hash)) document.querySelector(location.hash)?.scrollIntoView({ block: "center" })
      return
    }
    for (const each of document.querySelectorAll(".slip, button[data-proof]")) each.remove()
    for (const each of document.querySelectorAll("[data-proof]")) {
      for (const attribute of ["role", "tabindex", "data-proof", "aria-expanded", "aria-controls"]) each.removeAttribute(attribute)
    }
  }
})()
