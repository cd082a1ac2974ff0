// Predict first: a guess, before a figure or an output is shown.
//
// It stands right behind the cell that gave it, and hides it until the reader has guessed or does not want to. What is
// in sight already when this comes is left as it is. Its data: `ask`; and `curves`, some [name, heights from left to
// right], with the number of the `right` one, or `number`, what the run gave, with `digits` to show and its `unit`.
{
class Predict extends Play {
  draw() {
    let card = this
    do card = card.previousElementSibling
    while (card && !card.matches(".cell"))
    const result = card?.querySelector(":scope > :is(.figure, .output)")
    if (!result || result.getBoundingClientRect().top < innerHeight) {
      this.innerHTML = "<form hidden></form>"
      this.className = ""
      return
    }
    const { ask, curves, unit = "" } = this.data
    const every = (curves ?? []).flatMap(each => each[1]), low = Math.min(...every), high = Math.max(...every)
    const sketch = heights => {
      const points = heights.map((y, x) => `${(100 * x / (heights.length - 1)).toFixed(1)} ${
        (37 - 34 * (y - low) / (high - low || 1)).toFixed(1)}`)
      return `<svg viewBox="0 0 100 40" aria-hidden="true"><path d="M0 0V40H100" /><path d="M${points.join("L")}" /></svg>`
    }
    const choice = ([name, heights], number) => `<label><input type="radio" name="guess" value="${number}" required> ${
      sketch(heights)}${name}</label>`
    this.innerHTML = `<form aria-label="Predict first"><p><b>Predict first.</b> ${ask}</p>
<div class="play-set">${curves ? curves.map(choice).join("") : `<label>Your guess
  <input type="number" name="guess" step="any" required> ${unit}</label>`}
  <button type="submit" class="play-button">Show it</button>
  <button type="button" class="play-button">I'd rather not guess</button></div>
<p role="status" tabindex="-1"></p></form>`
    this.addEventListener("submit", () => this.reveal(this.told(this.setting.guess)))
    this.querySelector("[type=button]").addEventListener("click", () => this.reveal("Here it is."))
    result.before(this)
  }

  told(guess) {
    const { curves, right, number, digits = 0, unit = "" } = this.data
    if (curves) return Number(guess) === right ? "So it is." : `You said: ${curves[guess][0]}. Look again.`
    const is = number.toFixed(digits), off = Math.abs(guess - number)
    return `You said ${guess}${unit}, the run ${is}${unit}: ${
      off < 0.5 * 10 ** -digits ? "just so" : `${off.toFixed(digits)}${unit} off`}.`
  }

  reveal(text) {
    const said = this.querySelector("[role=status]")
    said.textContent = text
    this.querySelector(".play-set").remove()
    this.className = "predicted"
    said.focus()
  }

  show() {}
  keep() {} // a guess is nobody else's
}

Predict.here()
}
