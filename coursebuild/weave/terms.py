"""What the glossary says of a term, on each page that links to it: in the margin where it fits, else at the page's end.

The link names it as its description, so that a screen reader tells it; a script of the site may show it at the pointer.
"""

import html
import math
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from coursebuild.read.model import Lesson, Prose
from coursebuild.weave import marks

GLOSSARY = PurePosixPath("glossary.md")
ENTRY = re.compile(
    r"^(?P<term>\S.*?)[ \t]*\{[ \t]*#(?P<id>[\w-]+)[ \t]*\}\n:[ \t]+(?P<text>\S.*(?:\n[ \t]+\S.*)*)", re.MULTILINE
)
TAUGHT = re.compile(r"\s*\[[^\]]*\]\([^)\s]*\)\s*$")  # where it is taught, which the glossary says last
LINK = re.compile(r"`+[^`]+`+|\[[^\]]*\]\((?:\.\./)*glossary\.md#(?P<id>[\w-]+)\)(?!\{)")
OPENS = re.compile(r"<(/?)(?:details|div|figure|table)\b")
PARAGRAPH = re.compile(r"(?![#>|<:{\s]|!\[|[-*+] |\d+[.)] )")
WIDE, NARROW = 64, 33  # characters in a line of the text, and of the margin
TEXT, NOTE = 27, 20  # how high such a line is, in pixels


def definitions(glossary: Lesson | None) -> dict[str, str]:
    """What a glossary, a list of definitions with anchors, says of each term: HTML by the anchor."""
    pieces = [piece for part in glossary.parts if isinstance(part, Prose) for piece in part.pieces] if glossary else []
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    return {each["id"]: f"<b>{plain(each['term'])}.</b> {plain(each['text'])}" for each in ENTRY.finditer(text)}


def plain(text: str) -> str:
    """A text without links and emphasis."""
    words = re.sub(r"\[([^\]]*)\]\([^)\s]*\)", r"\1", TAUGHT.sub("", text))
    whole = html.escape(re.sub(r"\s+", " ", words.replace("**", "")).strip(), quote=False)
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", whole)


class Notes:
    """The terms of one page, as its texts are gone through in order."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self.terms = terms
        self.beside: set[str] = set()
        self.used: dict[str, None] = {}
        self.depth = 0

    def put(self, text: str) -> str:
        """A text whose links name their terms' definitions, with those that fit beside a paragraph below it."""
        return "".join(self.block(block) for block in re.split(r"(\n[ \t]*\n)", text)) if self.terms else text

    def block(self, block: str) -> str:
        found = dict.fromkeys(each["id"] for each in LINK.finditer(block) if each["id"] in self.terms)
        free = PARAGRAPH.match(block.lstrip("\n")) and not self.depth
        self.depth += sum(-1 if mark[1] else 1 for mark in OPENS.finditer(block))
        self.used |= found
        notes, room = [], TEXT * (math.ceil(len(LINK.sub("a term", marks.plain(block))) / WIDE) + 1)
        for term in found if free else ():
            high = NOTE * math.ceil(len(re.sub("<[^>]*>", "", self.terms[term])) / NARROW) + 6
            if term not in self.beside and high <= room:
                notes.append(term)
                room -= high
        self.beside |= set(notes)
        text = LINK.sub(self.described, block)
        inner = "".join(self.definition(term) for term in notes)
        return f"{text}\n\n{hidden('note', inner)}" if notes else text

    def described(self, link: re.Match[str]) -> str:
        return f"{link[0]}{{ aria-describedby=term-{link['id']} }}" if link["id"] in self.terms else link[0]

    def definition(self, term: str) -> str:
        return f'<p id="term-{term}">{self.terms[term]}</p>'

    def rest(self) -> str:
        """The definitions that stand beside no paragraph."""
        inner = "".join(self.definition(term) for term in self.used if term not in self.beside)
        return f"\n\n{hidden('terms', inner)}" if inner else ""


def hidden(kind: str, inner: str) -> str:
    """Definitions that a screen reader has from the links, and search from the glossary."""
    return f'<div class="{kind}" aria-hidden="true" data-search-exclude>{inner}</div>'
