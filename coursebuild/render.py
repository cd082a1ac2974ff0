"""Weave a run into its lesson: plain Markdown with outputs, figures and values, the program and the notebook."""

import ast
import base64
import html
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from coursebuild.lesson import Cell, Fault, Figure, Lesson, LessonError, Prose, Shown, guarded
from coursebuild.notebook import Json, code_cell, markdown_cell, write_notebook
from coursebuild.run import Run
from coursebuild.terminal import clean
from coursebuild.worker import Output

FOLDED = 24  # lines; longer output is folded
RECORD = "<!-- record -->"
SNIPPETS = "<!-- snippets -->"

# Each colour of figure.mplstyle and its counterpart on the dark ground, at least 4.5:1 there (text) or 3:1 (lines).
DARK = {
    "#fefefe": "#1e2129",
    "#24292e": "#e4e7eb",
    "#6a7178": "#9aa3ad",
    "#d4d8dc": "#3c424c",
    "#1f6fb5": "#6cb6ff",
    "#c2480c": "#ff9d5c",
    "#227a3f": "#5fce80",
    "#8a4fbf": "#c69cf4",
    "#8c6414": "#e0b34a",
    "#b8336a": "#ff8fb5",
}
COLOURS = re.compile("|".join(DARK))
LOCAL_LINK = re.compile(r"(?P<code>`+[^`]+`+)|(?<!!)\[(?P<label>[^\]]*)\]\((?!https?:)[^)\s]*\)")


@dataclass(frozen=True)
class Page:
    """A woven page: its Markdown, and the files that it links to, by path from the root of the pages."""

    markdown: str
    files: dict[str, bytes]


def render(
    lesson: Lesson, name: PurePosixPath, run: Run | None, titles: Mapping[PurePosixPath, str] | None = None
) -> Page:
    """Weave a lesson. `name` is its path from the root of the pages; `run` is None for a page without cells.

    `titles` are those of the pages that it may name as related.

    Raises LessonError for a figure without alt text, and for alt text without a figure.
    """
    outputs = dict(zip(lesson.cells, map(cleaned, run.outputs if run else ()), strict=True))
    check_figures(lesson, outputs)
    folder = PurePosixPath(name.stem)
    files: dict[str, bytes] = {}
    figures = 0
    parts: list[str] = []
    images: Iterator[str] = iter(())
    values: Iterator[str] = iter(())
    for part in lesson.parts:
        if isinstance(part, Cell):
            drawn = []
            for figure in outputs[part].figures:
                figures += 1
                drawn.append(f"{folder}/figure-{figures}")
                files[f"{name.parent / drawn[-1]}.svg"] = figure.encode()
                files[f"{name.parent / drawn[-1]}-dark.svg"] = dark(figure).encode()
            images, values = iter(drawn), value_texts(part, outputs[part])
            made = {f"{folder}/{made}": content for made, content in files_made(part, outputs[part])}
            files |= {str(name.parent / path): content for path, content in made.items()}
            parts.append(fence("python", part.code) + shown_output(outputs[part]))
        elif isinstance(part, Shown):
            parts.append(shown(part))
        else:
            parts.append(text(part, values, images, folder))
    top = [about(lesson, name, titles)] if titles and lesson.related else []
    if run:
        stem = f"{folder}/{name.stem.replace('-', '_')}"
        files[f"{name.parent / stem}.py"] = program(lesson, outputs).encode()
        files[f"{name.parent / stem}.ipynb"] = notebook(lesson, outputs)
        links = " ".join(f"[{PurePosixPath(stem).name}.{end}]({stem}.{end}){{ download }}" for end in ("py", "ipynb"))
        top.append(f"{links}\n{{ .downloads }}")
    # The first part is always prose: a comment in a cell is no title.
    parts[0] = re.sub("^# .*$", lambda title: "\n\n".join([title[0], *top]), parts[0], count=1, flags=re.M)
    body = "\n".join(parts).rstrip() + (f"\n\n{record(run)}" if run else "")
    return Page(f"{lesson.head}\n{body}\n", files)


def about(lesson: Lesson, name: PurePosixPath, titles: Mapping[PurePosixPath, str]) -> str:
    """How long a page takes to read, and the lessons to read beside it."""
    up = "../" * (len(name.parts) - 1)
    links = ", ".join(f"[{titles[other]}]({up}{other})" for other in lesson.related if other in titles)
    return f"{minutes(lesson)} minutes. Related: {links}\n{{ .about }}"


def minutes(lesson: Lesson) -> int:
    """Minutes to read a page: 200 words of prose or 25 lines of code in each, a convention of ours.

    M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109, 2019, measured about 240
    words of plain English.
    """
    prose = [
        piece for part in lesson.parts if isinstance(part, Prose) for piece in part.pieces if isinstance(piece, str)
    ]
    words = sum(len(piece.split()) for piece in prose)
    lines = sum(len(cell.code.split("\n")) for cell in lesson.cells)
    return max(1, round(words / 200 + lines / 25))


def cleaned(output: Output) -> Output:
    """An Output as a terminal would show it."""
    error = output.error
    if error:
        error = replace(error, message=clean(error.message), traceback=clean(error.traceback))
    text, html = (each and clean(each) for each in (output.text, output.html))
    return replace(output, stdout=clean(output.stdout), text=text, html=html, error=error)


def check_figures(lesson: Lesson, outputs: dict[Cell, Output]) -> None:
    faults = []
    for cell, output in outputs.items():
        for figure in cell.figures[len(output.figures) :]:
            faults.append(Fault(lesson.path, figure.line, "alt text and no figure (the cell above drew no more)"))
        missing = len(output.figures) - len(cell.figures)
        if missing > 0:
            what = f"{missing} figure{'s' * (missing > 1)} without alt text"
            faults.append(Fault(lesson.path, cell.line, f"{what} (write ![What there is to see.](@figure) below)"))
    if faults:
        raise LessonError(faults)


def value_texts(cell: Cell, output: Output) -> Iterator[str]:
    for expression, (value, _) in zip(cell.expressions, output.values, strict=True):
        if expression.kind == "value":
            yield clean(str(value))


def files_made(cell: Cell, output: Output) -> Iterator[tuple[str, bytes]]:
    """The files that a cell made and that the prose below it links to, by name."""
    for expression, (value, _) in zip(cell.expressions, output.values, strict=True):
        if expression.kind == "file":
            yield expression.source, base64.b64decode(str(value))


def text(prose: Prose, values: Iterator[str], images: Iterator[str], folder: PurePosixPath) -> str:
    """Prose with its values in place, its claims gone, and an image for each figure while there are `images`.

    Links to files that a cell made lead into `folder`.
    """
    done = []
    for piece in prose.pieces:
        if isinstance(piece, str):
            done.append(piece)
        elif isinstance(piece, Figure):
            if drawn := next(images, None):
                done.append(f"![{piece.alt}]({drawn}.svg#only-light)![{piece.alt}]({drawn}-dark.svg#only-dark)")
        elif piece.kind == "file":
            done.append(f"{folder}/{piece.source}")
        else:
            done.append(literal(next(values)) if piece.kind == "value" else "\0")
    # A claim goes, and with it the line that it has to itself.
    return re.sub(r"^[ \t]*\0[\0 \t]*\n|[ \t]*\0", "", "".join(done), flags=re.MULTILINE)


def literal(value: str) -> str:
    """A value on one line, in which nothing is Markdown to any parser (they differ in what a backslash may precede)."""
    line = re.sub(r"\s+", " ", value).strip()
    marks = r"[!#&*:<=>@\[\\\]^_`{|}~]|[+-](?!\d)"
    return re.sub(marks, lambda mark: f"&#{ord(mark[0])};", line)


def image(path: str, alt: str) -> str:
    """A figure's two images as HTML."""
    alt = html.escape(alt)
    sides = ("", "light"), ("-dark", "dark")
    return "".join(f'<img alt="{alt}" src="{path}{end}.svg#only-{palette}">' for end, palette in sides)


def fence(info: str, code: str) -> str:
    ticks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", code))])
    return f"{ticks}{info}\n{code}\n{ticks}\n"


def shown(part: Shown) -> str:
    return f'{fence(part.info or "text", part.code)}\n<p class="not-run">Not run: {html.escape(part.reason)}</p>\n'


def shown_output(output: Output) -> str:
    """What a cell gave, as HTML that stands alone in Markdown and offers no copy button."""
    blocks = []
    printed = output.stdout.rstrip("\n")
    result = None if output.html else output.text
    whole = "\n".join(each for each in (printed, result) if each)
    if whole:
        blocks.append(preformatted("Output", whole))
    if output.html:
        blocks.append(f'<div class="output" tabindex="0" role="group" aria-label="Output">\n{output.html}\n</div>\n')
    if output.error:
        blocks.append(preformatted("Error", f"{output.error.names[0]}: {output.error.message}"))
    return "".join(f"\n{block}" for block in blocks)


def preformatted(label: str, content: str) -> str:
    escaped = html.escape(content, quote=False)
    for mark in "`~{":  # a fence, and an attribute list, which Markdown sees even here where a block holds the output
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    kind = "output error" if label == "Error" else "output"
    if "━━━ - " in content:  # Keras's progress, whose long lines may be broken; columns of figures may not
        kind += " progress"
    block = f'<pre class="{kind}" tabindex="0" role="group" aria-label="{label}">{escaped}</pre>\n'
    lines = content.count("\n") + 1
    if lines <= FOLDED:
        return block
    return f'<details class="output">\n<summary>{label}, {lines} lines</summary>\n\n{block}\n</details>\n'


def dark(figure: str) -> str:
    """A figure in the dark palette."""
    return COLOURS.sub(lambda colour: DARK[colour[0]], figure)


def program(lesson: Lesson, outputs: dict[Cell, Output]) -> str:
    """The page's blocks as one file that prints what the page shows."""
    blocks = [f"# {str(lesson.meta['title']).strip()}: the blocks of the page, in order."]
    for cell, output in outputs.items():
        blocks.append(guarded(cell) if cell.raises else printing(cell.code, output))
    return "\n\n".join(blocks) + "\n"


def printing(code: str, output: Output) -> str:
    """A cell's code, with its last expression printed if the page shows its value."""
    if output.text is None:
        return code
    last = ast.parse(code).body[-1]
    assert isinstance(last, ast.Expr)
    lines = code.encode().split(b"\n")
    opening = "print(" if output.prints_alike else "print(repr("
    ends = ")" if output.prints_alike else "))"
    if isinstance(last.value, ast.Tuple):
        opening, ends = opening + "(", ends + ")"
    for line, column, added in (
        (last.end_lineno or 0, last.end_col_offset or 0, ends),
        (last.lineno, last.col_offset, opening),
    ):
        lines[line - 1] = lines[line - 1][:column] + added.encode() + lines[line - 1][column:]
    return b"\n".join(lines).decode()


def notebook(lesson: Lesson, outputs: dict[Cell, Output]) -> bytes:
    """The page as an executed notebook."""
    cells: list[Json] = []
    values: Iterator[str] = iter(())
    number = 0
    for part in lesson.parts:
        if isinstance(part, Cell):
            number += 1
            values = value_texts(part, outputs[part])
            cells.append(code_cell(number, part, outputs[part], {}))
        elif isinstance(part, Shown):
            cells.append(markdown_cell(shown(part)))
        else:
            if source := prose(part, values):
                cells.append(markdown_cell(source))
    return write_notebook(cells, {"title": lesson.meta["title"]})


def prose(part: Prose, values: Iterator[str], local_links: bool = False) -> str:
    """Prose as a notebook has it: no attributes, and unless `local_links`, no links to pages that it does not have."""
    source = text(part, values, iter(()), PurePosixPath())
    if not local_links:
        source = LOCAL_LINK.sub(lambda found: found["code"] or found["label"], source)
    return re.sub(r"^(#+ .*?)\s*\{.*\}$", r"\1", source, flags=re.M).strip()


def record(run: Run) -> str:
    """When the page ran, for how long, with what: one line, which bears `data-record`."""
    *others, last = (f"{name} {version}" for name, version in run.versions.items())
    versions = f"{', '.join(others)} and {last}" if others else last
    when = f'Run on <time datetime="{run.date}">{run.date}</time> in {run.seconds:.1f} seconds'
    return f'<p class="record" data-record data-search-exclude>{when}, with {versions}.</p>'


def record_of_all(lessons: dict[PurePosixPath, tuple[Lesson, Run | None]], page: PurePosixPath) -> str:
    """For every page with fences, what ran and was proven; then each fence that did not run, with the reason."""
    columns = ["Page", "Ran", "Must raise", "Shown", "Values", "Claims", "Figures", "Seconds", "Run on"]
    rows = [columns, ["---"] * len(columns)]
    reasons = []
    for name, (lesson, run) in lessons.items():
        if not (run or lesson.shown):
            continue
        made = name.with_suffix(".ipynb") if lesson.lab else name
        link = f"[{lesson.meta['title']}]({'../' * (len(page.parts) - 1)}{made})"
        once = "{ data-record data-search-exclude }"
        timed = [f"{run.seconds:.1f} {once}", f"{run.date} {once}"] if run else ["", ""]
        rows.append([link, *map(str, lesson.ledger().values()), *timed])
        reasons += [f"- {link}, line {each.line}: {each.reason}" for each in lesson.shown]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([table, "", *(reasons or ["Every fence of every page ran."])])


def index_of_snippets(snippets: Mapping[str, str], lessons: Mapping[PurePosixPath, Lesson], page: PurePosixPath) -> str:
    """For every snippet (its file's name, and its source): what it shows, where it is taught, what it needs.

    It needs the packages that it imports, and the other snippets that the page of its own name shows.
    """
    rows = ["| Snippet | What it shows | Taught in | Needs |", "| --- | --- | --- | --- |"]
    up = "../" * (len(page.parts) - 1)
    for file, source in snippets.items():
        tree = ast.parse(source)
        shows = (ast.get_docstring(tree) or "").split("\n")[0]
        pages = [name for name, lesson in lessons.items() if any(embedded == file for embedded, _ in lesson.embeds)]
        taught = ", ".join(f"[{lessons[name].meta['title']}]({up}{name})" for name in pages)
        own = [lessons[name].embeds for name in pages if name.stem.replace("-", "_") == PurePosixPath(file).stem]
        others = sorted({f"`{other}`" for embeds in own for other, _ in embeds if other != file})
        rows.append(f"| `{file}` | {shows} | {taught} | {', '.join(others + packages(tree))} |")
    return "\n".join(rows)


def packages(tree: ast.AST) -> list[str]:
    """The top-level modules that a program imports, without those of the standard library."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return sorted({name.split(".")[0] for name in found} - sys.stdlib_module_names)
