// Search: how pages are ranked, how results are shown, and what is marked on the page that one reaches. search.js loads
// this, and search/index.js beside it (coursebuild/site/search.py); both are classic scripts, so a folder will do.
self.find = (() => {
  const root = new URL(".", document.currentScript.src)
  const once = make => (made => key => made.get(key) ?? made.set(key, make(key)).get(key))(new Map())
  const sum = numbers => numbers.reduce((a, b) => a + b, 0)

  // Words. `train_test_split`, `BinaryCrossentropy` and cross-entropy are their parts, and also one word.
  const CHUNK = /[\p{L}\p{N}]+(?:[._'’-]+[\p{L}\p{N}]+)*/gu
  const STOP = new Set(("a about an and are as at be by can do does for from how i in is it me my of on or should the " +
    "there this to use using vs we what when which why with you your").split(" "))
  const chunks = text => text.match(CHUNK) ?? []
  const parts = once(chunk => chunk.replace(/['’]s$/, "").replace(/([\p{Ll}\p{N}])(?=\p{Lu}\p{Ll})/gu, "$1 ")
    .toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean))
  const tails = chunk => parts(chunk).slice(0, -1).map((_, from) => parts(chunk).slice(from).join(""))
  const words = text => chunks(text).flatMap(parts)
  const stem = once(word => word.length < 4 ? word : word
    .replace(/ies$/, "y").replace(/(ss|sh|ch|x)es$/, "$1").replace(/([^s])s$/, "$1")
    .replace(/i[sz](?:e|ed|er|ing|ation)$/, "is").replace(/([st])ion$/, "$1").replace(/(.{3,}?)(?:ing|ed)$/, "$1")
    .replace(/([bdglmnprt])\1$/, "$1").replace(/(.{3,})e$/, "$1"))
  const phrase = once(text => ` ${words(text).map(stem).join(" ")} `)

  // The index: how much of each stem there is at the head of each page, and in each section.
  let pages, terms
  const sections = [], heads = new Map(), bodies = new Map(), forms = new Map()
  const stems = once(chunk => [...parts(chunk), ...tails(chunk)].map(word => forms.set(word, stem(word)).get(word)))
  function put(postings, place, weight, text) {
    for (const chunk of chunks(text)) {
      for (const own of stems(chunk)) {
        const places = postings.get(own) ?? postings.set(own, new Map()).get(own)
        places.set(place, (places.get(place) ?? 0) + weight)
      }
    }
  }
  let sorted
  function prepare({ pages: all, terms: glossary }) {
    terms = glossary
    pages = all.map(page => ({ words: [], about: "", boost: 1, ...page, names: [page.title, ...page.words ?? []].map(phrase) }))
    for (const page of pages) {
      put(heads, page, 8, page.title)
      put(heads, page, 4, page.words.join(" "))
      put(heads, page, 2, page.about)
      for (const [anchor, heading, prose, code] of page.sections) {
        const own = heading !== page.title
        const section = { page, anchor: own ? anchor : "", heading, prose, code }
        const weight = /^(sources|next)$/.test(anchor) ? 0.2 : 1
        if (own) put(bodies, section, 3 * weight, heading)
        put(bodies, section, weight, prose)
        put(bodies, section, weight / 2, code)
      }
    }
    const taught = new Map(pages.map(page => [page.url, page]))
    for (const [term, , , url] of terms) {
      if (!taught.has(url)) continue
      put(heads, taught.get(url), 4, term)
      taught.get(url).names.push(phrase(term))
    }
    sorted = [...forms.keys()].sort()
  }

  const known = word => heads.has(stem(word)) || bodies.has(stem(word))
  function begun(word) {
    let from = 0, to = sorted.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (sorted[middle] < word) from = middle + 1
      else to = middle
    }
    for (to = from; sorted[to]?.startsWith(word);) to++
    return sorted.slice(from, to)
  }
  // The letters to change, add, drop or swap between two words, as far as `most`.
  function distance(a, b, most) {
    let above, row = Array.from({ length: b.length + 1 }, (_, j) => j)
    for (let i = 1; i <= a.length; i++) {
      const next = [i]
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]))
        if (above && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], above[j - 2] + 1)
      }
      if (Math.min(...next) > most) return most + 1
      above = row
      row = next
    }
    return row[b.length]
  }
  // What a word stands for, stem by stem: itself; as the last one, which may be half typed, also what begins so; and if
  // there is neither, what is spelt nearly so.
  const meant = once(asked => {
    const last = asked.endsWith("*"), word = asked.replace("*", "")
    const found = new Map()
    const take = (form, sure) => found.set(forms.get(form), Math.max(found.get(forms.get(form)) ?? 0, sure))
    if (known(word)) found.set(stem(word), 1)
    if (word.length > 1 && (last || !found.size)) {
      for (const form of begun(word)) if (forms.get(form) !== stem(word)) take(form, 0.6 * word.length / form.length)
    }
    if (!found.size) for (const form of nearly(word)) take(form, 0.4)
    return found
  })
  function nearly(word) {
    const most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2
    const near = form => form[0] === word[0] && Math.abs(form.length - word.length) <= most && !/\d/.test(form)
    const far = new Map(sorted.filter(near).map(form => [form, distance(word, form, most)]))
    const least = Math.min(most, ...far.values())
    return [...far.keys()].filter(form => far.get(form) === least)
  }

  // The ways to read what was typed: its words, and neighbours as one word ("over fitting"). A name that is known
  // counts for more as a whole than by its parts. The last word may be half typed: "regul*".
  function readings(typed) {
    const all = words(typed)
    const kept = all.every(word => STOP.has(word)) ? () => true : word => !STOP.has(word)
    const open = reading => reading.map((word, at) => at === reading.length - 1 ? `${word}*` : word)
    const named = chunks(typed).some(chunk => parts(chunk).length > 1 && known(parts(chunk).join("")))
    const found = [{ reading: open(all.filter(kept)), sure: named ? 0.5 : 1 }]
    for (let from = 0; from < all.length; from++) {
      for (let to = from + 2; to <= Math.min(all.length, from + 4); to++) {
        const one = all.slice(from, to).join("")
        if (!known(one) && !(to === all.length && begun(one).length)) continue
        found.push({ reading: open([...all.slice(0, from).filter(kept), one, ...all.slice(to).filter(kept)]), sure: 1 })
      }
    }
    return found
  }

  // The pages that have the most of a reading's words: by their heads, their best section and, a little, their others.
  function rank({ reading, sure }, typed) {
    const full = (weight, half) => weight / (weight + half)
    const found = new Map()
    for (const word of reading) {
      const here = new Map()
      const at = page => here.get(page) ?? here.set(page, { head: 0, places: new Map() }).get(page)
      for (const [own, alike] of meant(word)) {
        const inHeads = heads.get(own) ?? [], inBodies = bodies.get(own) ?? []
        const holders = new Set([...inHeads].map(([page]) => page).concat([...inBodies].map(([section]) => section.page)))
        const rare = alike * Math.log(1 + pages.length / holders.size)
        for (const [page, weight] of inHeads) at(page).head = Math.max(at(page).head, rare * full(weight, 4))
        for (const [section, weight] of inBodies) {
          const { places } = at(section.page)
          places.set(section, Math.max(places.get(section) ?? 0, rare * full(weight, 3)))
        }
      }
      for (const [page, { head, places }] of here) {
        const all = found.get(page) ?? found.set(page, { head: 0, places: new Map(), count: 0 }).get(page)
        all.head += head
        all.count++
        for (const [section, score] of places) all.places.set(section, (all.places.get(section) ?? 0) + score)
      }
    }
    const most = Math.max(...[...found.values()].map(each => each.count))
    const whole = ` ${reading.map(word => stem(word.replace("*", ""))).join(" ")} `
    const named = name => name === typed ? 6 : name === whole || name.startsWith(typed.trimEnd()) ? 3 : 0
    return [...found].filter(([, { count }]) => count === most).map(([page, { head, places }]) => {
      if (reading.length > 1) {
        for (const [section, score] of places) {
          if (phrase(section.heading).includes(whole)) places.set(section, 2 * score)
          else if (phrase(section.prose).includes(whole)) places.set(section, 1.5 * score)
        }
      }
      const [best, ...others] = [...places].sort((a, b) => b[1] - a[1])
      const body = best ? best[1] + 0.5 * full(sum(others.map(([, score]) => score)), 4) : 0
      const score = sure * page.boost * (2 * head + body + Math.max(...page.names.map(named)))
      return { page, score, reading, sections: [best, ...others].filter(Boolean).map(([section]) => section) }
    })
  }

  function search(typed) {
    if (!pages) prepare(searchIndex)
    const best = new Map(), wanted = phrase(typed)
    if (!words(typed).length) return { results: [] }
    for (const result of readings(typed).flatMap(each => rank(each, wanted))) {
      const other = best.get(result.page) ?? result  // what is shown and marked is the reading of the fewest words
      const shown = result.reading.length < other.reading.length ? result : other
      best.set(result.page, { ...shown, score: Math.max(result.score, other.score) })
    }
    const results = [...best.values()].sort((a, b) => b.score - a.score)
    return { results, term: terms.find(([term]) => phrase(term) === wanted) }
  }

  // What was found. `asked` is a reading: "batch size", "regul*".
  function matcher(asked) {
    const own = new Set(asked.filter(word => !word.endsWith("*")).map(stem))
    const starts = asked.filter(word => word.endsWith("*")).map(word => word.slice(0, -1)).filter(Boolean)
    return once(chunk => [...parts(chunk), ...tails(chunk)].some(word => own.has(stem(word)) || starts.some(each => word.startsWith(each))))
  }
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    made.append(...children)
    return made
  }
  function marked(text, hits) {
    let end = 0
    const pieces = []
    for (const { 0: chunk, index } of text.matchAll(CHUNK)) {
      if (!hits(chunk)) continue
      pieces.push(text.slice(end, index), element("mark", {}, chunk))
      end = index + chunk.length
    }
    return [...pieces, text.slice(end)]
  }
  // A long sentence as its words around the first that was found.
  function cut(text, hits) {
    if (text.length < 200) return text
    const start = text.lastIndexOf(" ", [...text.matchAll(CHUNK)].find(([chunk]) => hits(chunk)).index - 60) + 1
    const end = text.length < start + 180 ? text.length : text.lastIndexOf(" ", start + 180)
    return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`
  }
  // The sentence of a section that has most of what was asked for; else the names in its code.
  function excerpt({ prose, code }, hits) {
    const count = text => new Set(chunks(text).filter(hits).map(chunk => stem(chunk.toLowerCase()))).size
    const [best] = prose.split(/(?<=[.?!]) +/).map(text => [text, count(text)]).sort((a, b) => b[1] - a[1])
    if (best?.[1]) return marked(cut(best[0], hits), hits)
    return code.split(" ").filter(hits).slice(0, 3).flatMap(name => [element("code", {}, ...marked(name, hits)), " "])
  }
  // A reading as the address of a result carries it: words that are whole without their star, misspelt ones mended.
  const mended = reading => reading.map(word => {
    const bare = word.replace("*", "")
    return known(bare) ? bare : begun(bare).length ? `${bare}*` : nearly(bare)[0] ?? bare
  })

  const PAGES = 10, SECTIONS = 3
  function shown({ page, reading, sections }) {
    const asked = mended(reading), hits = matcher(asked)
    const to = anchor => {
      const url = new URL(page.url, root)
      url.searchParams.set("h", asked.join(" "))
      url.hash = anchor
      return url
    }
    const within = sections.filter(({ anchor }) => anchor).slice(0, SECTIONS)
    return element("li", {},
      element("h2", {}, element("a", { href: to("") }, ...marked(page.title, hits))),
      element("p", {}, ...marked(page.about, hits)),
      element("ul", {}, ...within.map(section => element("li", {},
        element("a", { href: to(section.anchor) }, ...marked(section.heading, hits)),
        element("p", {}, ...excerpt(section, hits))))))
  }

  // The window: search.js has opened it; here it comes to life.
  const show = once(dialog => {
    const input = dialog.querySelector("input"), status = dialog.querySelector("[role=status]")
    const found = dialog.querySelector(".found")
    let later, before
    const update = () => {
      const typed = input.value.trim().slice(0, 200) // a whole text may have been pasted
      if (typed === before) return
      before = typed
      const { results, term } = search(typed)
      const list = results.slice(0, PAGES)
      found.replaceChildren(
        ...term ? [element("p", { class: "term" }, element("a", { href: new URL(term[1], root) }, term[0]), `: ${term[2]}`)] : [],
        ...list.length ? [element("ol", {}, ...list.map(shown))] : [])
      clearTimeout(later)
      later = setTimeout(() => {  // when the typing rests: for those who listen, and for the address
        const count = results.length === 1 ? "1 page" : `${results.length} pages`
        status.textContent = !typed ? "" : `${results.length ? count : "Nothing"} found for “${typed}”${results.length > PAGES ? `; here are the best ${PAGES}` : ""}.`
        address(typed)
      }, 250)
    }
    const address = typed => {
      const url = new URL(location)
      if (typed) url.searchParams.set("q", typed)
      else url.searchParams.delete("q")
      if (url.href !== location.href) history.replaceState(history.state, "", url)
    }
    const stops = () => [input, ...found.querySelectorAll("a")]
    dialog.addEventListener("keydown", event => {
      event.stopPropagation()  // the page has shortcuts of its own
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      const all = stops(), next = all[all.indexOf(document.activeElement) + step]
      if (step && next) {
        event.preventDefault()
        next.focus()
      }
      if (event.key === "Enter" && event.target === input) {
        update()
        found.querySelector("li a")?.click()
      }
    })
    dialog.addEventListener("click", ({ target }) => {
      const link = target.closest("a")
      const here = link && link.pathname === location.pathname && link.search === location.search
      if (here || target === dialog || target.value === "close") dialog.close()
    })
    dialog.addEventListener("close", () => {
      clearTimeout(later)
      address("")
    })
    input.addEventListener("input", update)
    if (!pages) prepare(searchIndex)
    return () => { before = undefined; update() }
  })

  // The page that one reaches: what was found is marked, also where it runs over several elements, as code does.
  function mark(asked) {
    const hits = matcher(asked.split(" ").filter(Boolean))
    const article = document.querySelector("article")
    const skip = "script, style, math, svg, button, select, textarea, [aria-hidden=true], .headerlink"
    const blocks = new Map()
    const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) {
      const { parentElement } = walk.currentNode
      if (parentElement.closest(skip)) continue
      const block = parentElement.closest("p, li, td, th, dt, dd, pre, h1, h2, h3, h4, summary, figcaption, div")
      blocks.set(block, [...blocks.get(block) ?? [], walk.currentNode])
    }
    for (const nodes of blocks.values()) {
      const text = nodes.map(node => node.data).join("")
      const ranges = [...text.matchAll(CHUNK)].filter(([chunk]) => hits(chunk)).map(({ 0: chunk, index }) => [index, index + chunk.length])
      let start = 0
      for (const node of nodes) {
        const here = ranges.map(([from, to]) => [Math.max(from - start, 0), Math.min(to - start, node.length)])
        start += node.length
        for (const [from, to] of here.filter(([from, to]) => from < to).reverse()) {
          const range = new Range()
          range.setStart(node, from)
          range.setEnd(node, to)
          range.surroundContents(element("mark"))
        }
      }
    }
    if (!location.hash) article.querySelector("dt mark")?.scrollIntoView({ block: "center" })  // a term of the glossary
  }

  return { search, show, mark }
})()
