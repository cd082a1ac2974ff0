// What Material's own scripts leave without a name, or out of the keyboard's reach.
document.querySelector("#__drawer")?.setAttribute("aria-label", "Menu")
// Its bundle wraps tables and adds copy buttons as they come into view.
new MutationObserver(() => {
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) table.tabIndex = 0
}).observe(document.body, { childList: true, subtree: true })
