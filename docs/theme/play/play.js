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
    if (later) await sheet(play)
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
  addEventListener("hashchange", wait)
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
      for (const code of this.querySelectorAll("code")) code.translate = false
      this.addEventListener("submit", event => event.preventDefault())
      this.addEventListener("input", () => this.form.checkValidity() && this.show())
      this.addEventListener("change", ({ target }) => {
        if (target.validity?.valid !== false) return this.keep()
        const { name, step, min, max } = target
        if (!this.good) return
        target.value = this.good[name]
        this.tell("[role=status]", `Here goes a ${step === "1" ? "whole " : ""}number, at least ${min}${max && `, at most ${max}`}.`)
      })
      this.addEventListener("click", event => event.target.matches(".play-code button") && this.copy(event.target))
      addEventListener("hashchange", () => {
        clearTimeout(this.kept)
        if (!asked(this.name)) return
        this.read()
        this.scrollIntoView()
      })
      this.read()
    }

    // Numbers as Python writes them, which takes no 007; in the place of what is no number, the one before.
    get setting() {
      return this.good = Object.fromEntries([...new FormData(this.form)].map(([name, value]) => {
        const { type, validity } = this.form.elements[name]
        return [name, type !== "number" ? value : validity.valid ? `${Number(value)}` : this.good?.[name]]
      }))
    }

    // Into the address, once the reader pauses: that costs more than all else of a step.
    keep() {
      clearTimeout(this.kept)
      this.kept = setTimeout(() => {
        history.replaceState(history.state, "", `#${new URLSearchParams({ play: this.name, ...this.setting })}`)
      }, 100)
    }

    // What the address asks for, as far as the controls can be set so.
    read() {
      if (asked(this.name)) {
        for (const [key, value] of setting()) {
          const control = this.form.elements.namedItem(key), before = control?.value
          if (!control || (control.min && !isFinite(value))) continue // which browsers complain of
          control.value = value
          if (control.value !== value || control.selectedIndex < 0 || control.validity?.valid === false) control.value = before
        }
      }
      this.show()
    }

    // The text of an element, or of the first of a selector. One that stays costs no new layout.
    tell(place, text) {
      const node = place.nodeType ? place : this.querySelector(place)
      if (node.textContent !== `${text}`) node.textContent = text
    }

    // The Python of the setting; where a choice makes it longer, with the longest, so that nothing below it moves.
    python(text, longest) {
      this.tell("code", text)
      const { dataset } = this.querySelector("code")
      if (longest && dataset.room !== longest) dataset.room = longest
    }

    async copy(button) {
      const code = this.querySelector(".play-code code")
      try {
        await navigator.clipboard.writeText(code.textContent)
      } catch { // not there, or not allowed: at least ready to be copied by hand
        getSelection().selectAllChildren(code)
        if (!document.execCommand("copy")) return
      }
      button.textContent = "Copied"
      setTimeout(() => { button.textContent = "Copy" }, 1500)
    }
  }
}
