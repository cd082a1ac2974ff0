// The threshold: where the line is drawn, and what that does to each row.
// Its data: `counts`, how many scores of class 0 and of class 1 lie in each hundredth; `row`, what a row is called;
// `python`, the names of `truth` and `scores` there, and what to import `first`. Where wanted: `mail`, rows of each class
// as [hundredth, text]; the `task`; the `order` of classes by falling score, for curves; `rare`, a choice how rare class 1
// is; `prices` of a miss and of a false alarm.
{
const [few, whole] = [{ maximumSignificantDigits: 2 }, { maximumFractionDigits: 0 }].map(each => new Intl.NumberFormat("en", each))
const say = number => (number < 10 ? few : whole).format(number)
const sum = numbers => numbers.reduce((all, n) => all + n, 0)
const KINDS = [
  [["left alone", "real ROW, rightly left alone"], ["false alarms", "false alarms: real ROW called spam"]],
  [["missed", "misses: spam let through"], ["caught", "spam ROW, rightly caught"]],
]
const SHARES = [0.001, 0.01, 0.03, "", 0.2, 0.5]
const node = (parent, name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const key in attributes) made.setAttribute(key, attributes[key])
  return parent.appendChild(made)
}

class Threshold extends Play {
  draw() {
    const { counts, row, mail, order, rare, prices } = this.data
    const [real, spam] = this.totals = counts.map(sum)
    this.total = real + spam
    // For each line, and of each class, how many scores are below it and how many reach it.
    this.tables = Array.from({ length: 101 }, (_, line) => counts.map((bins, truth) => {
      const below = sum(bins.slice(0, line))
      return [below, this.totals[truth] - below]
    }))
    this.opened = [1, 0]
    const tag = mail ? 'button type="button"' : "p" // a cell opens its rows, where they are there
    const cell = (truth, answer) => `<${tag} data-truth="${truth}" data-answer="${answer}">
      <b></b>${KINDS[truth][answer][0]}</${tag.split(" ")[0]}>`
    const side = n => `<b class="${n ? "one" : "zero"}">${n}</b>`
    const share = each => each === "" ? `as it is: ${(100 * spam / this.total).toFixed(1)}` : 100 * each
    const price = (name, label, at) => `<label>${label} costs <input type="number" name="${name}" min="0" max="1000"
      step="any" required value="${at}"></label>`
    const set = (rare ? `<label>Class 1, spam, is <select name="share">${SHARES.map(each => `<option value="${each}"${
      each === "" ? " selected" : ""}>${share(each)}%</option>`).join("")}</select> of all</label>` : "")
      + (prices ? price("miss", "A miss", prices[0]) + price("alarm", "a false alarm", prices[1]) : "")
    const rates = ["Precision", "Recall", "F1", "Accuracy", ...order ? ["False positive rate"] : []]
    const curve = (name, label, told, box = 'viewBox="-2 -2 104 104"') => `<figure class="${name}"><svg ${box} role="img"
      aria-label="${label}, with the point of this threshold"></svg><figcaption>${told}</figcaption></figure>`
    const curves = order && curve("roc", "ROC curve", "Recall over false positive rate")
      + curve("pr", "PR curve", "Precision over recall")
    const cost = prices ? curve("cost", // on the lever's own axis
      "Cost of each threshold", "Cost of each threshold; dashed: nothing called spam",
      'viewBox="0 0 1010 100" preserveAspectRatio="none"') : ""
    this.innerHTML = `<form aria-label="The threshold lever">
<p class="play-head"><b>Where do you draw the line?</b> <span>${say(this.total)} ${row}s, ${say(spam)} of them spam.
  Solid is a mistake.</span></p>
<div class="lever-plot">
  <svg viewBox="0 0 1010 202" preserveAspectRatio="none" role="img"
    aria-label="Scores: spam above the axis, everything else below it; mistakes are solid"></svg>
  <div class="lever-track"><input type="range" name="t" min="0" max="1" step="0.01" value="0.5"
    aria-label="Threshold: from this score on the answer is 1, spam"><span aria-hidden="true">drag me</span></div>
  <p class="lever-sides"><span><i>← answered </i><b class="zero">0, not spam</b></span>
    <output>0.50</output><span><i>answered </i><b class="one">1, spam</b> →</span></p>
  ${cost}
  <p class="lever-said" role="status"></p>
</div>
${set && `<p class="play-set">${set}</p>`}
<div class="lever-read">
  <div class="lever-matrix" role="group" aria-label="Confusion matrix${mail ? `: each cell opens its ${row}s` : ""}">
    <span></span><span>answer ${side(0)}<br>not spam</span><span>answer ${side(1)}<br>spam</span>
    <span>truth ${side(0)}<br>not spam</span>${cell(0, 0)}${cell(0, 1)}
    <span>truth ${side(1)}<br>spam</span>${cell(1, 0)}${cell(1, 1)}
  </div>
  <dl>${rates.map(name => `<div><dt>${name}</dt><dd><b></b>
    <progress max="1" value="0" aria-hidden="true"></progress></dd></div>`).join("")}</dl>
</div>
${curves ? `<div class="lever-curves">${curves}</div>` : ""}
<p class="play-code"><code></code><button type="button" class="play-button">Copy</button></p>
${mail ? '<div class="lever-mail"><p></p><ol></ol></div>' : ""}</form>`
    this.bins()
    for (const svg of this.querySelectorAll("figure svg")) {
      const name = svg.parentNode.className
      node(svg, "path", { d: name === "cost" ? "M0 100H1010" : "M0 0V100H100", class: "axis" })
      this[name] = ["lazy", "curve", "point"].map(each => node(svg, "path", { class: each }))
    }
    if (order) this.corners(order)
    for (const button of this.querySelectorAll(".lever-matrix button")) {
      button.addEventListener("click", () => {
        this.opened = [Number(button.dataset.truth), Number(button.dataset.answer)]
        this.show()
      })
    }
  }

  // Spam upward, the rest downward: each class to its own scale, by the square root of the count.
  bins() {
    const svg = this.querySelector("svg")
    this.bars = this.data.counts.flatMap((bins, truth) => {
      const most = Math.max(...bins)
      return bins.flatMap((n, line) => {
        const height = 96 * Math.sqrt(n / most)
        const place = { x: line * 10 + 1, width: 8, y: truth ? 99 - height : 101, height, class: `bar${truth}` }
        return n ? { line, truth, bar: node(svg, "rect", place) } : []
      })
    })
    node(svg, "line", { x2: 1010, y1: 100, y2: 100, class: "axis" })
    this.line = node(svg, "line", { y1: -6, y2: 208, class: "line" })
  }

  show() {
    const { task, row, mail, python, prices, rare } = this.data
    const { t, share, miss, alarm } = this.setting
    const line = Math.round(t * 100), at = (line / 100).toFixed(2)
    const [real, spam] = share ? [(1 - share) * this.total, share * this.total] : this.totals
    // What the rows are worth if class 1 were so rare.
    const worth = table => table.map((counts, truth) => counts.map(n => n * (truth ? spam : real) / this.totals[truth]))
    const table = worth(this.tables[line])
    const [[left, alarms], [missed, caught]] = table
    this.toggleAttribute("data-moved", line !== 50 || this.hasAttribute("data-moved"))
    const range = this.form.elements.t
    range.setAttribute("aria-valuetext", at)
    for (const end of ["x1", "x2"]) this.line.setAttribute(end, line * 10)
    for (const each of this.bars) {
      const wrong = each.line >= line !== Boolean(each.truth)
      if (each.wrong !== wrong) each.bar.classList.toggle("wrong", each.wrong = wrong)
    }
    const solved = Boolean(task) && caught >= task.caught * (missed + caught) && alarms < task.alarms
    this.toggleAttribute("data-solved", solved)
    this.tell("output", at)
    const code = (share, at) => {
      const { truth, scores, first } = python
      const weight = share && `, sample_weight=np.where(${truth} == 1, ${share} / ${truth}.mean(), ${
        +(1 - share).toFixed(3)} / (1 - ${truth}.mean()))`
      const counted = `confusion_matrix(${truth}, ${scores} >= ${at}${weight || ""})`
      return [first, ...prices ? [`(tn, fp), (fn, tp) = ${counted}`, `${miss} * fn + ${alarm} * fp`] : [counted]]
        .filter(Boolean).join("\n")
    }
    let said = `${say(missed)} spam ${row}${say(missed) === "1" ? " gets" : "s get"} through. ${
      say(alarms)} real ${say(alarms) === "1" ? "one is" : "ones are"} held back.${solved ? " You did it!" : ""}`
    if (prices) {
      const costs = this.tables.map(worth).map(([[, alarms], [missed]]) => miss * missed + alarm * alarms)
      const best = costs.indexOf(Math.min(...costs)), lazy = miss * spam
      said += ` That costs ${say(costs[line])}. The least of all lines costs ${say(costs[best])}, at ${
        (best / 100).toFixed(2)}; to call nothing spam, ${say(lazy)}.`
      const high = cost => 100 - 50 * cost / (lazy || Math.max(...costs) || 1)
      this.curve("cost", costs.map((cost, at) => [10 * at, high(cost)]))
      this.point("cost", 10 * line, Math.max(0, high(costs[line])))
      this.cost[0].setAttribute("d", `M0 ${high(lazy)}H1010`)
    }
    this.tell(".lever-said", said)
    this.python(code(share, at), rare && code(0.001, "0.00"))
    if (task) for (const each of document.querySelectorAll("[data-missed]")) each.textContent = say(missed)
    for (const cell of this.querySelectorAll(".lever-matrix [data-truth]")) {
      const { truth, answer } = cell.dataset
      this.tell(cell.firstElementChild, say(table[truth][answer]))
      if (mail) cell.setAttribute("aria-pressed", this.opened.join() === `${truth},${answer}`)
    }
    const rates = [caught / (caught + alarms), caught / spam, 2 * caught / (2 * caught + alarms + missed),
      (left + caught) / this.total, alarms / real]
    this.querySelectorAll("dd").forEach(({ firstElementChild: told, lastElementChild: bar }, i) => {
      this.tell(told, Number.isNaN(rates[i]) ? "none" : rates[i].toFixed(3))
      bar.value = rates[i] || 0
    })
    if (this.roc) {
      if (this.drawn !== share) this.curve("pr", this.rows.map(([x, y]) => [100 * y, 100 - 100 * y * spam / (y * spam + x * real)]))
      this.drawn = share
      this.point("roc", 100 * alarms / real, 100 - 100 * caught / spam)
      this.point("pr", 100 * caught / spam, 100 - 100 * (caught / (caught + alarms) || 0))
    }
    if (mail) this.open(table, line)
  }

  // Down the order, the shares of both classes so far, as fine as can be seen: precision hangs on their ratio.
  corners(order) {
    const found = [0, 0]
    let last = [0, 0]
    this.rows = []
    for (let i = 0; i < order.length; i++) {
      found[order[i]]++
      const [x, y] = found.map((n, truth) => n / this.totals[truth])
      if (i < order.length - 1 && y - last[1] < 0.004 && x - last[0] < 0.02 * x) continue
      this.rows.push(last = [x, y])
    }
    this.curve("roc", [[0, 100], ...this.rows.map(([x, y]) => [100 * x, 100 - 100 * y])])
  }

  curve(name, points) {
    this[name][1].setAttribute("d", `M${points.map(each => each.map(n => n.toFixed(1)).join(" ")).join("L")}`)
  }

  point(name, x, y) {
    this[name][2].setAttribute("d", `M${x} ${y}h0`)
  }

  open(table, line) {
    const [truth, answer] = this.opened
    const { mail, row } = this.data
    const near = mail[truth].filter(([at]) => at >= line === Boolean(answer))
    near.sort((a, b) => Math.abs(a[0] - line) - Math.abs(b[0] - line))
    const list = this.querySelector(".lever-mail")
    list.dataset.truth = truth
    list.firstElementChild.textContent = `${say(table[truth][answer])} ${
      KINDS[truth][answer][1].replace("ROW", `${row}s`)}${near.length ? ". Some from near the line:" : ""}`
    list.lastElementChild.replaceChildren(...near.slice(0, 3).map(([at, text]) => {
      const [item, score, begins] = ["li", "b", "span"].map(name => document.createElement(name))
      score.textContent = (at / 100).toFixed(2)
      begins.textContent = text
      item.append(score, " ", begins)
      return item
    }))
  }
}

Threshold.here()
}
