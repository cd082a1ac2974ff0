"""The index of a theme's own search, as a script, which pages can load from a server and from a folder alike.

It is made of the sections of each page, of the front matter (`search: {words: […], boost: …}`), and of the definition
lists: a term leads to the lesson that its definition names. Prose stays as it is, for excerpts; of code and output it
keeps each word once.
"""

import functools
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urljoin

from mkdocs.structure.pages import Page

INDEX = "search/index.js"
TERM = re.compile(r'<dt id="([^"]+)">(.*?)</dt>\s*<dd>(.*?)</dd>', re.DOTALL)
LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"[^>]*>.*?</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NAME = re.compile(r"[^\W\d]\w+(?:\.[^\W\d]\w+)*")
PART = re.compile(
    r"""<!--.*?-->|<(?P<skipped>pre|script|style|svg)\b(?P<code>.*?)</(?P=skipped)>"""
    r"""|<(?P<ends>/?)(?P<tag>[a-z]\w*)(?P<given>(?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|<""",
    re.DOTALL | re.IGNORECASE,
)
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "code", "data", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup"}
INLINE |= {"math", "mi", "mn", "mo", "mrow", "msub", "msup", "msubsup", "mfrac", "msqrt", "mover", "munder", "mtext"}
INLINE |= {"munderover", "mstyle"}
SILENT = {"object", "button", "dl"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LEFT_OUT = re.compile(r"\sdata-search-exclude|\sclass=[\"'](?:[^\"']*\s)?headerlink")


def text_of(markup: str) -> str:
    return " ".join(html.unescape(TAG.sub("", markup)).split())


def sections(content: str) -> list[list[str]]:
    """The sections of a page: the heading's id ("" for what stands below no other heading than the title), its text,
    the prose below it, and the words of its code, each once. Definition lists are left out: they are terms.
    """
    found = [["", "", "", ""]]
    title: list[str] = []
    text: list[str] = []
    code: list[str] = []
    above: list[tuple[str, bool]] = []  # open elements, and whether nothing of them is taken
    heading = False

    def end() -> None:
        prose = (" ".join(html.unescape("".join(each)).split()) for each in (title, text))
        words = NAME.findall(html.unescape(TAG.sub("", " ".join(code))))
        found[-1][1:] = [*prose, " ".join(dict.fromkeys(words))]

    for part in PART.finditer(content):
        silent = bool(above) and above[-1][1]
        if part["skipped"]:
            text.append(" ")
            if part["skipped"] == "pre" and not silent:
                code.append(f"<pre{part['code']}")
        elif not part["tag"]:
            if not silent and not part[0].startswith("<!--"):
                (title if heading else text).append(part[0])
        else:
            tag, given = part["tag"].lower(), part["given"]
            if part["ends"]:
                if tag in (each for each, _ in above):
                    while above.pop()[0] != tag:
                        pass
                heading = heading and tag not in HEADINGS
            else:
                if tag in HEADINGS and (named := re.search(r'\sid="([^"]+)"', given)):
                    if tag != "h1":
                        end()
                        found.append([html.unescape(named[1]), "", "", ""])
                        title, text, code = [], [], []
                    heading = True
                if tag not in VOID and not given.endswith("/"):
                    above.append((tag, silent or tag in SILENT or bool(LEFT_OUT.search(given))))
            if tag not in INLINE:
                text.append(" ")
    end()
    return found


@dataclass
class Search:
    """What one build knows of its pages, by their addresses; nothing of one that is in no search."""

    pages: dict[str, dict[str, object]] = field(default_factory=dict)
    terms: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, page: Page, content: str, made: Callable[[str, str, Callable[[], Any]], Any]) -> None:
        """Take in a page; `made` gives what was made of the same content before."""
        said = page.meta.get("search") or {}
        self.pages[page.url], self.terms[page.url] = {}, []
        if said.get("exclude"):
            return
        self.pages[page.url] = {
            "url": page.url,
            "title": str(page.meta.get("title") or page.title),
            "about": str(page.meta.get("description") or ""),
            "words": [str(each) for each in said.get("words", [])],
            "boost": float(said.get("boost", 1)),
            "sections": functools.partial(made, "sections", content, lambda: sections(content)),
        }
        self.terms[page.url] = [
            [text_of(term), f"{page.url}#{name}", text_of(LINK.sub("", said)), *self.taught(page.url, said)]
            for name, term, said in TERM.findall(content)
        ]

    @staticmethod
    def taught(url: str, definition: str) -> list[str]:
        """The pages that a definition names."""
        return [urljoin(url, html.unescape(link)).partition("#")[0] for link in LINK.findall(definition)]

    def text(self) -> str:
        """What `search/index.js` holds. What it takes of a page is made now."""
        index = {"pages": [*filter(None, self.pages.values())], "terms": [*chain.from_iterable(self.terms.values())]}
        made = json.dumps(index, ensure_ascii=False, separators=(",", ":"), default=lambda make: make())
        return f"var searchIndex = {made}\n"
