// The page of the reader's progress: what it comes to, and to save it, take it in and erase it.
{
  const root = document.querySelector("#yours")
  const part = name => root.querySelector(`[data-part=${name}]`)
  const say = text => { part("said").textContent = text }
  const pages = count => `${count} page${count === 1 ? "" : "s"}`

  document.addEventListener("progress", ({ detail: { way, kept } }) => {
    const count = state => way.filter(each => each.state === state).length
    part("sum").textContent = `${pages(count("full"))} of ${way.length} done, ${count("half")} begun.`
    part("blocked").hidden = !kept
  })
  part("save").addEventListener("click", () => {
    const href = URL.createObjectURL(new Blob([JSON.stringify(progress.load(), null, 1)], { type: "application/json" }))
    Object.assign(document.createElement("a"), { href, download: "course-progress.json" }).click()
    setTimeout(() => URL.revokeObjectURL(href), 60_000)
  })
  part("file").addEventListener("change", async ({ target }) => {
    const all = progress.parse(await target.files[0].text())
    target.value = "" // so that the same file can be chosen again
    if (all) progress.save(all)
    say(all ? "Your progress is that of the file now." : "That file holds no progress of this course, so nothing has changed.")
  })
  part("erase").addEventListener("click", () => {
    if (!confirm("Erase what you have read and answered?")) return
    progress.save({ v: 1, pages: {} })
    say("Your progress is erased.")
  })
  root.hidden = false
  progress.save(progress.load()) // finds out whether anything is kept
}
