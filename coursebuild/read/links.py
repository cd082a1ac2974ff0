"""Where a page leads: its links and images, the ids that others may name, and whether all of it is there.

Checked here, at the line where a link stands, so that strictness does not depend on the site generator.
"""

import difflib
import html
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from coursebuild.faults import Fault
from coursebuild.read.model import Lesson, Link

TARGET = r"[ \t]*(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))"
INLINE = re.compile(rf"\]\({TARGET}")
REFERENCE = re.compile(rf"^ {{0,3}}\[[^\]^\n][^\]\n]*\]:{TARGET}", re.MULTILINE)
HEADING = re.compile(
    r"^(?:[ \t>]*(?:(?:[-+*]|\d+[.)])[ \t]+)?#{1,6}(?P<text>.*)|(?P<under>[^\n]+)\n(?:=+|-+)[ \t]*)$", re.MULTILINE
)
MADE = re.compile(r"`\{python\}|\$[^$\s]")  # of a heading whose text the build makes, and so its id
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
WRITTEN = re.compile(  # what is no text in a heading: images, tags, marks
    r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)|\\(?P<escaped>[!-/:-@\[-`{-~])|!\[[^\]]*\]\([^)]*\)|<(?![a-z]+:)[A-Za-z/!][^<>]*>"
    r"|\]\([^)]*\)|[*\[\]]|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"
)
ATTRIBUTES = re.compile(r"\{:?[^{}\n]*\}")
NAMED = re.compile(r"(?<![\w&])#([\w:.-]+)")
HTML_ID = re.compile(r"""<[^<>]*\s(?:id|name)=["']?([^\s"'<>]+)""")
TAG = re.compile(r"""<(?P<name>[a-z][\w-]*)(?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)""", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(?<![\w-])(?P<name>[\w-]+)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'<>{}]+))""")


def links_of(text: str, line: int) -> Iterator[Link]:
    """The links of some prose that begins at `line`, code spans and comments masked."""
    for pattern in (INLINE, REFERENCE):
        for found in pattern.finditer(text):
            target = found["bare"] if found["angled"] is None else found["angled"]
            if target and not target.startswith("@"):
                yield Link(line + text.count("\n", 0, found.start()), ESCAPED.sub(r"\1", target))
    for tag in TAG.finditer(text):
        for found in ATTRIBUTE.finditer(tag["rest"]):
            target = html.unescape(found["a"] or found["b"] or found["c"] or "").strip()
            if target and found["name"].lower() in ("href", "src", "poster"):
                yield Link(line + text.count("\n", 0, tag.start()), target, raw=True)


def anchors_of(text: str) -> frozenset[str]:
    """The ids of a page's headings, attribute lists and raw HTML."""
    found = {each for attributes in ATTRIBUTES.findall(text) for each in NAMED.findall(attributes)}
    found |= set(HTML_ID.findall(text))
    for heading in HEADING.finditer(text):
        title = heading["text"] or heading["under"] or ""
        if not NAMED.search("".join(ATTRIBUTES.findall(title))) and not MADE.search(title):
            slug = slugify(ATTRIBUTES.sub("", title))
            counted = re.fullmatch(r"(.*)_(\d+)", slug)
            base, count = (counted[1], int(counted[2])) if counted else (slug, 0)
            while slug in found or not slug:
                count += 1
                slug = f"{base}_{count}"
            found.add(slug)
    return frozenset(found)


def slugify(title: str) -> str:
    """The id that Python-Markdown gives a heading without one (markdown.extensions.toc.slugify)."""
    seen = html.unescape(WRITTEN.sub(lambda mark: mark["code"] or mark["escaped"] or "", title))
    text = unicodedata.normalize("NFKD", seen).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def check_links(lesson: Lesson, pages: Mapping[str, Lesson], files: Set[str]) -> Iterator[Fault]:
    """Each link of a page that leads nowhere.

    `pages` are all lessons by the paths of the pages that they become, `files` the other files of the site.
    """
    for link in lesson.links:
        parts = urlsplit(link.target)
        if parts.scheme or parts.netloc or link.target.startswith(("/", "\\", "?", "mailto:")):
            continue
        path, anchor = unquote(parts.path), unquote(parts.fragment)
        there = posixpath.normpath(posixpath.join(lesson.name.parent, path)) if path else str(lesson.pages[0])
        if link.raw and path and there in pages:
            what = f"the link '{link.target}' in raw HTML stays as it is (in Markdown it leads to the page)"
            yield Fault(lesson.path, link.line, what)
            continue
        if link.raw and path:
            there = next((each for each in meant(lesson, path) if each in pages or each in files), there)
        if there not in pages and there not in files:
            close = difflib.get_close_matches(there.removesuffix(".html") + ".md", pages, 1, 0.4)
            near = posixpath.relpath(close[0], lesson.name.parent) if close else str(next(iter(pages), "a page"))
            what = f"the link '{link.target}' leads nowhere (a file below the pages, such as {near})"
            yield Fault(lesson.path, link.line, what)
        elif anchor and there in pages and not has(pages[there], anchor):
            ids = sorted(pages[there].anchors)
            close = difflib.get_close_matches(anchor, ids, 1, 0.4) or ids[:1]
            wanted = f"such as #{close[0]}" if close else "it has none"
            yield Fault(
                lesson.path,
                link.line,
                f"the link '{link.target}': {there} has no #{anchor} (an id of its own, {wanted})",
            )


def meant(lesson: Lesson, path: str) -> Iterator[str]:
    """What an address of raw HTML may lead to, from `page.html` or, if pages are folders, from `page/`."""
    for folder in (lesson.name.parent, lesson.name.with_suffix("")):
        there = posixpath.normpath(posixpath.join(folder, path))
        yield there
        for page in (there.removesuffix(".html"), posixpath.normpath(f"{there}/index")):
            yield from (f"{page}.md", f"{page}.ipynb")


def has(lesson: Lesson, anchor: str) -> bool:
    """Whether a page has an anchor. Footnotes, and the headings of notebooks, have theirs from who makes the page."""
    return lesson.lab or anchor in lesson.anchors or anchor.startswith(("fn:", "fnref:", "__"))


def check_nav(
    nav: tuple[str, ...], pages: Mapping[str, object], files: Set[str], config: str, text: str
) -> Iterator[Fault]:
    """Each page that the navigation names and that is not there. `text` is that of the file `config`."""
    for name in nav:
        if not urlsplit(name).scheme and not name.startswith("/") and name not in pages and name not in files:
            line = text.count("\n", 0, max(text.find(name), 0)) + 1
            close = difflib.get_close_matches(name, pages, 1, 0.4) or [*pages][:1]
            yield Fault(config, line, f"nav names '{name}', which is no page (such as {''.join(close)})")


def page_names(lessons: Mapping[PurePosixPath, Lesson]) -> dict[str, Lesson]:
    """Each lesson by the paths of the pages that it becomes."""
    return {str(page): lesson for lesson in lessons.values() for page in lesson.pages}
