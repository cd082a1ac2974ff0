// Draw a digit: the page's own network reads it, with what each hidden unit and each pixel adds to the final sum.
//
// Its data: `weights`, all in one list as Keras has them (64 pixels by 12 units, 12, 12, 1); `order`, the units as the
// page draws them; `pictures`, some of the test set, each [name, 64 inks from 0 to 16].
{
const CODES = "0123456789abcdefg" // an ink in the address
const sigmoid = z => 1 / (1 + Math.exp(-z))
const signed = value => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2)
const pixels = each => Array.from({ length: 8 }, (_, y) =>
  `<g role="row">${Array.from({ length: 8 }, (_, x) => each(x, y)).join("")}</g>`).join("")

class Digit extends Play {
  draw() {
    const { weights, pictures } = this.data
    this.units = weights.length / 66 | 0 // 64 weights, a bias and one more weight each
    const box = (x, y) => `x="${x}" y="${y}" width="1" height="1"`
    this.innerHTML = `<form aria-label="Draw a digit">
<p class="play-head"><b>Draw a digit</b> <span>with the pointer; or move with the arrow keys, and ink with space</span></p>
<input name="ink" pattern="[0-9a-g]{64}" value="${"0".repeat(64)}" required hidden>
<div class="digit-three">
  <figure><svg viewBox="0 0 8 8" role="grid" aria-label="Your digit, 8 by 8 pixels" class="digit-ink">${
    pixels((x, y) => `<rect ${box(x, y)} role="gridcell" tabindex="${x + y ? -1 : 0}"/>`)}</svg>
    <figcaption>yours</figcaption></figure>
  <figure><svg viewBox="0 0 8 8" role="img" aria-label="What each pixel is worth" class="digit-worth">${
    pixels((x, y) => `<rect ${box(x, y)}/>`).replaceAll(' role="row"', "")}</svg>
    <figcaption>what each pixel is worth: <b class="one">for an 8</b>, <b class="zero">against</b></figcaption></figure>
  <figure><svg viewBox="0 0 ${this.units} 8" preserveAspectRatio="none" role="img" aria-label="What each hidden unit adds" class="digit-units"><line x2="${
    this.units}" y1="4" y2="4"/>${"<rect width='0.8'/>".repeat(this.units)}</svg>
    <figcaption>what each hidden unit adds, in the order of the pictures above</figcaption></figure>
</div>
<div class="play-set">${pictures.map(([name], i) => `<button type="button" class="play-button" value="${i}">${name}</button>`).join("")}
  <button type="button" class="play-button" value="">Clear</button></div>
<p class="play-said" role="status"></p>
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></form>`
    this.cells = [...this.querySelectorAll(".digit-ink rect")]
    this.dots = new Set()
    this.listen(this.querySelector(".digit-ink"))
    for (const button of this.querySelectorAll(".play-set button")) button.addEventListener("click", () => {
      this.ink = button.value ? pictures[button.value][1] : Array(64).fill(0)
      this.dots.clear()
      this.keep()
    })
  }

  get ink() { return [...this.form.elements.ink.value].map(each => CODES.indexOf(each)) }

  set ink(values) {
    this.form.elements.ink.value = values.map(each => CODES[each]).join("")
    this.show()
  }

  listen(grid) {
    grid.addEventListener("pointerdown", event => { // one finger, pen or main button
      if (!event.isPrimary || event.button) return
      grid.setPointerCapture(event.pointerId)
      this.stroke(grid, event, event)
      event.preventDefault()
    })
    grid.addEventListener("pointermove", event => grid.hasPointerCapture(event.pointerId) && this.stroke(grid, event, this.before))
    grid.addEventListener("pointerup", () => this.keep())
    grid.addEventListener("keydown", event => {
      const at = this.cells.indexOf(event.target), x = at % 8
      const to = { ArrowLeft: x ? at - 1 : at, ArrowRight: x < 7 ? at + 1 : at, ArrowUp: at > 7 ? at - 8 : at,
        ArrowDown: at < 56 ? at + 8 : at, Home: at - x, End: at - x + 7, " ": at, Enter: at }[event.key]
      if (to === undefined) return
      event.preventDefault()
      if (event.key === " " || event.key === "Enter") {
        this.ink = this.ink.map((ink, i) => i === at ? (ink < 8 ? 8 : ink < 16 ? 16 : 0) : ink)
        this.dots.clear()
        this.keep()
      }
      event.target.setAttribute("tabindex", -1)
      this.cells[to].setAttribute("tabindex", 0)
      this.cells[to].focus()
    })
  }

  // As the pictures of the data set were made: a pixel counts how many of its 16 dots have ink.
  stroke(grid, event, from) {
    const { left, top, width, height } = grid.getBoundingClientRect(), ink = this.ink
    const place = ({ clientX, clientY }) => [32 * (clientX - left) / width, 32 * (clientY - top) / height]
    const [x0, y0] = place(from), [x1, y1] = place(event), steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0)) || 1
    this.before = { clientX: event.clientX, clientY: event.clientY }
    for (let step = 0; step <= steps; step++) {
      const x = x0 + (x1 - x0) * step / steps, y = y0 + (y1 - y0) * step / steps
      for (let v = Math.max(0, Math.ceil(y - 2.5)); v <= Math.min(31, y + 1.5); v++) {
        for (let u = Math.max(0, Math.ceil(x - 2.5)); u <= Math.min(31, x + 1.5); u++) {
          if (this.dots.has(v * 32 + u) || Math.hypot(u + 0.5 - x, v + 0.5 - y) > 2) continue
          this.dots.add(v * 32 + u)
          const pixel = (v >> 2) * 8 + (u >> 2)
          ink[pixel] = Math.min(16, ink[pixel] + 1)
        }
      }
    }
    this.ink = ink
  }

  // What the network makes of 64 inks: what each hidden unit adds to the final sum, the sum, and the score; and what
  // each pixel is worth, the sum less the one without it.
  answer(inks) {
    const { units, data: { weights } } = this, from = 64 * units, said = weights.slice(from, from + units)
    inks.forEach((ink, pixel) => {
      if (ink) for (let unit = 0; unit < units; unit++) said[unit] += ink / 16 * weights[pixel * units + unit]
    })
    const adds = said.map((each, unit) => Math.max(0, each) * weights[from + units + unit])
    const sum = adds.reduce((a, b) => a + b, weights.at(-1))
    const worth = inks.map((ink, pixel) => {
      let rest = ink ? sum - weights.at(-1) : 0
      if (ink) for (let unit = 0; unit < units; unit++) {
        rest -= Math.max(0, said[unit] - ink / 16 * weights[pixel * units + unit]) * weights[from + units + unit]
      }
      return rest
    })
    return { adds, sum, score: sigmoid(sum), worth }
  }

  show() {
    const inks = this.ink, { adds, score, worth } = this.answer(inks)
    const put = (node, key, value) => node.getAttribute(key) === `${value}` || node.setAttribute(key, value)
    const paint = (rect, value, most) => {
      put(rect, "class", value > 0 ? "for" : "against")
      put(rect, "fill-opacity", most && Math.abs(value) / most)
    }
    const most = Math.max(...worth.map(Math.abs))
    this.querySelectorAll(".digit-worth rect").forEach((rect, pixel) => paint(rect, worth[pixel], most))
    this.cells.forEach((cell, pixel) => {
      put(cell, "fill-opacity", inks[pixel] / 16)
      put(cell, "aria-label", `row ${(pixel >> 3) + 1}, column ${pixel % 8 + 1}: ${
        inks[pixel] ? `ink ${inks[pixel]} of 16, worth ${signed(worth[pixel])}` : "no ink"}`)
    })
    const scale = 3.8 / Math.max(4, ...adds.map(Math.abs))
    this.querySelectorAll(".digit-units rect").forEach((bar, i) => {
      const value = adds[this.data.order[i]], height = Math.abs(value) * scale
      paint(bar, value, Math.abs(value))
      for (const [key, at] of Object.entries({ x: i + 0.1, y: value > 0 ? 4 - height : 4, height })) bar.setAttribute(key, at)
    })
    const [up, down] = [Math.max, Math.min].map(pick => pick(0, ...adds))
    const unit = value => `hidden unit ${1 + this.data.order.findIndex(each => adds[each] === value)}`
    this.tell("[role=status]", `Score ${score.toFixed(3)}: answered ${score >= 0.5 ? "1, an 8" : "0, no 8"}. ${
      up ? `Most speaks ${unit(up)} for an 8 (${signed(up)})` : "No hidden unit speaks for an 8"}${
      down ? `, most against it ${unit(down)} (${signed(down)}).` : ", and none against it."}`)
    this.tell("code", `network.predict(np.array([[${inks.join(", ")}]]) / 16)`)
  }
}
Digit.here()
}
