// A page's Keras run, repeated: the same rows, first weights, order and steps, from seeds, by the generators of Keras,
// TensorFlow and scikit-learn. A worker, or a script of a page that was opened from a folder.
{
class Twister {
  constructor(seed, python) { // seeded as numpy's RandomState does, or as Python's random
    const state = this.state = new Uint32Array(624)
    state[0] = python ? 19650218 : seed
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ state[i - 1] >>> 30) + i
    this.at = 624
    let i = 0
    const mix = (factor, turns, plus) => {
      while (turns--) {
        if (++i === 624) { state[0] = state[623]; i = 1 }
        state[i] = (state[i] ^ Math.imul(state[i - 1] ^ state[i - 1] >>> 30, factor)) + plus(i)
      }
    }
    if (!python) return
    mix(1664525, 624, () => seed)
    mix(1566083941, 623, i => -i)
    state[0] = 0x80000000
  }

  next() {
    const { state } = this
    if (this.at === 624) {
      for (let i = 0; i < 624; i++) {
        const y = state[i] & 0x80000000 | state[(i + 1) % 624] & 0x7fffffff
        state[i] = state[(i + 397) % 624] ^ y >>> 1 ^ (y & 1 && 0x9908b0df)
      }
      this.at = 0
    }
    let y = state[this.at++]
    y ^= y >>> 11
    y ^= y << 7 & 0x9d2c5680
    y ^= y << 15 & 0xefc60000
    return (y ^ y >>> 18) >>> 0
  }

  uniform() { return ((this.next() >>> 5) * 67108864 + (this.next() >>> 6)) / 9007199254740992 }

  uniforms(n) { return Float64Array.from({ length: n }, () => this.uniform()) }

  normal() { // in pairs, of which one is kept
    const { kept } = this
    this.kept = undefined
    if (kept !== undefined) return kept
    let x, y, square
    do {
      x = 2 * this.uniform() - 1
      y = 2 * this.uniform() - 1
      square = x * x + y * y
    } while (square >= 1 || square === 0)
    const factor = Math.sqrt(-2 * Math.log(square) / square)
    this.kept = factor * x
    return factor * y
  }

  upTo(most) {
    const mask = 2 ** (32 - Math.clz32(most)) - 1
    let drawn
    do drawn = (this.next() & mask) >>> 0; while (drawn > most)
    return drawn
  }

  permuted(things) {
    const list = [...things]
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.upTo(i);
      [list[i], list[j]] = [list[j], list[i]]
    }
    return list
  }
}

const count = n => Array.from({ length: n }, (_, i) => i)

function* philox([k, l], [...counter]) {
  const high = (a, b) => Number(BigInt(a >>> 0) * BigInt(b >>> 0) >> 32n)
  for (; ; counter[0]++) {
    let [a, b, c, d] = counter
    for (let round = 0; round < 10; round++) {
      const even = k + Math.imul(round, 0x9e3779b9), odd = l + Math.imul(round, 0xbb67ae85);
      [a, b, c, d] = [high(0xcd9e8d57, c) ^ b ^ even, Math.imul(0xcd9e8d57, c),
        high(0xd2511f53, a) ^ d ^ odd, Math.imul(0xd2511f53, a)]
    }
    for (const each of [a, b, c, d]) yield each >>> 0
  }
}

// The order in which `fit` shows its rows, in every epoch: tf.random.shuffle, after set_random_seed.
function order(n, seed) {
  const random = philox([seed, 0], [0, 0, seed ? 0 : 2147483647, 0]), rows = count(n)
  for (let i = 0; i < n - 1; i++) {
    const j = i + random.next().value % (n - i);
    [rows[i], rows[j]] = [rows[j], rows[i]]
  }
  return rows
}

// The first weights, as each layer draws them: Glorot's, uniform; biases are 0.
function firstWeights(sizes, seed) {
  const python = new Twister(seed, true)
  return sizes.slice(1).flatMap((units, layer) => {
    const limit = Math.fround(Math.sqrt(6 / (sizes[layer] + units)))
    let drawn
    do drawn = python.next() >>> 2; while (drawn >= 1e9)
    const mixed = philox([0x3ec8f720, 0x02461e29], [drawn + 1, 0, 0, 0])
    const [k, l, c, d] = count(4).map(() => mixed.next().value)
    const random = philox([k, l], [0, 0, c, d])
    const weight = () => Math.fround((random.next().value & 0x7fffff) / 0x800000 * 2 * limit) - limit
    return [Float32Array.from({ length: sizes[layer] * units }, weight), new Float32Array(units)]
  })
}

// make_classification(n, 20, n_informative=10, random_state=seed): a table of 20 columns, and labels.
function classification(n, seed) {
  const random = new Twister(seed), wide = 20, told = 10, x = new Float64Array(n * wide), y = new Uint8Array(n)
  const corners = new Set()
  while (corners.size < 4) corners.add(random.upTo(2 ** told - 1))
  const normals = (from, to) => {
    for (let r = 0; r < n; r++) for (let i = from; i < to; i++) x[r * wide + i] = random.normal()
  }
  const mixing = columns => random.uniforms(told * columns).map(each => 2 * each - 1)
  const mix = (r, to, matrix) => {
    const row = x.slice(r * wide, r * wide + told), columns = matrix.length / told
    for (let j = 0; j < columns; j++) x[r * wide + to + j] = row.reduce((sum, v, i) => sum + v * matrix[i * columns + j], 0)
  }
  normals(0, told);
  [...corners].forEach((corner, k) => {
    const matrix = mixing(told)
    for (let r = k * n / 4; r < (k + 1) * n / 4; r++) {
      y[r] = k % 2
      mix(r, 0, matrix)
      for (let i = 0; i < told; i++) x[r * wide + i] += 2 * (corner >> told - 1 - i & 1) - 1
    }
  })
  const matrix = mixing(2)
  for (let r = 0; r < n; r++) mix(r, told, matrix)
  normals(told + 2, wide)
  random.uniforms(n).forEach((each, r) => { if (each < 0.01) y[r] = random.upTo(1) })
  const rows = random.permuted(count(n)), columns = random.permuted(count(wide))
  return {
    x: Float32Array.from(x, (_, k) => x[rows[Math.floor(k / wide)] * wide + columns[k % wide]]),
    y: y.map((_, r) => y[rows[r]]),
  }
}

// train_test_split(…, stratify=labels, random_state=seed): which rows are the training set.
function trainingRows(labels, share, seed) {
  const random = new Twister(seed)
  const classes = [0, 1].map(each => count(labels.length).filter(row => labels[row] === each))
  const sizes = classes.map(rows => Math.floor(rows.length * share))
  if (sizes[0] + sizes[1] < labels.length * share) sizes[random.permuted([0, 1])[0]]++ // both are halves
  return random.permuted(classes.flatMap((rows, k) => random.permuted(rows).slice(0, sizes[k])))
}

const OPTIMIZERS = {
  SGD: ({ rate }) => (w, g) => { for (let k = 0; k < w.length; k++) w[k] -= rate * g[k] },
  momentum: ({ rate }) => (w, g, [m]) => {
    for (let k = 0; k < w.length; k++) w[k] += m[k] = 0.9 * m[k] - rate * g[k]
  },
  RMSprop: ({ rate }) => (w, g, [v]) => {
    for (let k = 0; k < w.length; k++) {
      v[k] = 0.9 * v[k] + 0.1 * g[k] * g[k]
      w[k] -= rate * g[k] / Math.sqrt(v[k] + 1e-7)
    }
  },
  Adam: ({ rate }) => (w, g, [m, v], step) => {
    const alpha = rate * Math.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
    for (let k = 0; k < w.length; k++) {
      m[k] += 0.1 * (g[k] - m[k])
      v[k] += 0.001 * (g[k] * g[k] - v[k])
      w[k] -= alpha * m[k] / (Math.sqrt(v[k]) + 1e-7)
    }
  },
}

// One hidden layer of ReLU units, one sigmoid output, mean binary cross-entropy. Each call trains for an epoch, and
// gives its loss and accuracy, those on the validation rows after it, how many units say nothing to any of these, and how
// many of these are answered 1.
function network({ x, y, vx, vy }, { optimizer, rate, batch, units, decay, rows, seed }) {
  const inputs = x.length / y.length
  const parts = firstWeights([inputs, units, 1], seed).map(start => {
    const w = Real.from(start), zeros = () => new Real(w.length)
    return { w, g: zeros(), kept: [zeros(), zeros()] }
  })
  const [w1, b1, w2, b2] = parts.map(each => each.w), [g1, c1, g2, c2] = parts.map(each => each.g)
  const update = OPTIMIZERS[optimizer]({ rate }), sequence = order(rows, seed), hidden = new Real(units)
  let step = 0

  const forward = (x, at) => {
    hidden.set(b1)
    for (let i = 0, k = 0; i < inputs; i++) {
      const v = x[at + i]
      for (let j = 0; j < units; j++, k++) hidden[j] += v * w1[k]
    }
    let sum = b2[0]
    for (let j = 0; j < units; j++) {
      if (hidden[j] < 0) hidden[j] = 0
      sum += hidden[j] * w2[j]
    }
    return Math.fround(sum) // as Keras has it: what is too large for it is so here
  }
  const cost = (z, truth) => Math.max(z, 0) - z * truth + Math.log1p(Math.exp(-Math.abs(z)))
  const learn = (row, share) => {
    const z = forward(x, row * inputs), d = (1 / (1 + Math.exp(-z)) - y[row]) * share, at = row * inputs
    c2[0] += d
    for (let j = 0; j < units; j++) {
      g2[j] += d * hidden[j]
      hidden[j] = hidden[j] > 0 ? d * w2[j] : 0
      c1[j] += hidden[j]
    }
    for (let i = 0, k = 0; i < inputs; i++) {
      const v = x[at + i]
      for (let j = 0; j < units; j++, k++) g1[k] += v * hidden[j]
    }
    return z
  }

  return () => {
    let loss = 0, right = 0, watched = 0, told = 0
    for (let start = 0; start < rows; start += batch) {
      const end = Math.min(start + batch, rows)
      for (const { g } of parts) g.fill(0)
      for (let r = start; r < end; r++) {
        const row = sequence[r], z = learn(row, 1 / (end - start))
        loss += cost(z, y[row])
        right += z > 0 === Boolean(y[row])
      }
      step++
      for (const { w, g, kept } of parts) {
        if (decay) for (let k = 0; k < w.length; k++) w[k] -= w[k] * decay * rate
        update(w, g, kept, step)
      }
    }
    let called = 0, caught = 0
    const speaks = new Uint8Array(units)
    for (let r = 0; r < vy.length; r++) {
      const z = forward(vx, r * inputs)
      watched += cost(z, vy[r])
      told += z > 0 === Boolean(vy[r])
      called += z > 0
      caught += z > 0 && vy[r]
      for (let j = 0; j < units; j++) if (hidden[j]) speaks[j] = 1
    }
    return [loss / rows, watched / vy.length, right / rows, told / vy.length,
      units - speaks.reduce((a, b) => a + b, 0), called, caught / vy.reduce((a, b) => a + b, 0)]
  }
}
const Real = Float32Array

// The rows of `first-network`: made there, and so here. Validation rows are the first thousand that come later.
function made() {
  const { x, y } = classification(12000, 0), rows = trainingRows(y.subarray(0, 2000), 0.75, 0)
  return {
    x: Real.from({ length: 30000 }, (_, k) => x[rows[Math.floor(k / 20)] * 20 + k % 20]),
    y: Uint8Array.from(rows, row => y[row]),
    vx: x.slice(40000, 60000), vy: y.slice(2000, 3000),
  }
}

// The rows of a page's file, by columns: float32, the labels last, in base64; or counts, to be standardised.
function left(file, { inputs: wide, rows: train }) {
  const { columns, labels, mean, scale } = file
  const all = columns || new Real(Uint8Array.from(atob(file), each => each.charCodeAt()).buffer)
  const n = columns ? labels.length : all.length / (wide + 1), y = labels ?? all.subarray(wide * n), { fround } = Math
  const x = Real.from({ length: wide * n }, (_, k) => {
    const column = k % wide, row = Math.floor(k / wide)
    return columns ? fround(fround(Math.log1p(fround(columns[column][row]))) - mean[column]) / scale[column] : all[column * n + row]
  })
  return { x: x.subarray(0, train * wide), y: y.slice(0, train), vx: x.subarray(train * wide), vy: y.slice(train) }
}

// Begins with a setting, or goes on, for so many epochs: it gives those that are done in a few milliseconds.
globalThis.trainer = () => {
  let data, epoch
  return ({ setting, epochs, page }) => {
    data ??= globalThis.trainRows ? left(trainRows, page) : made()
    if (setting) epoch = network(data, setting)
    const done = [], end = performance.now() + 12
    while (done.length < epochs && performance.now() < end) done.push(epoch())
    return done
  }
}
if (!globalThis.document) {
  const train = trainer()
  onmessage = ({ data }) => {
    if (data.file && !globalThis.trainRows) importScripts(data.file)
    postMessage([data.run, train(data)])
  }
}
}
