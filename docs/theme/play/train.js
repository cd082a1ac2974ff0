// Train it here: the page's Keras run again, in the browser, then with any other setting.
//
// Its data: `inputs`, `rows` to train on, the page's `setting`, Keras's `loss` and `val_loss`, if any, by epoch;
// `watched`, the validation rows in Python, and how many; the `share` of class 1, if not half; `levers`, which come first.
// train-net.js makes the rows, but where the static result links to a file of them.
{
const folder = document.currentScript.src
const NAMES = { SGD: "SGD", momentum: "SGD, momentum", RMSprop: "RMSprop", Adam: "Adam" }
const CHOICES = {
  optimizer: ["Optimizer", Object.keys(NAMES)],
  rate: ["Learning rate", [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]],
  batch: ["Batch", [1, 8, 16, 32, 64, 128, 256]],
  units: ["Hidden units", [1, 2, 4, 8, 16, 32, 64, 128]],
  epochs: ["Epochs", [5, 10, 20, 50, 100, 200, 400]],
  decay: ["Weight decay", [0, 0.001, 0.01, 0.1, 0.3, 1, 3]],
  rows: ["Rows", [25, 50, 100, 200, 400, 800]],
  seed: ["Seed", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
}
const exact = number => number < 1e6 ? number.toFixed(3) : isFinite(number) ? number.toPrecision(2) : "no number"
const plain = number => Number(number).toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false })

class Trainer extends Play {
  draw() {
    const { setting, rows, levers = Object.keys(CHOICES), share = 0.5 } = this.data
    this.always = share.toFixed(share === 0.5 ? 1 : 2)
    this.constant = -share * Math.log(share) - (1 - share) * Math.log(1 - share)
    const all = (name, values) => name === "optimizer" ? values
      : [...new Set([...values, setting[name]])].filter(each => name !== "rows" || each <= rows).sort((a, b) => a - b)
    const options = (name, values) => all(name, values).map(value =>
      `<option value="${value in NAMES ? value : plain(value)}"${value === setting[name] ? " selected" : ""}>${
        NAMES[value] ?? plain(value)}</option>`).join("")
    const knobs = names => `<div class="play-set train-set">${names.map(name =>
      `<label>${CHOICES[name][0]} <select name="${name}">${options(name, CHOICES[name][1])}</select></label>`).join("")}</div>`
    const others = Object.keys(CHOICES).filter(name => !levers.includes(name))
    const line = name => `<polyline class="${name}"/>`
    const key = (name, text) => `<span><svg viewBox="0 0 24 8" aria-hidden="true">
      <polyline class="${name}" points="0,4 24,4"/></svg>${text}</span>`
    this.innerHTML = `<form aria-label="Train it here">
<p class="play-head"><b>Train it here</b> <span>Your browser does what Keras did, from the same first weights.</span></p>
${knobs(levers)}${others.length ? `<details class="train-more"><summary>More knobs</summary>${knobs(others)}</details>` : ""}
<div class="train-plot">
  <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="Loss, epoch by epoch"><line x2="600" y1="${
    200 - 200 * this.constant}" y2="${200 - 200 * this.constant}"/>${["keras", "keras val", "old", "watched", "loss"].map(line).join("")}</svg>
  <p aria-hidden="true"><span>loss 1</span><span>always says ${this.always}</span><span>0</span></p>
  <p class="train-key">${key("loss", "training")}${key("watched", "other rows")}${key("keras", "Keras, as the page has it")}${
    key("old", "before your last change")}</p>
</div>
<div class="play-set"><button type="button" class="play-button" name="run">Train</button>
  <button type="button" class="play-button" name="step">One epoch</button>
  <button type="button" class="play-button" name="again">Again</button> <span class="train-at"></span></div>
<p class="play-said" role="status"></p>
<details><summary>The same in Keras</summary>
  <p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></details></form>`
    this.querySelector("[aria-hidden] > :nth-child(2)").style.top = `calc(${100 - 100 * this.constant}% + 0.15rem)`
    this.record = []
    this.runs = 0
    const { run, step, again } = this.querySelector("form").elements
    run.addEventListener("click", () => this.running ? this.rest() : this.go(this.epochs))
    step.addEventListener("click", () => this.go(this.record.length % this.epochs + 1))
    again.addEventListener("click", () => {
      this.begin()
      this.go(this.epochs)
    })
  }

  get epochs() { return Number(this.setting.epochs) }

  get asked() {
    const { epochs, ...all } = this.setting
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value in NAMES ? value : Number(value)]))
  }

  show() {
    const first = !this.code
    if (first && this.querySelector(".train-more option:checked:not([selected])")) this.querySelector(".train-more").open = true
    const { optimizer, rate, batch, units, epochs, decay, rows, seed } = this.setting
    const { inputs, watched, rows: all } = this.data
    const some = Number(rows) < all ? `[:${rows}]` : ""
    const float = text => text.includes(".") ? text : `${text}.0`
    const options = `${float(rate)}${optimizer === "momentum" ? ", momentum=0.9" : ""}${Number(decay) ? `, weight_decay=${float(decay)}` : ""}`
    this.code = `keras.utils.set_random_seed(${seed})
model = keras.Sequential(
    [
        keras.Input((${inputs},)),
        keras.layers.Dense(${units}, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.${optimizer === "momentum" ? "SGD" : optimizer}(${options}),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
record = model.fit(
    x_train${some},
    y_train${some},
    epochs=${epochs},
    batch_size=${batch},
    validation_data=(${watched[0]}),
    validation_batch_size=${watched[1]},
    verbose=0,
).history`
    this.tell("code", this.code)
    const asked = JSON.stringify(this.asked)
    if (asked !== this.last) {
      if (this.last) this.old = this.record
      this.last = asked
      this.begin()
    }
    if (first && !location.hash.includes("play=train&")) this.rest()
    else this.go(this.epochs)
  }

  begin() {
    this.record = []
    this.fresh = true
    this.sent = false
    this.runs++
  }

  go(until) {
    const { epochs } = this
    if (this.record.length === epochs && until === epochs) return this.rest()
    if (this.record.length >= epochs || Number.isNaN(this.record.at(-1)?.[0])) this.begin()
    this.until = until
    this.running = true
    this.setAttribute("aria-busy", true)
    this.form.elements.run.textContent = "Pause"
    if (!this.sent) this.post().catch(() => this.fail())
  }

  async post() {
    const run = this.runs
    this.sent = true
    const send = await (this.send ??= this.trainer())
    if (run !== this.runs) return
    const setting = this.fresh ? this.asked : null
    this.fresh = false
    send({ run, setting, epochs: this.until - this.record.length, page: this.data })
  }

  async trainer() {
    const address = new URL("train-net.js", folder), file = this.parentElement.querySelector("a[href$='.js']")?.href
    if (location.protocol !== "file:") {
      const worker = new Worker(address)
      worker.onmessage = ({ data }) => this.hear(...data)
      worker.onerror = () => this.fail()
      return message => worker.postMessage({ ...message, file })
    }
    for (const src of file ? [file, address] : [address]) await new Promise((onload, onerror) => {
      this.after(Object.assign(document.createElement("script"), { src, onload, onerror }))
    })
    const train = trainer()
    return message => setTimeout(() => this.hear(message.run, train(message)))
  }

  fail() {
    this.send = null
    this.begin()
    this.rest("Training could not be loaded. Are you offline?")
  }

  hear(run, epochs) {
    if (run !== this.runs) return
    this.sent = false
    this.record.push(...epochs)
    const lost = this.record.findIndex(each => Number.isNaN(each[0]))
    if (lost >= 0) this.record.length = lost + 1
    if (!this.running || lost >= 0 || this.record.length >= this.until) return this.rest()
    this.post()
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.wait ??= requestAnimationFrame(() => this.plot())
  }

  rest(said = this.words()) {
    this.running = false
    this.removeAttribute("aria-busy")
    this.form.elements.run.textContent = this.record.length && this.record.length < this.epochs ? "Go on" : "Train"
    this.plot()
    this.tell("[role=status]", said)
  }

  plot() {
    this.wait = null
    const { record, old, epochs, data } = this
    const put = (name, values = []) => {
      const points = values.map((value, i) => `${epochs > 1 ? 600 * i / (epochs - 1) : 0},${
        (200 - 200 * Math.min(value, 1.02)).toFixed(2)}`)
      this.querySelector(`.train-plot [class="${name}"]`).setAttribute("points",
        points.slice(0, epochs).filter(each => !each.includes("NaN")).join(" "))
    }
    put("keras", data.loss)
    put("keras val", data.val_loss)
    put("old", old?.map(each => each[1]))
    put("watched", record.map(each => each[1]))
    put("loss", record.map(each => each[0]))
    this.tell(".train-at", `epoch ${record.length} of ${epochs}`)
  }

  // How far from Keras, if it did the same.
  get gap() {
    const { loss, val_loss: watched, setting } = this.data
    if (Object.entries(this.asked).some(([name, value]) => setting[name] !== value)) return null
    return Math.max(...this.record.slice(0, loss.length).flatMap((each, i) =>
      [each[0] - loss[i], watched ? each[1] - watched[i] : 0].map(Math.abs)))
  }

  words() {
    const { record, gap, data } = this, n = record.length
    if (!n) return `Keras ended at a loss of ${data.loss.at(-1).toFixed(3)}. Train, then turn a knob.`
    const [loss, watched, , told, silent, called, caught] = record.at(-1), { units } = this.asked, { always, constant } = this
    if (Number.isNaN(loss)) {
      return `In epoch ${n} the loss stopped being a number (NaN): the steps are too long.`
    }
    const best = record.reduce((low, each, i) => each[1] < record[low][1] ? i : low, 0)
    const same = gap === null ? "" : `Keras got the same: up to epoch ${Math.min(n, data.loss.length)} its loss differs by ${
      gap < 1e-5 ? "less than 0.00001" : `up to ${plain(gap)}`}.`
    const ups = record.filter((each, i) => i && each[0] > record[i - 1][0]).length
    const far = record.findIndex((each, i) => i && each[0] > record[i - 1][0] && each[0] > 2 * constant)
    const verdict = silent === units ? "Every hidden unit is silent, whatever the row: all rows get the same answer, and no step can change that."
      : far > 0 ? `It diverged: in epoch ${far + 1} the loss rose to ${exact(record[far][0])}. The steps are too long.`
        : loss > constant && n > 2 ? `${ups < n / 4 ? "It falls slowly" : "The steps are too long"}: this is worse than always saying ${
          always}.`
          : watched > 1.02 * record[best][1] && loss < 0.8 * record[best][0] ? `On other rows it was lowest after epoch ${best + 1}, at ${
              record[best][1].toFixed(3)}. What came after was learning the rows by heart.`
            : ups > n / 4 && n > 4 ? "The loss jumps up and down: the steps are long."
              : silent ? `${silent} of ${units} units ${silent === 1 ? "is" : "are"} silent, whatever the row.` : ""
    return `After epoch ${n} the loss is ${exact(loss)}, on other rows ${exact(watched)}; of these ${
      (100 * told).toFixed(1)}% are right, ${
        called ? `of class 1 ${(100 * caught).toFixed(1)}%` : "and none is answered 1"}. ${verdict} ${same}`.trim()
  }
}
Trainer.here()
}
