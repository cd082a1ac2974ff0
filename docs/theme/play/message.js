// Write a message: the page's own Transformer and naive Bayes read it, word by word, in the browser.
//
// Its data: `size` of the file with the weights, which the static result links to and a button loads; `examples`.
// The file has: `words`, of which the first `known` are the Transformer's; `counts`, in ham and in spam; `alpha` and
// `prior` of naive Bayes; both `thresholds`; `weights`, all of the network's in one row, as float32.
{
const WIDTH = 8, HEADS = 2, LENGTH = 40
const signed = value => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2)
const sigmoid = z => 1 / (1 + Math.exp(-z))
const row = (table, at) => table.subarray(at * WIDTH, (at + 1) * WIDTH)

// A row times a matrix; a row brought to a common scale; two rows added.
function times(x, matrix, bias) {
  const wide = matrix.length / x.length, found = bias ? Float64Array.from(bias) : new Float64Array(wide)
  for (let i = 0, k = 0; i < x.length; i++) for (let j = 0; j < wide; j++, k++) found[j] += x[i] * matrix[k]
  return found
}
function normal(x, gain, shift) {
  let mean = 0, spread = 0
  for (const v of x) mean += v / WIDTH
  for (const v of x) spread += (v - mean) ** 2 / WIDTH
  return x.map((v, i) => (v - mean) / Math.sqrt(spread + 1e-3) * gain[i] + shift[i])
}
const plus = (x, y) => x.map((v, i) => v + y[i])

// As `tidy` does, and the splitting at white space: small letters, digits as 0, every sign a word of its own.
const tokens = text => text.toLowerCase().replace(/[0-9]/g, "0").replace(/[^A-Za-z0-9_\t\n\f\r ]/gu, " $& ")
  .split(/[\t\n\v\f\r ]+/).filter(Boolean)

class Transformer {
  constructor({ words, known, weights }) {
    const all = new Float32Array(Uint8Array.from(atob(weights), each => each.charCodeAt()).buffer)
    let at = 0
    const [table, places, query, key, value, out, gain1, shift1, wide, wideBias, narrow, narrowBias, gain2, shift2, last, bias] =
      [(known + 2) * WIDTH, LENGTH * WIDTH, WIDTH * WIDTH, WIDTH * WIDTH, WIDTH * WIDTH, WIDTH * WIDTH, WIDTH, WIDTH,
        2 * WIDTH * WIDTH, 2 * WIDTH, 2 * WIDTH * WIDTH, WIDTH, WIDTH, WIDTH, WIDTH, 1].map(n => all.subarray(at, at += n))
    Object.assign(this, { table, places, query, key, value, out, gain1, shift1, wide, wideBias, narrow, narrowBias,
      gain2, shift2, last, bias })
    this.parts = []
    this.numbers = new Map(words.split(" ").slice(0, known).map((word, i) => [word, i + 2]))
  }

  read(words) { return words.slice(0, LENGTH).map(word => this.numbers.get(word) ?? 1) }

  // What one word is at one place: its row, and what attention makes of it.
  part(number, place) {
    return this.parts[number * LENGTH + place] ??= (() => {
      const x = plus(Float64Array.from(row(this.table, number)), row(this.places, place))
      return { x, query: times(x, this.query), key: times(x, this.key), value: times(x, this.value) }
    })()
  }

  // The final sum for numbers of words, 0 is an empty place; and how much each word is looked at.
  sum(numbers) {
    let places = [...numbers.keys()].filter(place => numbers[place])
    if (!places.length) places = [...Array(LENGTH).keys()] // without a word, all places count
    const parts = places.map(place => this.part(numbers[place] ?? 0, place))
    const received = places.map(() => 0), fits = new Float64Array(places.length), size = WIDTH / HEADS
    const looked = parts.map(({ query }) => {
      const mixed = new Float64Array(WIDTH)
      for (let from = 0; from < WIDTH; from += size) {
        let all = 0
        for (let place = 0; place < parts.length; place++) {
          let fit = 0
          for (let i = from; i < from + size; i++) fit += query[i] * parts[place].key[i]
          all += fits[place] = Math.exp(fit / Math.sqrt(size))
        }
        for (let place = 0; place < parts.length; place++) {
          received[place] += fits[place] / all / HEADS / places.length
          for (let i = from; i < from + size; i++) mixed[i] += fits[place] / all * parts[place].value[i]
        }
      }
      return times(mixed, this.out)
    })
    const pooled = new Float64Array(WIDTH)
    parts.forEach(({ x }, place) => {
      const first = normal(plus(x, looked[place]), this.gain1, this.shift1)
      const hidden = times(first, this.wide, this.wideBias).map(each => Math.max(0, each))
      normal(plus(first, times(hidden, this.narrow, this.narrowBias)), this.gain2, this.shift2)
        .forEach((each, i) => { pooled[i] += each / places.length })
    })
    return { sum: times(pooled, this.last, this.bias)[0], received }
  }

  // How much the sum loses without the word at a place.
  influence(numbers, sum, place) { return sum - this.sum(numbers.map((each, i) => i === place ? 0 : each)).sum }
}

class Bayes {
  constructor({ words, counts, alpha, prior }) {
    this.prior = prior
    const list = words.split(" "), all = counts.map(each => each.reduce((a, b) => a + b) + alpha * list.length)
    const log = (truth, i) => Math.log((counts[truth][i] + alpha) / all[truth])
    this.weights = new Map(list.map((word, i) => [word, log(1, i) - log(0, i)]))
  }

  weigh(word) { return this.weights.get(word) ?? 0 }

  sum(words) { return words.reduce((sum, word) => sum + this.weigh(word), this.prior) }
}

class Message extends Play {
  draw() {
    const { size, examples } = this.data
    this.innerHTML = `<form aria-label="Write a message">
<p class="play-head"><b>Write a message</b> <span>What you type stays on this page: nothing is sent, and nothing is kept.</span></p>
<div class="play-set"><label>Begin with <select name="example">${examples.map((_, i) =>
    `<option value="${i + 1}">message ${i + 1}</option>`).join("")}<option value="0">nothing</option></select></label>
  <button type="button" class="play-button">Load the model, ${Math.round(size / 1000)} kB</button></div>
<p><label>Your message, at most 400 characters <textarea rows="3" maxlength="400"></textarea></label></p>
<p class="play-said" role="status"></p>
<div class="message-words" tabindex="0" role="group" aria-label="Word by word"><table><caption></caption><thead><tr><th scope="col">word<th scope="col">attention
  <th scope="col">influence<th scope="col">naive Bayes</tr></thead><tbody></tbody></table></div>
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p></form>`
    this.text = this.querySelector("textarea")
    this.button = this.querySelector(".play-set button")
    this.button.addEventListener("click", () => this.load())
  }

  load() {
    this.button.disabled = true
    return this.loading ??= new Promise(done => {
      const { href } = this.parentElement.querySelector("a[href$='message.js']")
      this.after(Object.assign(document.createElement("script"), {
        src: href,
        onload: () => {
          this.use(message)
          done()
        },
        onerror: () => {
          this.loading = null
          this.button.disabled = false
          this.tell("[role=status]", "The model could not be loaded. Are you offline?")
        },
      }))
    })
  }

  use(both) {
    this.transformer = new Transformer(both)
    this.bayes = new Bayes(both)
    this.thresholds = both.thresholds
    this.button.textContent = "The model is loaded"
    this.show()
  }

  // Both filters' final sums.
  sums(text) {
    const words = tokens(text)
    return [this.transformer.sum(this.transformer.read(words)).sum, this.bayes.sum(words.filter(each => each.trim()))]
  }

  show() {
    const { example } = this.setting
    if (example !== this.begun) { // another one was chosen
      this.begun = example
      this.text.value = this.data.examples[example - 1] ?? ""
    }
    const text = this.text.value
    this.tell("code", `whole(tf.constant([[${JSON.stringify(text)}]]))`)
    if (!this.transformer) return this.tell("[role=status]", "Load the model: it answers as you type.")
    const words = tokens(text), numbers = this.transformer.read(words), [sum, other] = this.sums(text)
    const answer = yes => yes ? "1, spam" : "0, not spam"
    this.tell("[role=status]", `Transformer: score ${sigmoid(sum).toFixed(3)}, answered ${
      answer(sigmoid(sum) >= this.thresholds[0])}. Naive Bayes: ${sigmoid(other).toFixed(3)}, ${
      answer(other >= this.thresholds[1])}.${
      words.length > LENGTH ? ` It reads the first ${LENGTH} words, naive Bayes all ${words.length}.` : ""}`)
    // Word by word once the writer pauses, a few words at a time: each asks the network again.
    const { received } = this.transformer.sum(numbers), effects = [], table = this.querySelector(".message-words")
    const weigh = () => {
      for (let few = 0; few < 4 && effects.length < numbers.length; few++) {
        effects.push(this.transformer.influence(numbers, sum, effects.length))
      }
      if (effects.length < numbers.length) return this.later = setTimeout(weigh)
      this.list(words, numbers, received, effects)
      table.ariaBusy = "false"
    }
    clearTimeout(this.later)
    table.ariaBusy = "true"
    this.later = setTimeout(weigh, 100)
  }

  list(words, numbers, received, effects) {
    const most = effects.reduce((top, each, i) => each > effects[top] ? i : top, 0)
    this.tell("caption", effects[most] > 0 ? `To the Transformer “${words[most]}” speaks most for spam.` : "")
    this.querySelector("tbody").replaceChildren(...words.slice(0, LENGTH).map((word, i) => {
      const line = document.createElement("tr"), weight = this.bayes.weigh(word)
      const cell = (name, said, value) => {
        const made = document.createElement(name)
        made.textContent = said
        if (Math.abs(value) > 0.1) made.className = `${value > 0 ? "one" : "zero"}${Math.abs(value) > 1 ? " strong" : ""}`
        return made
      }
      line.append(cell("th", numbers[i] === 1 ? `${word} (unknown)` : word, 0), cell("td", `${(100 * received[i]).toFixed(1)}%`, 0),
        cell("td", signed(effects[i]), effects[i]), cell("td", signed(weight), weight))
      line.firstChild.scope = "row"
      return line
    }))
  }
}
Message.here()
}
