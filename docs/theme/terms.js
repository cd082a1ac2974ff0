// A term's definition at the pointer, the focus or a finger, where it does not stand in the margin in sight already.
const TERM = '[aria-describedby^="term-"]'
const tip = Object.assign(document.createElement("div"), { className: "tip", popover: "auto" })
tip.setAttribute("aria-hidden", "true") // a screen reader has it from the link
let shown, pressed, later

function show(link) {
  clearTimeout(later)
  const told = document.getElementById(link.getAttribute("aria-describedby"))
  if (!told || !tip.showPopover) return false
  const { top, bottom } = told.getBoundingClientRect()
  if (bottom > top && bottom > 44 && top < innerHeight) return false
  if (shown === link) return true
  tip.replaceChildren(...told.cloneNode(true).childNodes)
  tip.showPopover()
  shown = link
  place()
  return true
}
function place() {
  const box = shown.getClientRects()[0]
  const below = box.bottom + 6
  const fits = below + tip.offsetHeight < innerHeight
  tip.style.top = `${fits ? below : box.top - tip.offsetHeight - 6}px`
  tip.style.left = `${Math.max(12, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 12))}px`
}
function hide(after) {
  clearTimeout(later)
  later = setTimeout(() => tip.hidePopover(), after)
}

document.body.append(tip)
tip.addEventListener("beforetoggle", event => { if (event.newState === "closed") shown = null })
tip.addEventListener("pointerenter", () => clearTimeout(later))
tip.addEventListener("pointerleave", () => hide(200))
addEventListener("scroll", () => { // to a term that has the focus the page has scrolled by itself
  if (!shown) return
  const { top, bottom } = shown.getBoundingClientRect()
  if (shown === document.activeElement && bottom > 44 && top < innerHeight) place()
  else tip.hidePopover()
}, { passive: true })
for (const link of document.querySelectorAll(TERM)) {
  link.addEventListener("pointerenter", event => {
    clearTimeout(later)
    if (event.pointerType === "mouse") later = setTimeout(show, shown ? 0 : 150, link)
  })
  link.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") hide(200) })
  link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link) })
  link.addEventListener("blur", () => hide(0))
  link.addEventListener("pointerdown", () => { pressed = shown }) // which a finger on the link closes
  link.addEventListener("click", event => { // the first touch shows, the second leads to the glossary
    if (event.pointerType === "touch" && pressed !== link && show(link)) event.preventDefault()
  })
}
