"""A lesson as plain Markdown with its real outputs, to be read as it is by people, and by programs for them."""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from coursebuild.read.model import Dollar, Formula, Lesson, Shown
from coursebuild.weave.notebook import without_attributes
from coursebuild.weave.outputs import fence, printed
from coursebuild.weave.parts import File, Part, Picture, Ran, Woven, error_lines

MARKS = re.compile(r"&#(\d+);")
TABLES = re.compile(
    r"(<!-- (?:record|snippets|cards|questions|(?:contents|length):.*?) -->)"
)  # which the course puts in
FOLDS = re.compile(r"</?(?:details|div)\b[^>]*>\n?|<summary>(?P<summary>.*?)</summary>|^\{[:.# ].*\}$", re.MULTILINE)
PAGES = re.compile(r"(\]\((?!https?:)[^)\s]*?)\.ipynb(?=[)#])")


def plain(lesson: Lesson, made: Iterable[Part], solved: bool = True) -> bytes:
    """The parts as Markdown. One that is not `solved` has a lab's exercises, and nothing has run."""
    folder = lesson.name.stem
    blocks = [block for part in made for block in written(part, folder, solved) if block]
    return ("\n\n".join(blocks) + "\n").encode()


def written(part: Part, folder: str, solved: bool) -> Iterator[str]:
    if isinstance(part, Shown):
        yield fence(part.info or "text", part.code).rstrip()
        yield f"Not run: {part.reason}"
    elif isinstance(part, Ran):
        yield fence("python", part.cell.code if solved else part.cell.exercise or part.cell.code).rstrip()
        if solved:
            said, late = printed(part.output)
            error = "\n".join(error_lines(part.output)) if part.output.error else ""
            yield from (fence("text", each).rstrip() for each in (said, error, late) if each)
    else:
        text = part.written(lambda piece: as_text(piece, folder, solved))
        text = unfolded(text)
        asked = TABLES.findall(text)
        text = without_attributes(TABLES.sub("\0", text))
        for each in asked:
            text = text.replace("\0", each, 1)
        yield MARKS.sub(lambda mark: chr(int(mark[1])), PAGES.sub(r"\1.md", text)).strip()


def unfolded(text: str) -> str:
    return FOLDS.sub(lambda found: f"**{found['summary']}**" if found["summary"] else "", text)


def without_tags(markdown: str) -> str:
    """A text without what only shows on a page."""
    return html.unescape(re.sub(r"<a[^>]*></a>\n?|</?(?:div|span|p)\b[^>]*>", "", markdown))


def as_text(piece: Woven, folder: str, solved: bool) -> str:
    if isinstance(piece, Formula):
        ends = "$$" if piece.block else "$"
        return f"{ends}{piece.latex}{ends}"
    if isinstance(piece, Picture):
        return f"![{piece.alt}]({quote(f'{folder}/figure-{piece.number}.svg')})" if solved else ""
    if isinstance(piece, Dollar):
        return "$"
    return quote(f"{folder}/{piece.name}") if isinstance(piece, File) else ""
