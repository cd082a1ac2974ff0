// The threshold lever: where the line is drawn, and what that does to each message.
//
// Its data (JSON, in the element before this script): `counts`, of class 0 and of class 1, how many scores lie in each
// hundredth from 0 to 1; `mail`, some messages of each class as [hundredth, text]; `task`, what is to be reached.
{
const say = number => number.toLocaleString("en")

customElements.get("threshold-lever") || customElements.define("threshold-lever", class extends HTMLElement {
  static KINDS = [
    [["left alone", "real messages, rightly left alone"], ["false alarms", "false alarms: real messages called spam"]],
    [["missed", "misses: spam let through"], ["caught", "spam messages, rightly caught"]],
  ]

  connectedCallback() {
    if (this.firstChild) return
    const { counts } = this.data
    const [real, spam] = counts.map(bins => bins.reduce((sum, n) => sum + n))
    this.total = real + spam
    // For each line, and of each class, how many scores are below it and how many reach it.
    this.tables = Array.from({ length: 101 }, (_, line) => counts.map((bins, truth) => {
      const below = bins.slice(0, line).reduce((sum, n) => sum + n, 0)
      return [below, (truth ? spam : real) - below]
    }))
    this.shown = [1, 0]
    const cell = (truth, answer) => `<button type="button" data-truth="${truth}" data-answer="${answer}">
      <b></b>${this.constructor.KINDS[truth][answer][0]}</button>`
    const side = n => `<b class="${n ? "one" : "zero"}">${n}</b>`
    this.innerHTML = `<section aria-label="The threshold lever">
<p class="lever-head"><b>Where do you draw the line?</b> <span>${say(this.total)} text messages, ${say(spam)} of them
  spam. Solid is a mistake.</span></p>
<div class="lever-plot">
  <svg viewBox="0 0 1010 202" preserveAspectRatio="none" role="img"
    aria-label="Scores: spam above the axis, everything else below it; mistakes are solid"></svg>
  <div class="lever-track"><input type="range" min="0" max="1" step="0.01" value="0.5"
    aria-label="Threshold: from this score on the answer is 1, spam"><span aria-hidden="true">drag me</span></div>
  <p class="lever-sides"><span><i>← answered </i><b class="zero">0, not spam</b></span>
    <output>0.50</output><span><i>answered </i><b class="one">1, spam</b> →</span></p>
  <p class="lever-said" role="status"></p>
</div>
<div class="lever-read">
  <div class="lever-matrix" role="group" aria-label="Confusion matrix: each cell opens its messages">
    <span></span><span>answer ${side(0)}<br>not spam</span><span>answer ${side(1)}<br>spam</span>
    <span>truth ${side(0)}<br>not spam</span>${cell(0, 0)}${cell(0, 1)}
    <span>truth ${side(1)}<br>spam</span>${cell(1, 0)}${cell(1, 1)}
  </div>
  <dl>${["Precision", "Recall", "F1", "Accuracy"].map(name => `<div><dt>${name}</dt><dd><b></b>
    <progress max="1" value="0" aria-hidden="true"></progress></dd></div>`).join("")}</dl>
</div>
<p class="lever-code"><code></code><button type="button">Copy</button></p>
<div class="lever-mail"><p></p><ol></ol></div></section>`
    this.range = this.querySelector("input")
    this.draw()
    this.listen()
    this.read()
  }

  // Spam upward, the rest downward: each class to its own scale, by the square root of the count.
  draw() {
    const add = (name, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name)
      for (const key in attributes) node.setAttribute(key, attributes[key])
      return this.querySelector("svg").appendChild(node)
    }
    this.bars = this.data.counts.flatMap((bins, truth) => {
      const most = Math.max(...bins)
      return bins.flatMap((n, line) => {
        const height = 96 * Math.sqrt(n / most)
        const place = { x: line * 10 + 1, width: 8, y: truth ? 99 - height : 101, height, class: `bar${truth}` }
        return n ? { line, truth, bar: add("rect", place) } : []
      })
    })
    add("line", { x2: 1010, y1: 100, y2: 100, class: "axis" })
    this.line = add("line", { y1: -6, y2: 208, class: "line" })
  }

  listen() {
    this.range.addEventListener("input", () => this.update())
    this.range.addEventListener("change", () => history.replaceState(null, "", `#t=${this.at}`))
    addEventListener("hashchange", () => this.read())
    for (const button of this.querySelectorAll(".lever-matrix button")) {
      button.addEventListener("click", () => {
        this.shown = [Number(button.dataset.truth), Number(button.dataset.answer)]
        this.update()
      })
    }
    const copy = this.querySelector(".lever-code button")
    copy.addEventListener("click", async () => {
      const code = this.querySelector("code")
      try {
        await navigator.clipboard.writeText(code.textContent)
        copy.textContent = "Copied"
        setTimeout(() => { copy.textContent = "Copy" }, 1500)
      } catch {
        getSelection().selectAllChildren(code) // not allowed to: ready to be copied by hand
      }
    })
  }

  // The setting in the address, as in #t=0.37.
  read() {
    const found = /^#t=(0(?:\.\d+)?|1(?:\.0+)?)$/.exec(location.hash)
    if (found) this.range.value = found[1]
    this.update()
  }

  update() {
    const line = Math.round(this.range.value * 100)
    const table = this.tables[line]
    const [[left, alarms], [missed, caught]] = table
    const { task } = this.data
    const set = (selector, text) => { this.querySelector(selector).textContent = text }
    this.at = (line / 100).toFixed(2)
    this.toggleAttribute("data-moved", line !== 50 || this.hasAttribute("data-moved"))
    this.range.setAttribute("aria-valuetext", this.at)
    for (const end of ["x1", "x2"]) this.line.setAttribute(end, line * 10)
    for (const each of this.bars) each.bar.classList.toggle("wrong", each.line >= line !== Boolean(each.truth))
    const solved = caught >= task.caught * (missed + caught) && alarms < task.alarms
    this.toggleAttribute("data-solved", solved)
    set("output", this.at)
    set(".lever-said", `${say(missed)} spam ${missed === 1 ? "message gets" : "messages get"} through. ${
      say(alarms)} real ${alarms === 1 ? "one is" : "ones are"} held back.${solved ? " You did it!" : ""}`)
    set("code", `confusion_matrix(test.spam, scores >= ${this.at})`)
    for (const each of document.querySelectorAll("[data-missed]")) each.textContent = say(missed)
    for (const button of this.querySelectorAll(".lever-matrix button")) {
      const { truth, answer } = button.dataset
      button.firstElementChild.textContent = say(table[truth][answer])
      button.setAttribute("aria-pressed", this.shown.join() === `${truth},${answer}`)
    }
    const rates = [caught / (caught + alarms), caught / (caught + missed),
      2 * caught / (2 * caught + alarms + missed), (left + caught) / this.total]
    this.querySelectorAll("dd").forEach((dial, i) => {
      dial.firstElementChild.textContent = Number.isNaN(rates[i]) ? "none" : rates[i].toFixed(3)
      dial.lastElementChild.value = rates[i] || 0
    })
    this.open(table, line)
  }

  // The messages of the cell that is open.
  open(table, line) {
    const [truth, answer] = this.shown
    const n = table[truth][answer]
    const near = this.data.mail[truth].filter(([at]) => at >= line === Boolean(answer))
    near.sort((a, b) => Math.abs(a[0] - line) - Math.abs(b[0] - line))
    const mail = this.querySelector(".lever-mail")
    mail.dataset.truth = truth
    mail.firstElementChild.textContent =
      `${say(n)} ${this.constructor.KINDS[truth][answer][1]}${near.length ? ". Some from near the line:" : ""}`
    mail.lastElementChild.replaceChildren(...near.slice(0, 3).map(([at, text]) => {
      const item = document.createElement("li")
      const score = document.createElement("b")
      score.textContent = (at / 100).toFixed(2)
      const begins = document.createElement("span")
      begins.textContent = text
      item.append(score, " ", begins)
      return item
    }))
  }
})

const lever = document.createElement("threshold-lever")
lever.data = JSON.parse(document.currentScript.previousElementSibling.textContent)
document.currentScript.before(lever)
}
