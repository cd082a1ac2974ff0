// Losses: what a prediction costs, and where the gradient pushes it; two predictions, and their mean.
//
// Its data, for a yes or no: `classes`, the losses by name as [weight of class 1, gamma]. Or, for a price: `price`, the
// best `rival` bid, the `width` of the stand-in for the rule, and the `taus` of pinball losses.
{
const sigmoid = z => 1 / (1 + Math.exp(-z))
const softplus = z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
const node = (parent, name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const key in attributes) made.setAttribute(key, attributes[key])
  return parent.appendChild(made)
}

// Of a row of class 1 with the log-odds z: the loss, and its slope.
const focal = (z, weight, gamma) => {
  const rest = sigmoid(-z), power = Math.exp(-gamma * softplus(z))
  return [weight * power * softplus(-z), -weight * power * (gamma * sigmoid(z) * softplus(-z) + rest)]
}

// The losses for a yes or no, of z and the truth.
const classes = given => Object.entries(given).map(([name, [weight, gamma]]) => ({
  name,
  loss: (z, truth) => {
    if (truth) return focal(z, weight, gamma)
    const [loss, slope] = focal(-z, 1, gamma)
    return [loss, -slope]
  },
  code: (z, truths) => `import tensorflow as tf

z = tf.Variable([[${z[0].toFixed(1)}], [${z[1].toFixed(1)}]])
truths = np.array([[${truths[0]}.0], [${truths[1]}.0]])
with tf.GradientTape() as tape:
    loss = WeightedFocal(weight=${weight}, gamma=${gamma})(truths, z)
print(f"{float(loss):.3f}", tape.gradient(loss, z).numpy()[:, 0].round(3))`,
}))

// The losses for a bid in dollars.
const prices = ({ price, rival, width, taus }) => {
  const tape = (bids, loss) => `import tensorflow as tf

bids = tf.Variable([${bids.map(each => `${each}.0`).join(", ")}])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(${loss})
print(f"{float(loss):.3f}", tape.gradient(loss, bids).numpy().round(5))`
  const rule = bid => Number(!(bid <= price && bid > rival))
  return [
    ...taus.map(tau => ({
      name: `4 × pinball, tau ${tau}`,
      loss: bid => {
        const under = Math.log(price / bid)
        return [4 * Math.max(tau * under, (tau - 1) * under), 4 * (under >= 0 ? -tau : 1 - tau) / bid] // at the corner as TensorFlow has it
      },
      code: bids => tape(bids, `4 * pinball(np.log(${price}.0), tf.math.log(bids), ${tau})`),
    })),
    {
      name: "squared error, in hundreds",
      loss: bid => [((bid - price) / 100) ** 2, (bid - price) / 5000],
      code: bids => tape(bids, `((bids - ${price}) / 100) ** 2`),
    },
    {
      name: "the game's rule: lost or not",
      loss: bid => [rule(bid), 0],
      code: bids => `bids = np.array([${bids.map(each => `${each}.0`).join(", ")}])
print(np.mean(~wins(bids, rivals[[0] * 2], np.full(2, ${price}.0))))  # no gradient`,
    },
    {
      name: "its smooth stand-in",
      loss: bid => {
        const above = sigmoid(Math.log(bid / rival) / width), under = sigmoid(Math.log(price / bid) / width)
        return [1 - above * under, above * under * (above - under) / width / bid]
      },
      code: bids => tape(bids, `1 - chance(tf.math.log(bids), np.log(${rival}.0), np.log(${price}.0))`),
    },
  ]
}

class Losses extends Play {
  draw() {
    this.price = this.data.price
    this.losses = this.price ? prices(this.data) : classes(this.data.classes)
    this.range = this.price ? [600, 1400, 5, 5] : [-6, 6, 0.1, 3]
    const [min, max, step, digits] = this.range
    this.digits = digits
    const one = (name, label, at, truth) => `<label><span><b>${label}</b> <output></output></span>
      <input type="range" name="${name}" min="${min}" max="${max}" step="${step}" value="${at}"></label>${this.price ? ""
  : `<label>Truth <select name="truth${name}">${[1, 0].map(each => `<option${each === truth ? " selected" : ""}>${
    each}</option>`).join("")}</select></label>`}`
    this.innerHTML = `<form aria-label="Losses">
<p class="play-head"><b>Drag two predictions</b> <label>Loss <select name="loss">${this.losses.map(({ name }, number) =>
  `<option value="${number}">${name}</option>`).join("")}</select></label></p>
<div class="losses-plot"><svg viewBox="0 -6 400 172" preserveAspectRatio="none" role="img" aria-label="The loss over the ${
  this.price ? "bid" : "log-odds z"}, with the two predictions and the slope at each"></svg>
<p><span>${min}</span><span>${this.price ? `bid in dollars; the price is ${this.price}, the best rival bids ${this.data.rival}`
  : "z, the log-odds of class 1"}</span><span>${max}</span></p>
<p><span>Circle: A, square: B, each with its slope${this.price ? "" : "; solid: truth 1, dashed: truth 0"}; dotted: mean loss</span>
<span>upwards: loss, 0 to <span class="high"></span></span></p></div>
<div class="losses-set"><div class="play-set">${one("A", "A", this.price ? 850 : 0, 1)}</div>
<div class="play-set">${one("B", "B", this.price ? 1100 : 0, 0)}</div></div>
<p class="play-said" role="status"></p>
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></form>`
    const svg = this.querySelector("svg")
    node(svg, "path", { d: "M0 160H400", class: "axis" })
    this.curves = [0, 1].map(truth => node(svg, "path", { class: `curve truth${truth}` }))
    this.mean = node(svg, "path", { class: "mean" })
    this.points = ["A", "B"].map(name => {
      const slope = node(svg, "path", { class: "slope" }), mark = node(svg, "path", { class: `mark ${name}` })
      return { name, slope, mark }
    })
  }

  show() {
    const { setting, digits, price } = this
    const { loss, code } = this.losses[setting.loss]
    const [min, max] = this.range
    const at = ["A", "B"].map(name => Number(setting[name]))
    const truths = ["A", "B"].map(name => Number(setting[`truth${name}`] ?? 1))
    const drawn = price ? [1] : [0, 1]
    if (this.shown !== setting.loss) {
      this.along = Array.from({ length: 201 }, (_, i) => min + (max - min) * i / 200)
      this.costs = [0, 1].map(truth => drawn.includes(truth) ? this.along.map(x => loss(x, truth)[0]) : [])
      this.high = Math.max(...this.costs.flat())
    }
    const { along, costs, high } = this
    const place = (x, y) => [400 * (x - min) / (max - min), 160 - 150 * y / high]
    const path = points => `M${points.map(each => each.map(n => n.toFixed(1)).join(" ")).join("L")}`
    const wanted = `${setting.loss} ${truths}`
    if (this.wanted !== wanted) this.curves.forEach((curve, truth) => {
      const there = price ? truth === 1 : truths.includes(truth)
      curve.setAttribute("d", there ? path(along.map((x, i) => place(x, costs[truth][i]))) : "")
      curve.classList.toggle("plain", Boolean(price))
    })
    this.shown = setting.loss
    this.wanted = wanted
    const found = at.map((x, i) => loss(x, truths[i]))
    const mean = (found[0][0] + found[1][0]) / 2
    this.mean.setAttribute("d", path([[0, place(0, mean)[1]], [400, place(0, mean)[1]]]))
    this.points.forEach(({ slope, mark }, i) => {
      const [x, y] = place(at[i], found[i][0])
      const rise = -found[i][1] * 150 / high * (max - min) / 400 // of the drawing
      slope.setAttribute("d", path([[x - 45, y - 45 * rise], [x + 45, y + 45 * rise]]))
      mark.setAttribute("d", `M${x} ${y}h0.01`)
    })
    // In a mean of two each has half a say.
    const slopes = found.map(([, slope]) => slope / 2)
    const name = this.losses[setting.loss].name
    const move = (slope, each) => {
      const thing = price ? `${each}'s bid` : `${each}'s z`
      if (slope && !Number(slope.toFixed(digits))) return `hardly moves ${thing}`
      return `${slope ? slope < 0 ? "raises" : "lowers" : "leaves"} ${thing}`
    }
    this.querySelector(".high").textContent = high.toFixed(1)
    this.querySelectorAll("output").forEach((output, i) => {
      output.textContent = price ? `bids ${at[i]} dollars: loss ${found[i][0].toFixed(3)}`
        : `z ${at[i].toFixed(1)}, p ${sigmoid(at[i]).toFixed(3)}: loss ${found[i][0].toFixed(3)}`
    })
    this.tell(".play-said", `Mean loss ${mean.toFixed(3)}, ${name}. Its gradient, half of each slope, is ${slopes.map(slope =>
      slope.toFixed(digits).replace(/^-(?=[0.]+$)/, "")).join(" for A and ")} for B: a step ${
      move(slopes[0], "A")} and ${move(slopes[1], "B")}.`)
    this.tell("code", code(at, truths))
  }
}

Losses.here()
}
