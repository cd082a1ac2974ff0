// Shapes: one row goes through a template model, layer by layer.
//
// Its data: for each model its steps, first the row itself; a step is [class, shape, first numbers, weights, how these
// are counted].
{
const shown = number => String(number).replace("-", "−")

class Shapes extends Play {
  draw() {
    this.innerHTML = `<form aria-label="Through the layers">
<p class="play-head"><b>Through the layers</b> <span>one row, step by step</span></p>
<div class="play-set"><label>Model <select name="model">${Object.keys(this.data).map(name =>
      `<option>${name}</option>`).join("")}</select></label>
  <label>Layer <input type="number" name="layer" min="1" step="1" value="1" required></label>
  <button type="button" class="play-button" value="-1">Previous</button>
  <button type="button" class="play-button" value="1">Next</button></div>
<ol class="shapes-all"></ol>
<div class="shapes-row"></div>
<p class="play-said" role="status"></p>
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></form>`
    for (const button of this.querySelectorAll(".play-set button")) button.addEventListener("click", () => {
      this.querySelector("[name=layer]").value = this.layer + Number(button.value)
      this.show()
      this.keep()
    })
  }

  get layer() {
    return Math.min(Number(this.setting.layer), this.data[this.setting.model].length - 1)
  }

  show() {
    const { model } = this.setting, { layer } = this, steps = this.data[model], last = steps.length - 1
    const [[, before, from], [name, after, to, weights, counted]] = steps.slice(layer - 1, layer + 1)
    if (Number(this.setting.layer) !== layer) this.form.elements.layer.value = layer // else it may be half typed
    const [previous, next] = this.querySelectorAll(".play-set button")
    previous.disabled = layer === 1
    next.disabled = layer === last
    this.querySelector(".shapes-all").innerHTML = steps.slice(1).map(([name, shape], i) =>
      `<li${i + 1 === layer ? ' aria-current="step"' : ""}>${name} <span>${shape.join(" × ")}</span></li>`).join("")
    const row = (title, shape, numbers) => `<p><b>${title}</b> ${shape.join(" × ")}${shape.length > 1
      ? ", at the middle place" : ""}: ${numbers.map(each => `<span>${shown(each)}</span>`).join(" ")}${
      numbers.length < shape.at(-1) ? " …" : ""}</p>`
    this.querySelector(".shapes-row").innerHTML = row("In", before, from) + row("Out", after, to)
    this.tell("[role=status]", `Layer ${layer} of ${last}, ${name}: in ${before.join(" × ")}, out ${after.join(" × ")}. ${
      weights ? `${weights.toLocaleString("en")} weights: ${counted}.` : "No weights."}`)
    this.tell("code", `model, x = one_row["${model}"]
for layer in model.layers[:${layer}]:
    before, x = x, layer(x, training=False)
print(type(layer).__name__, seen(before)[0], seen(x)[0], layer.count_params())
print(seen(x)[1])`)
  }
}
Shapes.here()
}
