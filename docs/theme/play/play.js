// What the explorers share. This file comes before the first explorer of a page, and loads the ones further down as
// they come near. An explorer's own script stands right behind its data: it ends with Play.here(…).
{
  const folder = document.currentScript.src
  const made = (name, attributes, put) => new Promise(done => {
    put(Object.assign(document.createElement(name), attributes, { onload: done, onerror: done }))
  })
  const sheets = {}
  const sheet = name => sheets[name] ??= document.querySelector(`link[href$="play/${name}.css"]`)
    ?? made("link", { rel: "stylesheet", href: new URL(`${name}.css`, folder) }, each => document.head.append(each))
  const bring = async data => {
    const { play, later } = data.dataset
    delete data.dataset.later
    await Promise.all([sheet("play"), later && sheet(play)])
    await made("script", { src: new URL(`${play}.js`, folder) }, each => data.after(each))
    if (asked(play)) data.nextElementSibling.scrollIntoView()
  }
  const setting = () => new URLSearchParams(location.hash.slice(1))
  const asked = name => setting().get("play") === name
  const place = data => data.previousElementSibling ?? data.parentElement
  const near = new IntersectionObserver(all => {
    for (const { isIntersecting, target } of all) if (isIntersecting) {
      near.unobserve(target)
      for (const data of document.querySelectorAll("[data-later]")) if (place(data) === target) bring(data)
    }
  }, { rootMargin: "100% 0%" })
  const wait = () => {
    for (const data of document.querySelectorAll("[data-later]")) {
      if (asked(data.dataset.play)) bring(data)
      else near.observe(place(data))
    }
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", wait)
  else wait()

  // An explorer: `draw` fills it from `this.data` with a form, whose named controls are the setting, and `show` tells
  // what the setting gives. The setting stands in the address, as in #play=threshold&t=0.37.
  globalThis.Play = class extends HTMLElement {
    static here() {
      const script = document.currentScript, data = script.previousElementSibling
      const name = data.dataset.play, tag = `play-${name}`
      if (!customElements.get(tag)) customElements.define(tag, this)
      const made = document.createElement(tag)
      made.name = name
      made.data = JSON.parse(data.textContent)
      script.before(made)
    }

    connectedCallback() {
      if (this.firstChild) return
      this.className = "played"
      this.draw()
      this.form = this.querySelector("form")
      this.addEventListener("submit", event => event.preventDefault())
      this.addEventListener("input", () => this.form.checkValidity() && this.show())
      this.addEventListener("change", () => this.form.checkValidity() && this.keep())
      this.addEventListener("click", event => event.target.matches(".play-code button") && this.copy(event.target))
      addEventListener("hashchange", () => this.read())
      this.read()
    }

    get setting() {
      return Object.fromEntries(new FormData(this.form))
    }

    keep() {
      history.replaceState(history.state, "", `#${new URLSearchParams({ play: this.name, ...this.setting })}`)
    }

    // What the address asks for, as far as the controls can be set so.
    read() {
      if (asked(this.name)) {
        for (const [key, value] of setting()) {
          const control = this.form.elements[key], before = control?.value
          if (!control) continue
          control.value = value
          if (control.value !== value || control.validity?.valid === false) control.value = before
        }
      }
      this.show()
    }

    // The text of an element, the first of that selector.
    tell(selector, text) {
      this.querySelector(selector).textContent = text
    }

    async copy(button) {
      const code = this.querySelector(".play-code code")
      try {
        await navigator.clipboard.writeText(code.textContent)
        button.textContent = "Copied"
        setTimeout(() => { button.textContent = "Copy" }, 1500)
      } catch {
        getSelection().selectAllChildren(code) // not allowed to: ready to be copied by hand
      }
    }
  }
}
