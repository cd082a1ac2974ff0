// Luck: draw rows and seeds again, and see how a score scatters, and which of two models "wins".
//
// Its data: `rows`, three hexadecimal digits a test row, whose twelve bits are the truth, the answer of the one model
// and the answers of ten runs of the other; `names` of the two models, and `python`, what truth, answers of the one and
// answers of the others are called there.
{
const DRAWS = 100
// Where the scores and the differences are drawn: always in the same place, so that widths can be compared.
const SCORES = { accuracy: [[0.8, 1], [-0.1, 0.1]], recall: [[0, 1], [-0.7, 0.7]] }

class Luck extends Play {
  draw() {
    const { rows, names } = this.data
    this.rows = Uint16Array.from(rows.match(/.{3}/g), digits => parseInt(digits, 16))
    const choose = (name, label, choices) => `<label>${label} <select name="${name}">${choices.map(([value, text]) =>
      `<option value="${value}">${text}</option>`).join("")}</select></label>`
    const strip = name => `<div class="luck-strip"><p></p><svg viewBox="0 0 200 40" preserveAspectRatio="none"
      role="img" aria-label="${name}"></svg><p><span></span><span></span></p></div>`
    this.innerHTML = `<form aria-label="Luck">
<p class="play-head"><b>Draw again</b> <span>${this.rows.length.toLocaleString("en")} test rows, ${names[0]} against ten
  runs of ${names[1]}</span></p>
<p class="play-set">${choose("what", "Draw again", [["seeds", "seeds, on the same rows"], ["rows", "rows, for one run"], ["both", "rows and seeds"]])}
${choose("score", "Score", Object.keys(SCORES).map(each => [each, each]))}
${choose("count", "rows in a test set", [[2000, "2,000"], [500, "500"], [125, "125"]])}
<label>draw number <input type="number" name="start" min="1" max="9999" step="1" required value="1"></label>
<button type="button" class="play-button luck-next">Next draws</button></p>
<div>${strip(`Scores of ${names[1]} in ${DRAWS} draws`)}${strip(`Differences in ${DRAWS} draws: ${names[1]} less ${names[0]}`)}</div>
<p class="play-said" role="status"></p>
<p class="play-code"><code tabindex="0"></code><button type="button" class="play-button">Copy</button></p></form>`
    this.querySelector(".luck-next").addEventListener("click", () => {
      this.form.elements.start.value = this.setting.start % 9999 + 1
      this.show()
      this.keep()
    })
  }

  // The scores of the two models in many draws, each from the generator that the start sets.
  drawn({ what, score, count: most, start }) {
    const count = Number(most)
    const { rows } = this, size = rows.length, all = what === "seeds", recall = score === "recall"
    const state = Int32Array.of(start) // whole numbers, which take no room of their own
    // Numbers from 0 to below `below`, by a generator that is as easily written in Python.
    const random = below => {
      state[0] = Math.imul(state[0], 1664525) + 1013904223
      return (state[0] >>> 0) / 4294967296 * below | 0
    }
    for (let i = 0; i < 9; i++) random(1) // small starts give small numbers at first
    return Array.from({ length: DRAWS }, () => {
      const shift = 9 - (what === "rows" ? 0 : random(10))
      let of = 0, one = 0, other = 0
      for (let i = 0; i < count; i++) {
        const row = rows[all ? i : random(size)], truth = row >> 11, counted = recall ? truth : 1
        of += counted
        one += counted & ~(row >> 10 ^ truth)
        other += counted & ~(row >> shift ^ truth)
      }
      return [one / of, other / of]
    })
  }

  show() {
    const { setting } = this, { names, python } = this.data
    const drawn = this.drawn(setting)
    const others = drawn.map(each => each[1]), gains = drawn.map(([one, other]) => other - one)
    const three = number => number.toFixed(3)
    const span = numbers => {
      const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b)
      return [sorted[0], sorted.at(-1)]
    }
    const [low, high] = span(others), [less, more] = span(gains)
    const [scores, differences] = SCORES[setting.score]
    this.strip(0, others, scores, `${setting.score} of ${names[1]}: all ${DRAWS} from ${three(low)} to ${three(high)}`)
    this.strip(1, gains, differences, `${names[1]} less ${names[0]}: all ${DRAWS} from ${three(less)} to ${three(more)}`)
    const wins = gains.filter(each => each > 0).length, ties = gains.filter(each => each === 0).length
    this.tell(".play-said", `In ${DRAWS} draws ${names[1]} wins ${wins}, ${names[0]} ${
      gains.filter(each => each < 0).length}, and ${ties} ${ties === 1 ? "is" : "are"} even. The ${setting.score} of ${names[1]} goes from ${
      three(low)} to ${three(high)}.`)
    const { what, score, count, start } = setting
    const size = this.rows.length
    const rows = what === "seeds" ? `np.arange(${count})` : `np.array([draw(${size}) for _ in range(${count})])`
    this.tell("code", `state = ${start}


def draw(below):
    """A random number from 0 to below that, as the browser draws it."""
    global state
    state = (state * 1664525 + 1013904223) % 2**32
    return int(state / 2**32 * below)


for _ in range(9):
    draw(1)
gains = []
for _ in range(${DRAWS}):
    seed = ${what === "rows" ? "0" : "draw(10)"}
    rows = ${rows}
    truth = ${python[0]}[rows]
    one, other = ${python[1]}[rows] == truth, ${python[2]}[rows, seed] == truth
${score === "recall" ? "    one, other = one[truth == 1], other[truth == 1]\n" : ""}    gains.append(other.mean() - one.mean())
gains = np.array(gains)
print(np.sum(gains > 0), "wins,", np.sum(gains < 0), "losses,", np.sum(gains == 0), "even")`)
  }

  // One mark a draw, in a heap where they fall; and where 0 is.
  strip(number, values, [from, to], text) {
    const place = this.querySelectorAll(".luck-strip")[number]
    place.firstElementChild.textContent = text
    place.lastElementChild.firstElementChild.textContent = from
    place.lastElementChild.lastElementChild.textContent = to
    const x = value => 200 * (Math.max(from, Math.min(to, value)) - from) / (to - from)
    const bins = new Map()
    const marks = values.filter(Number.isFinite).map(value => {
      const bin = Math.round(x(value) / 2), n = bins.get(bin) ?? 0
      bins.set(bin, n + 1)
      return [2 * bin, n]
    })
    const most = Math.max(...bins.values())
    place.querySelector("svg").innerHTML = `<path class="axis" d="M0 39H200" />${
      from < 0 ? `<path class="zero-line" d="M${x(0)} 0V40" />` : ""}<path class="marks" d="${marks.map(([x, n]) =>
      `M${x} ${(39 - 38 * n / most).toFixed(1)}v${(-38 / most).toFixed(2)}`).join("")}" />`
  }
}

Luck.here()
}
