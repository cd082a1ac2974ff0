// What every page carries of the search: it opens the field. The rest comes when somebody goes to search, or from there.
(() => {
  const root = new URL(".", document.currentScript.src)
  const once = make => (made => () => made ??= make().catch(error => { made = null; throw error }))()
  const add = (name, attributes) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement(name), attributes, { onload: done, onerror: failed }))
  })
  const script = name => once(() => add("script", { src: new URL(name, root) }))
  const style = once(() => add("link", { rel: "stylesheet", href: new URL("find.css", root) }))
  const code = script("find.js"), index = script("search/index.js")
  const ready = () => Promise.all([style(), code(), index()]).then(() => true, () => false)

  const open = () => {
    const dialog = document.querySelector(".finder")
    if (!dialog.open) dialog.showModal()  // at once: a phone shows its keyboard only for what a tap has focused
    dialog.querySelector("input").select()
    ready().then(here => {
      if (here) find.show(dialog)()
      else dialog.querySelector("[role=status]").textContent = "The search could not be loaded. Are you offline? Close it and try again."
    })
  }
  for (const sign of ["pointerover", "focusin"]) addEventListener(sign, ({ target }) => target.closest?.(".find") && ready())
  addEventListener("click", ({ target }) => target.closest?.(".find") && open())
  addEventListener("keydown", event => {
    const { target, key } = event
    if (!/^[/s]$/.test(key) || event.ctrlKey || event.metaKey || event.altKey) return
    if (target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return
    event.preventDefault()
    open()
  })
  addEventListener("DOMContentLoaded", () => {
    const asked = new URLSearchParams(location.search)
    if (asked.has("h")) Promise.all([style(), code()]).then(() => find.mark(asked.get("h")), () => {})
    if (!asked.has("q")) return
    document.querySelector(".finder input").value = asked.get("q")
    open()
  })
})()
