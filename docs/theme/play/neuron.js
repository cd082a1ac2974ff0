// One neuron: two weights and a bias by hand, on rows with two features.
//
// Its data: `points` of the page as [first, second, class], `features`, their names, `python`, what the features and the
// labels are called there, `row`, what a row is called, and the `start`: two weights and the bias.
{
const XOR = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
const sigmoid = z => 1 / (1 + Math.exp(-z))
const softplus = z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
const node = (parent, name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const key in attributes) made.setAttribute(key, attributes[key])
  return parent.appendChild(made)
}

class Neuron extends Play {
  scatters = {}

  draw() {
    const { points, features, row, start } = this.data
    const slider = (name, label, at, most = 8) => `<label><span><i>${label}</i> <output></output></span> <input type="range"
      name="${name}" min="${-most}" max="${most}" step="0.1" value="${at}"></label>`
    this.innerHTML = `<form aria-label="One neuron">
<p class="play-head"><b>Be the neuron</b> <label>Rows <select name="rows"><option value="page">${points.length} ${row}s</option>
  <option value="xor">XOR, 4 made-up rows</option></select></label></p>
<div class="neuron-both"><div><svg viewBox="0 0 100 100" role="img"></svg><p class="neuron-key"></p></div>
<div class="neuron-set">
  ${slider("w1", "", start[0])}${slider("w2", "", start[1])}
  ${slider("b", "bias", start[2])}
  <label><span>row <output></output></span> <input type="range" name="row" min="1" max="${points.length}" value="1"></label>
  <p class="neuron-row"></p>
</div></div>
<p class="play-said" role="status"></p>
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></form>`
    this.svg = this.querySelector("svg")
    this.svg.setAttribute("aria-label", `${features.join(" across, ")} up: the rows, and the neuron's border`)
    this.svg.addEventListener("click", event => this.choose(event)) // what the slider does, for a pointer
  }

  // The rows as circles (class 0) and triangles (class 1), in a frame that holds them all; each choice is drawn once.
  scatter(points) {
    const kept = this.scatters[this.rows]
    if (kept) return this.svg.replaceChildren(...Object.assign(this, kept).nodes)
    const [xs, ys] = [0, 1].map(i => points.map(each => each[i]))
    this.frame = [xs, ys].map(each => {
      const room = 0.06 * (Math.max(...each) - Math.min(...each)) || 1
      return [Math.min(...each) - room, Math.max(...each) + room]
    })
    this.svg.replaceChildren()
    this.border = node(this.svg, "path", { class: "border" })
    const size = points.length > 9 ? 1.3 : 3
    this.marks = points.map(([x, y, truth]) => {
      const [left, top] = this.at(x, y)
      return truth
        ? node(this.svg, "path", { d: `M${left} ${top - size}l${size} ${1.8 * size}h${-2 * size}z`, class: "class1" })
        : node(this.svg, "circle", { cx: left, cy: top, r: size, class: "class0" })
    })
    this.here = node(this.svg, "circle", { r: 2.6 * size, class: "here" })
    const { frame, border, marks, here } = this
    this.scatters[this.rows] = { frame, border, marks, here, nodes: [...this.svg.childNodes] }
  }

  // The row whose mark is nearest to a click.
  choose({ clientX, clientY }) {
    const far = this.marks.map(mark => {
      const { left, right, top, bottom } = mark.getBoundingClientRect()
      return Math.hypot((left + right) / 2 - clientX, (top + bottom) / 2 - clientY)
    })
    this.form.elements.row.value = 1 + far.indexOf(Math.min(...far))
    this.show()
    this.keep()
  }

  at(x, y) {
    const [[left, right], [low, high]] = this.frame
    return [100 * (x - left) / (right - left), 100 - 100 * (y - low) / (high - low)]
  }

  show() {
    const { rows, row, ...numbers } = this.setting
    const [w1, w2, b] = ["w1", "w2", "b"].map(name => Number(numbers[name]))
    const xor = rows === "xor", points = xor ? XOR : this.data.points
    const { features, python } = this.data
    if (this.rows !== rows) {
      this.rows = rows
      this.form.elements.row.max = points.length
      this.scatter(points)
      const [across, up] = xor ? ["the first", "the second"] : features
      this.querySelectorAll("i").forEach((label, i) => {
        label.textContent = i === 2 ? "bias" : `weight of ${[across, up][i]}`
      })
      this.tell(".neuron-key", `Across: ${across}, upwards: ${up}. Circle: class 0, triangle: class 1; outlined: on the wrong side.`)
    }
    const z = points.map(([x, y]) => w1 * x + w2 * y + b)
    const right = z.filter((z, i) => Number(z >= 0) === points[i][2]).length
    const loss = z.reduce((sum, z, i) => sum + softplus(points[i][2] ? -z : z), 0) / points.length
    const chosen = Math.min(row, points.length) - 1
    const [x, y, truth] = points[chosen]
    const text = number => number < 0 ? `−${-number}` : `${number}`
    const [first, second, bias, which] = this.querySelectorAll("output")
    ;[first, second, bias].forEach((output, i) => { this.tell(output, text([w1, w2, b][i])) })
    this.tell(which, chosen + 1)
    this.marks.forEach((mark, i) => {
      const wrong = Number(z[i] >= 0) !== points[i][2]
      if (mark.wrong !== wrong) mark.classList.toggle("wrong", mark.wrong = wrong)
    })
    const [cx, cy] = this.at(x, y)
    this.here.setAttribute("cx", cx)
    this.here.setAttribute("cy", cy)
    this.line(w1, w2, b)
    this.tell(".neuron-row", `${text(w1)} · ${text(x)} + ${text(w2)} · ${text(y)} + ${text(b)} = ${
      text(Number(z[chosen].toFixed(2)))}: these are the log-odds. Probability of class 1: ${
      sigmoid(z[chosen]).toFixed(3)}. Truth: class ${truth}.`)
    this.tell(".play-said", `${right} of ${points.length} on the right side of the border, loss ${loss.toFixed(3)}.${
      w1 || w2 ? xor && right === 3 ? " More no straight line can do." : ""
        : " With both weights 0 there is no border: all get the same answer."}`)
    const code = xor => `${xor ? `x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])\ny = np.array([0, 1, 1, 0])\n`
  : `x, y = ${python.features}, ${python.labels}\n`}z = x @ np.array([${w1}, ${w2}]) + ${b < 0 ? `(${b})` : b}
loss = np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
print(np.sum((z >= 0) == y), "of", len(y), f"right, loss {loss:.3f}")`
    this.python(code(xor), code(true))
  }

  // The border, where the sum is 0: across the frame, at right angles to the weights.
  line(w1, w2, b) {
    const [[left, right], [low, high]] = this.frame
    const ends = Math.abs(w2) > Math.abs(w1)
      ? [left, right].map(x => [x, -(w1 * x + b) / w2]) : [low, high].map(y => [-(w2 * y + b) / w1, y])
    const drawn = w1 || w2 ? ends.map(each => this.at(...each).map(n => n.toFixed(2)).join(" ")) : []
    this.border.setAttribute("d", drawn.length ? `M${drawn.join("L")}` : "")
  }
}

Neuron.here()
}
