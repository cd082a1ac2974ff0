"""What all lessons give to study with: their questions on one page, and cards to recall by, for Anki too."""

import functools
import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from coursebuild.read.model import Lesson
from coursebuild.weave.terms import ENTRY, GLOSSARY, TAUGHT, plain

ASKED = re.compile(r"<!-- (cards|questions) -->")
SHORT = re.compile(r"^## [^\n]*\{ #short \}\n+((?:- .*\n(?:[ \t]+\S.*\n)*)+)", re.MULTILINE)  # what to keep in mind
QUESTION = re.compile(
    r"(?:\A|(?<=\n\n))(?P<asked>\S[^\n]*(?:\n[^\n]+)*)\n\n(?P<choices>- \*\*A\.\*\*(?:.+\n)+)\n+"
    r'(?P<answer><details class="check"(?:.*\n)*?</details>)'
)
ALONE = re.compile(
    r'<span id="proof-\d+">((?:(?!</span>).)*)</span>|\{ aria-describedby=[\w-]+ \}|<div class="note".*?</div>'
)
LINK = re.compile(r"(?<!!)\]\((?![a-z]+:)([^)\s#]*)(#[^)\s]*)?\)")
Lessons = Mapping[PurePosixPath, Lesson]


@dataclass(frozen=True)
class Card:
    """A card to recall by: its name, the page that teaches it, what it asks, and its other side as Markdown."""

    name: str
    page: PurePosixPath
    front: str
    back: str


def cards(lessons: Lessons, pages: Mapping[str, bytes]) -> Iterator[Card]:
    """The terms of each lesson, by the glossary, and what it asks to keep in mind; lesson by lesson."""
    found: dict[PurePosixPath, list[Card]] = {name: [] for name in lessons}
    for entry in ENTRY.finditer(pages.get(str(GLOSSARY), b"").decode()):
        taught = TAUGHT.search(entry["text"])
        page = PurePosixPath(LINK.search(taught[0])[1]) if taught and LINK.search(taught[0]) else GLOSSARY  # type: ignore[index]
        if page in found:
            found[page].append(Card(entry["id"], page, plain(entry["term"]), plain(entry["text"])))
    for name, lesson in lessons.items():
        if short := SHORT.search(pages.get(str(name), b"").decode()):
            front = f"{lesson.title}: what is there to keep in mind?"
            found[name].append(Card(f"short-{name.stem}", name, html.escape(front), moved(short[1], name)))
    return (card for each in found.values() for card in each)


def moved(text: str, page: PurePosixPath) -> str:
    """A text of a page as it reads elsewhere: without marks and notes, its links from the root."""

    def led(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(page.parent, link[1])) if link[1] else str(page)
        return f"]({path}{link[2] or ''})"

    return LINK.sub(led, ALONE.sub(r"\1", text))


def deck(given: Iterable[Card], lessons: Lessons, page: PurePosixPath) -> str:
    """The cards as Markdown: a link to Anki's file, then each folded under what it asks."""
    up = "../" * (len(page.parts) - 1)
    told = [
        f"[The cards as a file for Anki]({quote(page.stem)}/cards.txt){{ download }}",
        '<div class="cards" markdown="1" data-search-exclude>',
    ]
    for card in given:
        at = f'id="card-{card.name}" data-page="{card.page.with_suffix("")}"'
        told.append(f'<details class="card" {at} markdown="1"><summary>{card.front}</summary>')
        told.append(below(card.back.strip(), up))
        told.append(f"[{lessons[card.page].title}]({up}{quote(str(card.page))})\n{{ .taught }}\n\n</details>")
    return "\n\n".join([*told, "</div>"])


def below(text: str, up: str) -> str:
    """A text whose links begin at the root, as it reads on a page from which the root is `up`."""
    return LINK.sub(rf"]({up}\1\2)", text)


def anki(given: Iterable[Card]) -> str:
    """The cards as Anki's own form of text: one a line, its fields apart by tabs (docs.ankiweb.net, "Text files")."""
    rows = ["#separator:tab", "#html:true", "#notetype:Basic", "#tags column:3"]
    for card in given:
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", card.back.strip())
        text = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", text.replace("**", ""))
        items = [" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.MULTILINE) if item.strip()]
        back = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if text.startswith("- ") else " ".join(items)
        rows.append(f"{card.front}\t{back}\t{card.page.stem}")
    return "\n".join(rows) + "\n"


def questions(lessons: Lessons, pages: Mapping[str, bytes], page: PurePosixPath) -> str:
    """All questions under the titles of their lessons, as these ask them."""
    up = "../" * (len(page.parts) - 1)
    told = ['<div markdown="1" data-search-exclude>']
    for name, lesson in lessons.items():
        if found := asked(pages.get(str(name), b"").decode(), name, up):
            told += [f"## [{lesson.title}]({up}{quote(str(name))}) {{ #{name.stem} }}", *found]
    return "\n\n".join([*told, "</div>"])


@functools.lru_cache(200)  # while serving, most pages are as they were
def asked(text: str, page: PurePosixPath, up: str) -> tuple[str, ...]:
    """The questions of a page, as they read on another from which the root is `up`."""
    told = []
    for number, each in enumerate(QUESTION.finditer(text), 1):
        folded = " data-more" * (0 <= text.find(' class="more"') < each.start())
        about = f'<details class="check" data-page="{page.with_suffix("")}" data-number="{number}"{folded}'
        told.append(below(moved(each[0], page), up).replace('<details class="check"', about))
    return tuple(told)
