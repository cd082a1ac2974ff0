// A question at a lesson's end: its choices become buttons, and each tells its own reason out of the answer below.
{
  const make = (name, properties) => Object.assign(document.createElement(name), properties)
  const copy = node => {
    const copied = node.cloneNode(true)
    for (const each of copied.querySelectorAll("[id]")) each.removeAttribute("id")
    return copied
  }
  const all = {} // for each page ("" is this one) the letters that are right, by the names of its questions
  const open = {} // and the names of those that do not stand folded below another, which are for practice

  document.querySelectorAll("details.check").forEach((answer, index) => {
    const list = answer.previousElementSibling
    const asked = list.previousElementSibling
    const { page: of = "", number = index + 1 } = answer.dataset // the page of all questions says whose they are
    const name = number > 1 ? `check-${number}` : "check", rights = all[of] ??= {}
    const needed = open[of] ??= []
    if (!answer.closest(".more") && !("more" in answer.dataset)) needed.push(name)
    const own = of ? `${of}-${name}` : name
    const right = []
    const against = {}
    for (const part of [...answer.children].slice(1)) { // below the summary
      if (!/^\s*Not [A-Z]:/.test(part.textContent)) right.push(part)
      else for (const item of part.children) against[item.textContent.trim()[4]] = item.querySelector("p") ?? item
    }
    rights[name] = right[0].textContent[0]

    asked.id ||= `${own}-asked`
    const group = make("div", { role: "group", className: "asks" })
    group.setAttribute("aria-labelledby", asked.id)
    const told = make("div", { role: "status" })
    list.before(group)
    group.append(list, told)
    for (const choice of list.children) {
      const letter = choice.querySelector("strong")
      const button = make("button", { type: "button", ariaPressed: false, textContent: letter.textContent[0] })
      choice.id = `${own}-${button.textContent}`
      button.setAttribute("aria-labelledby", choice.id)
      letter.replaceWith(button)
    }

    list.addEventListener("click", ({ target }) => {
      const choice = target.closest("li")
      const button = choice?.querySelector("button")
      if (!button || target.closest("a") || (target !== button && String(getSelection()))) return
      for (const each of list.querySelectorAll("button")) each.ariaPressed = each === button
      const letter = button.textContent
      const so = letter === rights[name]
      const reason = so ? right.map(copy) : [...copy(against[letter]).childNodes]
      const word = make("strong", { textContent: so ? `Right: ${letter}.` : `Not ${letter}:` })
      if (so) reason[0].firstChild.replaceWith(word)
      else reason[0].data = reason[0].data.slice(6)
      group.dataset.right = so
      told.replaceChildren(...(so ? reason : [make("p")]))
      if (!so) told.firstChild.append(word, ...reason)
      document.dispatchEvent(new CustomEvent("answered", { detail: { name, letter, rights, needed, of: of || undefined } }))
    })
  })
}
