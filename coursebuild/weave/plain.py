"""A lesson as plain Markdown with its real outputs, to be read as it is by people, and by programs for them."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from coursebuild.read.model import Dollar, Formula, Lesson, Shown
from coursebuild.weave.notebook import without_attributes
from coursebuild.weave.outputs import fence
from coursebuild.weave.parts import File, Part, Picture, Ran, error_lines

MARKS = re.compile(r"&#(\d+);")
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
            output = part.output
            said = "\n".join(each for each in (output.stdout.rstrip("\n"), output.text or "") if each)
            error = "\n".join(error_lines(output)) if output.error else ""
            yield from (fence("text", each).rstrip() for each in (said, error) if each)
    else:
        text = part.written(lambda piece: as_text(piece, folder, solved))
        text = FOLDS.sub(lambda found: f"**{found['summary']}**" if found["summary"] else "", text)
        yield MARKS.sub(lambda mark: chr(int(mark[1])), PAGES.sub(r"\1.md", without_attributes(text))).strip()


def as_text(piece: Formula | Picture | File | Dollar, folder: str, solved: bool) -> str:
    if isinstance(piece, Formula):
        ends = "$$" if piece.block else "$"
        return f"{ends}{piece.latex}{ends}"
    if isinstance(piece, Picture):
        return f"![{piece.alt}]({quote(f'{folder}/figure-{piece.number}.svg')})" if solved else ""
    return "$" if isinstance(piece, Dollar) else quote(f"{folder}/{piece.name}")
