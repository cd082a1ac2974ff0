// Train it here: the page's Keras run again, in the browser, then with any other setting.
//
// Its data: `inputs`; `rows`, how many there are to train on; `setting`, the page's own; `loss` and perhaps `val_loss`,
// epoch by epoch, as Keras recorded them; `watched`, the validation rows in the page's Python, and how many they are.
// train-net.js makes the rows, but where the static result links to a file that has them.
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
const HALF = Math.log(2)
const plain = number => Number(number).toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false })

class Trainer extends Play {
  draw() {
    const { setting, rows } = this.data
    const all = (name, values) => name === "optimizer" ? values
      : [...new Set([...values, setting[name]])].filter(each => name !== "rows" || each <= rows).sort((a, b) => a - b)
    const options = (name, values) => all(name, values).map(value =>
      `<option value="${value in NAMES ? value : plain(value)}"${value === setting[name] ? " selected" : ""}>${
        NAMES[value] ?? plain(value)}</option>`).join("")
    const line = (name, dress = "") => `<polyline class="${name}"${dress}/>`
    const key = (name, text) => `<span><svg viewBox="0 0 24 8" aria-hidden="true">
      <polyline class="${name}" points="0,4 24,4"/></svg>${text}</span>`
    this.innerHTML = `<form aria-label="Train it here">
<p class="play-head"><b>Train it here</b> <span>Your browser does what Keras did, from the same first weights.</span></p>
<div class="play-set train-set">${Object.entries(CHOICES).map(([name, [label, values]]) =>
    `<label>${label} <select name="${name}">${options(name, values)}</select></label>`).join("")}</div>
<div class="train-plot">
  <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="Loss, epoch by epoch"><line x2="600" y1="${
    200 - 200 * HALF}" y2="${200 - 200 * HALF}"/>${["keras", "keras val", "old", "watched", "loss"].map(each => line(each)).join("")}</svg>
  <p aria-hidden="true"><span>loss 1</span><span>always 0.5</span><span>0</span></p>
  <p class="train-key">${key("loss", "training")}${key("watched", "other rows")}${key("keras", "Keras, as the page has it")}${
    key("old", "before your last change")}</p>
</div>
<div class="play-set"><button type="button" class="play-button" name="run">Train</button>
  <button type="button" class="play-button" name="step">One epoch</button>
  <button type="button" class="play-button" name="again">Again</button> <span class="train-at"></span></div>
<p class="play-said" role="status"></p>
<details><summary>The same in Keras</summary>
  <p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></details></form>`
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

  // What is asked of the network, less for how long.
  get asked() {
    const { epochs, optimizer, ...numbers } = this.setting
    return { optimizer, ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])) }
  }

  show() {
    const first = !this.code
    const { optimizer, rate, batch, units, epochs, decay, rows, seed } = this.setting
    const { inputs, watched, rows: all } = this.data
    const some = Number(rows) < all ? `[:${rows}]` : ""
    const float = text => text.includes(".") ? text : `${text}.0` // Keras takes no integer for a rate
    const options = `${float(rate)}${optimizer === "momentum" ? ", momentum=0.9" : ""}${Number(decay) ? `, weight_decay=${float(decay)}` : ""}`
    this.code = `keras.utils.set_random_seed(${seed})
model = keras.Sequential(
    [
        keras.Input((${inputs},)),
        layers.Dense(${units}, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
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

  // To the first weights.
  begin() {
    this.record = []
    this.fresh = true
  }

  // Train up to an epoch.
  go(until) {
    if (this.record.length === this.epochs && until === this.epochs) return this.rest()
    if (this.record.length >= this.epochs || Number.isNaN(this.record.at(-1)?.[0])) this.begin()
    this.until = until
    this.runs++
    this.running = true
    this.setAttribute("aria-busy", true)
    this.form.elements.run.textContent = "Pause"
    this.post()
  }

  async post() {
    this.send ??= await this.trainer()
    const setting = this.fresh ? this.asked : null
    this.fresh = false
    this.send({ run: this.runs, setting, epochs: this.until - this.record.length })
  }

  // A worker; a page that was opened from a folder may start none, and trains in slices.
  async trainer() {
    const address = new URL("train-net.js", folder), file = this.parentElement.querySelector("a[href$='.js']")?.href
    if (location.protocol !== "file:") {
      const worker = new Worker(address)
      worker.onmessage = ({ data }) => this.hear(...data)
      return message => worker.postMessage({ ...message, file })
    }
    for (const src of file ? [file, address] : [address]) await new Promise(done => {
      this.after(Object.assign(document.createElement("script"), { src, onload: done }))
    })
    const train = trainer()
    return message => setTimeout(() => this.hear(message.run, train(message)))
  }

  hear(run, epochs) {
    if (run !== this.runs) return // asked before the last change
    this.record.push(...epochs)
    const lost = this.record.findIndex(each => Number.isNaN(each[0]))
    if (lost >= 0) this.record.length = lost + 1
    if (!this.running || lost >= 0 || this.record.length >= this.until) return this.rest()
    this.post()
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.wait ??= requestAnimationFrame(() => this.plot())
  }

  rest() {
    this.running = false
    this.removeAttribute("aria-busy")
    this.form.elements.run.textContent = this.record.length && this.record.length < this.epochs ? "Go on" : "Train"
    this.plot()
    this.tell("[role=status]", this.words())
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

  // How far it is from Keras, if Keras did the same; null if not.
  get gap() {
    const { setting, loss, val_loss: watched } = this.data
    if (Object.entries(this.asked).some(([name, value]) => setting[name] !== value)) return null
    return Math.max(...this.record.slice(0, loss.length).flatMap((each, i) =>
      [each[0] - loss[i], watched ? each[1] - watched[i] : 0].map(Math.abs)))
  }

  words() {
    const { record, gap, data } = this, n = record.length
    if (!n) return `Keras ended at a loss of ${data.loss.at(-1).toFixed(3)}. Train, then turn a knob.`
    const [loss, watched, , told, silent] = record.at(-1), { units } = this.asked
    if (Number.isNaN(loss)) {
      return `In epoch ${n} the loss stopped being a number (NaN): steps that are too long threw the weights out of all bounds.`
    }
    const best = record.reduce((low, each, i) => each[1] < record[low][1] ? i : low, 0)
    const same = gap === null ? "" : `Keras got the same: over ${Math.min(n, data.loss.length)} epochs its loss differs by ${
      gap < 1e-5 ? "less than 0.00001" : `up to ${plain(gap)}`}.`
    const ups = record.filter((each, i) => i && each[0] > record[i - 1][0]).length
    const verdict = silent === units ? "Every hidden unit is silent, whatever the row: all rows get the same answer, and no step can wake the units."
      : loss > HALF && n > 2 && ups < n / 4 ? "It falls slowly: this is still worse than always saying 0.5."
        : loss > HALF && n > 2 ? "That is worse than always saying 0.5: the steps are too long."
          : watched > 1.02 * record[best][1] && loss < 0.8 * record[best][0] ? `On other rows it was lowest after epoch ${best + 1}, at ${
              record[best][1].toFixed(3)}. What came after was learning the rows by heart.`
            : ups > n / 4 && n > 4 ? "The loss jumps up and down: the steps are long."
              : silent ? `${silent} of ${units} units ${silent === 1 ? "is" : "are"} silent, whatever the row.` : ""
    return `After epoch ${n} the loss is ${loss.toFixed(3)}, on other rows ${watched.toFixed(3)}; of these ${
      (100 * told).toFixed(1)}% are right. ${verdict} ${same}`.trim()
  }
}
Trainer.here()
}
