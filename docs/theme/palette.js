// The palette that was chosen, or the system's, before anything is drawn. The choice is kept where Material keeps it.
{
  document.documentElement.classList.replace("no-js", "js")
  const form = document.querySelector("[data-md-component=palette]")
  const key = `${new URL(".", document.currentScript.src).pathname}.__palette`
  const choices = [...form.elements] // the system's, light, dark
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const ground = document.head.appendChild(Object.assign(document.createElement("meta"), { name: "theme-color" }))
  let chosen = 0

  const load = () => {
    try {
      chosen = Number(JSON.parse(localStorage.getItem(key))?.index)
    } catch { // blocked, or nothing of ours
    }
    if (!choices[chosen]) chosen = 0
  }
  const show = () => {
    choices.forEach((choice, index) => {
      choice.checked = index === chosen
      choice.nextElementSibling.hidden = index !== chosen
    })
    const { mdColorScheme } = choices[chosen || (dark.matches ? 2 : 1)].dataset
    Object.assign(document.body.dataset, { mdColorScheme, mdColorSwitching: "" })
    ground.content = getComputedStyle(document.body).getPropertyValue("--ground")
    delete document.body.dataset.mdColorSwitching
  }

  form.autocomplete = "off"
  form.addEventListener("change", ({ target }) => {
    chosen = choices.indexOf(target)
    show()
    try {
      localStorage.setItem(key, JSON.stringify({ index: chosen }))
    } catch { // blocked, or full: then it is for this page
    }
  })
  form.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    const next = choices[(chosen + 1) % choices.length]
    next.click()
    next.focus()
  })
  dark.addEventListener("change", show)
  addEventListener("pageshow", ({ persisted }) => { // back again, perhaps from where it was changed
    if (!persisted) return
    load()
    show()
  })
  load()
  show()
}
