// Material fetches the whole course's search index with every page; here it waits until somebody goes to search.
const { open, send } = XMLHttpRequest.prototype
XMLHttpRequest.prototype.open = function (method, url, ...others) {
  this.waits = /search_index\.json$/.test(url)
  return open.call(this, method, url, ...others)
}
XMLHttpRequest.prototype.send = function (body) {
  if (!this.waits) return send.call(this, body)
  const ask = event => {
    if (!event.target.matches(".md-search__input")) return
    removeEventListener("focusin", ask)
    send.call(this, body)
  }
  addEventListener("focusin", ask)
}
