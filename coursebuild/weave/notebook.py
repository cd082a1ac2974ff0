"""The page as a notebook: executed, to take away."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from coursebuild.read.model import Dollar, Formula, Shown
from coursebuild.run.imports import Need
from coursebuild.run.notebook import Json, code_cell, markdown_cell, write_notebook
from coursebuild.run.worker import Output
from coursebuild.weave.outputs import not_run
from coursebuild.weave.parts import File, Part, Ran, Text, Woven

# What Jupyter's Markdown has not, and would show as it is written; code and formulas (`kept`) stay as they stand.
FOREIGN = re.compile(
    r"""(?P<kept>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|(?<!\\)\$\$.+?\$\$|(?<!\\)\$.+?(?<!\\)\$)
    |^[ \t]*<!--.*?-->[ \t]*\n?|[ \t]*<!--.*?-->  # comments
    |(?P<tag><[\w-]+(?:\s[^<>]*?)?)\s+markdown(?:=(?:"[^"]*"|'[^']*'|\w+))?(?=[\s/>])
    |\n?^[ \t]*\{:?[^{}\n]*\}[ \t]*$  # attributes of a block
    |[ \t]+\{:?[^{}\n]*\}(?=[ \t]*\|)  # of a table's cell
    |(?<=[)\]`])\{:?[^{}\n]*\}|(?<=[*_>])\{:?[ \t]*[.#][^{}\n]*\}  # of a link, an image, a code span; of other text
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
LOCAL_LINK = re.compile(r"(?P<code>`+[^`]+`+)|(?<!!)\[(?P<label>[^\]]*)\]\((?!https?:)[^)\s]*\)")


def notebook(title: str, parts: Iterable[Part], needs: Sequence[Need] = (), solved: bool = True) -> bytes:
    """The parts as a notebook. One that is not `solved` has a lab's exercises, and nothing has run."""
    return write_notebook([*first(needs), *cells(parts, solved)], {"title": title})


def first(needs: Sequence[Need]) -> Iterator[Json]:
    """A cell that installs what is missing and nothing else. It is none of the lesson's, and has the tag `needs`."""
    if not needs:
        return
    lines = ["# Installs what this page needs and is missing here, as the page ran with it. All else stays as it is."]
    lines += ["from importlib.util import find_spec"]
    if together := {need.module: str(need) for need in needs if not need.alone}:
        listed = "".join(f'    "{module}": "{package}",\n' for module, package in together.items())
        lines += ["", f"needs = {{\n{listed}}}"]
        lines += ["if missing := [needs[module] for module in needs if not find_spec(module)]:"]
        lines += ['    %pip install --quiet {" ".join(missing)}']
    for need in needs:
        if need.alone:
            lines += [f'if not find_spec("{need.module}"):', f"    %pip install --quiet --no-deps {need}"]
    yield {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": ["needs"]},
        "outputs": [],
        "source": "\n".join(lines),
    }


def cells(parts: Iterable[Part], solved: bool) -> Iterator[Json]:
    for part in parts:
        if isinstance(part, Ran):
            yield code(part, solved)
        elif isinstance(part, Shown):
            yield markdown_cell(not_run(part))
        elif source := prose(part):
            yield markdown_cell(source)


def code(part: Ran, solved: bool) -> Json:
    output = replace(part.output, html=part.table) if solved else Output()
    cell = code_cell(part.number, part.cell, output, {})
    if not solved:
        cell |= {"source": part.cell.exercise or part.cell.code, "execution_count": None}
    return cell


def prose(part: Text) -> str:
    """Prose as a notebook has it: in its Markdown, without figures (the cells have them) and links to other pages."""
    source = without_attributes(part.written(as_jupyter))
    return LOCAL_LINK.sub(lambda found: found["code"] or found["label"], source)


def without_attributes(source: str) -> str:
    """Prose without attributes, comments, and the mark of HTML that holds Markdown."""
    source = re.sub(r"^(#+ .*?)\s*\{[^{}\n]*\}[ \t]*$", r"\1", source, flags=re.M)
    return FOREIGN.sub(lambda found: found["kept"] or found["tag"] or "", source).strip()


def as_jupyter(piece: Woven) -> str:
    if isinstance(piece, Formula):
        ends = "$$" if piece.block else "$"
        return f"{ends}{piece.latex}{ends}"
    if isinstance(piece, Dollar):
        return "\\$"
    return piece.name if isinstance(piece, File) else ""
