// The matrix builder: four counts, and every metric that is made of them, with its 95% interval.
//
// Its data: the counts `tp`, `fn`, `fp`, `tn` to begin with.
{
const Z = 1.959963984540054 // of a 95% interval

// Wilson's interval of a share, as SciPy's binomtest has it.
const wilson = (right, of) => {
  const share = right / of, middle = share + Z * Z / 2 / of
  const wide = Z * Math.sqrt(share * (1 - share) / of + (Z / 2 / of) ** 2)
  const ends = [-1, 1].map(sign => (middle + sign * wide) / (1 + Z * Z / of))
  return [right ? ends[0] : 0, right < of ? ends[1] : 1]
}
const SHARES = [
  ["Accuracy", "all", "tp + tn", "tp + fn + fp + tn"],
  ["Precision", "answers 1", "tp", "tp + fp"],
  ["Recall", "truth 1", "tp", "tp + fn"],
  ["Specificity", "truth 0", "tn", "tn + fp"],
  ["False positive rate", "truth 0", "fp", "tn + fp"],
  ["Negative predictive value", "answers 0", "tn", "tn + fn"],
  ["Share of class 1", "all", "tp + fn", "tp + fn + fp + tn"],
]

class Matrix extends Play {
  draw() {
    const count = (name, label) => `<label>${label} <input type="number" name="${name}" min="0" max="100000" step="1"
      required value="${this.data[name]}"></label>`
    const side = n => `<b class="${n ? "one" : "zero"}">${n}</b>`
    this.innerHTML = `<form aria-label="The matrix builder">
<p class="play-head"><b>Four counts, every metric</b> <span>Type counts of your own.</span></p>
<div class="matrix-counts" role="group" aria-label="Confusion matrix">
  <span></span><span>answer ${side(1)}</span><span>answer ${side(0)}</span>
  <span>truth ${side(1)}</span>${count("tp", "TP, found")}${count("fn", "FN, missed")}
  <span>truth ${side(0)}</span>${count("fp", "FP, false alarms")}${count("tn", "TN, left alone")}
</div>
<p class="play-said" role="status"></p>
<div class="matrix-table"><table><thead><tr><th scope="col">Metric</th><th scope="col">of</th><th scope="col">value</th>
  <th scope="col">95% interval</th><td></td></tr></thead><tbody></tbody></table></div>
<p class="play-code"><code tabindex="0"></code><button type="button" class="play-button">Copy</button></p></form>`
  }

  // What the metrics are: name, of what, how many of these, the value, and the interval, if there is one.
  get metrics() {
    const [tp, fn, fp, tn] = ["tp", "fn", "fp", "tn"].map(name => Number(this.setting[name]))
    const counts = { tp, fn, fp, tn }
    const add = text => text.split(" + ").reduce((sum, name) => sum + counts[name], 0)
    const shares = SHARES.map(([name, what, right, of]) => [name, what, add(of), add(right) / add(of),
      add(of) ? wilson(add(right), add(of)) : null])
    const [, , recall, specificity] = shares.map(each => ({ value: each[3], ends: each[4] }))
    // F1 grows with the share of TP in TP + FN + FP, so that share's interval becomes one of F1.
    const any = tp + fn + fp, f1 = share => 2 * share / (1 + share)
    const scores = [["F1", "all but TN", any, f1(tp / any), any ? wilson(tp, any).map(f1) : null]]
    // The mean of two shares of different rows: their distances to the ends, squared and added (Newcombe).
    const balanced = (recall.value + specificity.value) / 2
    const far = end => Math.hypot(recall.ends[end] - recall.value, specificity.ends[end] - specificity.value) / 2
    scores.push(["Balanced accuracy", "all", tp + fn + fp + tn, balanced,
      recall.ends && specificity.ends && [balanced - far(0), balanced + far(1)]])
    const mcc = (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return [...shares, ...scores, ["MCC", "all", tp + fn + fp + tn, mcc, null]]
  }

  show() {
    const three = number => Number.isFinite(number) ? number.toFixed(3) : "none"
    const { metrics } = this
    this.rows ??= metrics.map(([name, what]) => {
      const row = this.querySelector("tbody").insertRow()
      row.innerHTML = `<th scope="row">${name}</th><td><span></span> <small>${what}</small></td><td><b></b></td><td></td>
      <td><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><path d="M0 4H100" /><path class="ends" />
      <path class="value" /></svg></td>`
      return ["span", "b", "td:nth-child(4)", ".ends", ".value"].map(each => row.querySelector(each))
    })
    metrics.forEach(([, , of, value, ends], i) => {
      const [count, shown, interval, wide, at] = this.rows[i]
      this.tell(count, of.toLocaleString("en"))
      this.tell(shown, three(value))
      this.tell(interval, ends ? `${three(ends[0])} to ${three(ends[1])}` : "–")
      wide.setAttribute("d", ends ? `M${100 * ends[0]} 4H${100 * ends[1]}` : "")
      at.setAttribute("d", value >= 0 ? `M${100 * value} 0V8` : "")
    })
    const [accuracy, precision, recall] = metrics
    const sure = ([name, what, of, value, ends]) => ends
      ? `${name} ${three(value)}; with ${of.toLocaleString("en")} such row${of === 1 ? "" : "s"} it could as well be ${three(ends[0])} to ${
        three(ends[1])}.` : `${name}: none, with no such row.`
    this.tell(".play-said", `${sure(precision)} ${sure(recall)} Accuracy ${three(accuracy[3])}.`)
    const { tp, fn, fp, tn } = this.setting
    const there = name => metrics.find(each => each[0] === name)[4]
    this.tell("code", [`from math import hypot, sqrt

from scipy.stats import binomtest


def wilson(right, of):
    low, high = binomtest(right, of).proportion_ci(method="wilson")
    return right / of, low, high


tp, fn, fp, tn = ${tp}, ${fn}, ${fp}, ${tn}
found = {`, ...SHARES.filter(each => there(each[0])).map(([name, , right, of]) =>
      `    "${name}": wilson(${right}, ${of}),`),
    ...there("F1") ? ['    "F1": [2 * share / (1 + share) for share in wilson(tp, tp + fn + fp)],'] : [],
    "}", ...there("Balanced accuracy") ? [`(r, r0, r1), (s, s0, s1) = found["Recall"], found["Specificity"]
low, high = r + s - hypot(r - r0, s - s0), r + s + hypot(r1 - r, s1 - s)
found["Balanced accuracy"] = (r + s) / 2, low / 2, high / 2`] : [],
    `for name, (value, low, high) in found.items():
    print(f"{name} {value:.3f}, {low:.3f} to {high:.3f}")`,
    ...Number.isFinite(metrics.at(-1)[3]) ? [`root = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
print(f"MCC {(tp * tn - fp * fn) / root:.3f}")`] : []].join("\n"))
  }
}

Matrix.here()
}
