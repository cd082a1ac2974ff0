// The switch in the seal. It stands in the address (?proofs), and this browser keeps it. What it shows comes when it is on.
{
  const root = new URL(".", document.currentScript.src)
  const button = document.querySelector(".seal [role=switch]"), name = button.textContent
  const data = document.querySelector(".seal a").href.replace(/(\.html|\/)$/, ".js")
  const add = (name, attributes) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement(name), attributes, { onload: done, onerror: failed }))
  })
  const load = async () => {
    const style = add("link", { rel: "stylesheet", href: new URL("slips.css", root) })
    await Promise.all([style, add("script", { src: data })])
    await add("script", { src: new URL("slips.js", root) })
  }
  let loaded, on
  async function turn(to) {
    on = to
    button.ariaChecked = on
    button.textContent = name
    const url = new URL(location)
    if (on !== url.searchParams.has("proofs")) {
      if (on) url.search += `${url.search ? "&" : "?"}proofs`
      else url.searchParams.delete("proofs")
      history.replaceState(history.state, "", url)
    }
    if (!on && !loaded) return
    try {
      await (loaded ??= load())
    } catch { // no network, say
      loaded = null
      button.ariaChecked = on = false
      button.textContent = "The proofs did not come: try again"
    }
    if (loaded) slips(on)
  }
  const keep = () => {
    try {
      if (on) localStorage.setItem("proofs", "on")
      else localStorage.removeItem("proofs")
    } catch { /* blocked */ }
  }
  const kept = () => {
    try {
      return localStorage.getItem("proofs") === "on"
    } catch { // blocked
      return false
    }
  }
  button.hidden = false
  button.addEventListener("click", () => { turn(!on); keep() })
  if (new URLSearchParams(location.search).has("proofs") || kept()) turn(true)
}
