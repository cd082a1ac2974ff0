"""The index of a theme's own search, as a script, which pages can load from a server and from a folder alike.

It is made of MkDocs's index (the sections of each page), of the front matter (`search: {words: […], boost: …}`), and of
the definition lists: a term leads to the lesson that its definition names. Prose stays as it is, for excerpts; of code
and output it keeps each word once.
"""

import functools
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from mkdocs.structure.pages import Page

from coursebuild.faults import writing

TERM = re.compile(r'<dt id="([^"]+)">(.*?)</dt>\s*<dd>(.*?)</dd>', re.DOTALL)
LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"[^>]*>.*?</a>', re.DOTALL)
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NAME = re.compile(r"[^\W\d]\w+(?:\.[^\W\d]\w+)*")


@functools.lru_cache(4096)  # sections; while serving most are as they were
def text_of(markup: str) -> str:
    return " ".join(html.unescape(TAG.sub("", re.sub(r"</(p|li)>", " ", markup))).split())


@functools.lru_cache(4096)
def names_of(code: str) -> str:
    """The words of code, each once, in their order."""
    return " ".join(dict.fromkeys(NAME.findall(html.unescape(TAG.sub("", code)))))


@dataclass
class Search:
    """What one build knows of its pages beyond MkDocs's index."""

    pages: dict[str, dict[str, object]] = field(default_factory=dict)
    terms: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, page: Page, content: str) -> None:
        said = page.meta.get("search") or {}
        self.pages[page.url] = {
            "title": str(page.meta.get("title") or page.title),
            "about": str(page.meta.get("description") or ""),
            "words": [str(each) for each in said.get("words", [])],
            "boost": float(said.get("boost", 1)),
        }
        self.terms[page.url] = [
            [text_of(term), f"{page.url}#{name}", text_of(LINK.sub("", said)), *self.taught(page.url, said)]
            for name, term, said in TERM.findall(content)
        ]

    @staticmethod
    def taught(url: str, definition: str) -> list[str]:
        """The pages that a definition names."""
        return [urljoin(url, html.unescape(link)).partition("#")[0] for link in LINK.findall(definition)]

    def write(self, site: Path) -> None:
        """Write `search/index.js`, if MkDocs has made an index."""
        made = site / "search" / "search_index.json"
        if not made.is_file():
            return
        pages: dict[str, dict[str, object]] = {}
        sections: dict[str, list[list[str]]] = {}
        for entry in json.loads(made.read_bytes())["docs"]:
            url, _, anchor = entry["location"].partition("#")
            pages[url] = {"url": url, **self.pages.get(url, {"title": entry["title"]})}
            prose, code = CODE.sub(" ", entry["text"]), " ".join(CODE.findall(entry["text"]))
            section = [anchor, text_of(entry["title"]), text_of(prose), names_of(code)]
            if self.terms.get(url):  # the definitions are there by themselves
                section[2] = text_of("".join(re.findall(r"<p>.*?</p>", prose, re.DOTALL)))
            sections.setdefault(url, []).append(section)
        index = {
            "pages": [{**page, "sections": sections[url]} for url, page in pages.items()],
            "terms": [term for url in pages for term in self.terms.get(url, [])],
        }
        with writing(made):
            text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
            (made.parent / "index.js").write_text(f"var searchIndex = {text}\n", encoding="utf-8")
