// Cards: one at a time, those that are due first; a card that was known comes back after 1, 2, 4, 8 … days.
{
  const make = (name, properties, ...inside) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...inside)
    return made
  }
  const list = document.querySelector(".cards"), cards = [...list.querySelectorAll(".card")]
  const today = () => Math.floor((Date.now() - new Date().getTimezoneOffset() * 60_000) / 86_400_000) // days, here
  const LONGEST = 6 // 64 days

  const pages = new Map(cards.map(card => [card.dataset.page, card.querySelector(".taught").textContent]))
  const choice = make("select", { id: "cards-of" }, make("option", { value: "", textContent: "all lessons" }),
    ...[...pages].map(([value, textContent]) => make("option", { value, textContent })))
  const told = make("p", { role: "status" }), front = make("p", { className: "front", tabIndex: -1 })
  const back = make("div", { className: "back" })
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick })
  const turn = button("Show the answer", () => show(true))
  const known = button("I knew it", () => note(true)), not = button("I did not", () => note(false))
  const more = button("Go on with cards that are not due", () => { early = new Set(); next() })
  const box = make("div", { className: "recall" },
    make("p", {}, make("label", { htmlFor: "cards-of", textContent: "Cards of " }), choice), told,
    make("div", { className: "side" }, front, back), make("p", { className: "does" }, turn, known, not, more))
  const all = make("details", {}, make("summary", { textContent: "All cards" }))
  list.before(box, all)
  all.append(list)

  let card = null, early = null, queue = [] // early: the cards that were known before they were due
  const chosen = () => cards.filter(each => !choice.value || each.dataset.page === choice.value)
  const due = each => {
    const day = progress.load().cards?.[each.id]?.[1] ?? 0
    return day > today() + 2 ** LONGEST ? 0 : day // by a clock that was ahead
  }
  const next = () => {
    const open = chosen().filter(each => early ? !early.has(each) : due(each) <= today())
    queue = queue.filter(each => open.includes(each))
    card = open.filter(each => !queue.includes(each)).sort((a, b) => due(a) - due(b))[0] ?? queue.shift() ?? null
    const count = open.length
    told.textContent = card
      ? `${count} card${count === 1 ? "" : "s"} to go.`
      : `Nothing is due of ${chosen().length} card${chosen().length === 1 ? "" : "s"}. The next comes ${soon(Math.min(...chosen().map(due)) - today())}.`
    show(false)
  }
  const soon = days => days === 1 ? "tomorrow" : `in ${days} days`
  const show = turned => {
    front.textContent = card?.querySelector("summary").textContent ?? ""
    back.replaceChildren(...(card && turned ? [...card.children].slice(1).map(each => each.cloneNode(true)) : []))
    turn.hidden = !card || turned
    known.hidden = not.hidden = !card || !turned
    more.hidden = Boolean(card)
    if (box.contains(document.activeElement) || document.activeElement === document.body) {
      (turned ? known : card ? turn : more).focus({ preventScroll: true })
    }
  }
  const note = knew => {
    const all = progress.load(), seen = (all.cards ??= {})[card.id]?.[0] ?? 0
    const level = knew ? Math.min(seen + 1, LONGEST + 1) : 0
    all.cards[card.id] = [level, today() + (knew ? 2 ** (level - 1) : 0)]
    progress.save(all)
    if (!knew) queue.push(card)
    else early?.add(card)
    next()
  }
  choice.addEventListener("change", () => {
    history.replaceState(null, "", choice.value ? `#${choice.value}` : location.pathname)
    next()
  })
  const led = () => {
    choice.value = location.hash.slice(1)
    if (choice.selectedIndex < 0) choice.value = ""
    next()
  }
  addEventListener("hashchange", led)
  addEventListener("DOMContentLoaded", led)
}
