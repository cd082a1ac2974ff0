"""A lab: a lesson with exercises becomes two notebooks, one to fill in and one solved, and a page of each.

mkdocs-jupyter makes the pages; their outputs are the site's own HTML.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

from coursebuild.read.model import Dollar, Formula, Lesson, Shown
from coursebuild.run.alone import Lines
from coursebuild.run.imports import Need
from coursebuild.run.notebook import Json, markdown_cell, write_notebook
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications
from coursebuild.weave import marks
from coursebuild.weave.alone import Block, blocks
from coursebuild.weave.notebook import code, notebook, without_attributes
from coursebuild.weave.outputs import data, figure, given, image, not_run
from coursebuild.weave.page import Page, colab, drawings, needed, pins
from coursebuild.weave.parts import Data, File, Part, Ran, Woven, parts
from coursebuild.weave.plain import plain
from coursebuild.weave.proofs import proofs
from coursebuild.weave.records import record, seal


def render_lab(
    lesson: Lesson,
    run: Run,
    titles: Mapping[PurePosixPath, str],
    repository: str = "",
    needs: Sequence[Need] = (),
    how_to_run: str = "",
    others: Replications | None = None,
    alone: Sequence[Sequence[Lines]] = (),
) -> Page:
    """Weave a lab. `repository` is the address on GitHub whose branch `notebooks` holds the notebooks, if it is known;
    `needs`, `how_to_run`, `others` and `alone` are as `render` has them; in the exercises no block stands with what it
    needs.

    Raises LessonError as `parts` does.
    """
    made = parts(lesson, run, others)
    files = drawings(lesson, made) | proofs(lesson, made, repository)
    stem, python = lesson.name.stem, run.versions.get("Python", "")
    whole = dict(blocks(lesson, made, alone, tuple(needs), python))
    files |= {str(lesson.name.with_suffix("") / each.file): each.text.encode() for each in whole.values()}
    for page, download, solved in zip(lesson.pages, lesson.downloads, (False, True), strict=True):
        links = [f'<a href="{stem}/{download.name}" download>{download.name}</a>']
        if repository and not solved:
            links.append(f'<a href="{colab(repository, download)}">Open in Colab</a>')
        other, called = (stem, "The exercises") if solved else (f"{stem}-solved", "The solved version")
        links.append(f'<a href="{other}.ipynb">{called}</a>')
        kept = ("title", "description") if solved else ("title", "description", "tags")
        facts = {each: lesson.meta[each] for each in kept if each in lesson.meta}
        facts |= {"minutes": lesson.minutes} if lesson.related and not solved else {}
        search = {**(said if isinstance(said := lesson.meta.get("search"), dict) else {}), "exclude": solved}
        facts |= {"title": f"{lesson.title}{', solved' * solved}", "search": search}
        if lesson.related:
            facts["about"] = about(lesson, titles)
        top = [
            without_attributes(seal(lesson, run, '<a href="{1}">{0}</a>', others)),
            f'<p class="downloads">{" ".join(links)}</p>',
        ]
        top += (
            f'<div class="needs" data-pins="{pins(needs, python)}">\n\n{without_attributes(line)}\n\n</div>'
            for line in needed(lesson, needs, how_to_run)
        )
        cells = [
            *page_cells(made, solved, stem, "\n\n".join(top), whole),
            markdown_cell(record(lesson, run, others)),
        ]
        files[str(page)] = write_notebook(cells, {"course": facts})
        files[str(download)] = notebook(lesson.title, made, needs, solved)
        files[f"{page.with_suffix('.md')}.txt"] = plain(lesson, made, solved)
    return Page("", files)


def about(lesson: Lesson, titles: Mapping[PurePosixPath, str]) -> str:
    """How long a lab takes, and the lessons to read beside it: for the page alone, which so waits for no other's title
    to be made.
    """
    up = "../" * (len(lesson.name.parts) - 1)
    links = [
        f'<a href="{up}{quote(str(each))}">{escape(titles[each])}</a>' for each in lesson.related if each in titles
    ]
    count = lesson.minutes
    return f'<p class="about">{count} minute{"s" * (count > 1)}. Related: {", ".join(links)}</p>'


def page_cells(
    made: tuple[Part, ...], solved: bool, folder: str, top: str, whole: Mapping[int, Block]
) -> Iterator[Json]:
    """The cells of a notebook that is a page: formulas are MathML, outputs the site's own; links name sources."""
    for part in made:
        if isinstance(part, Ran):
            block = whole.get(part.number)
            html = (
                (block.link(folder) if block else "")
                + given(part)
                + "".join(figure(each, image(each, folder)) for each in part.pictures)
                if solved
                else ""
            )
            page = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}]
            yield code(part, solved) | {"execution_count": part.number, "outputs": page if html else []}
        elif isinstance(part, Shown):
            yield markdown_cell(not_run(part))
        elif source := marks.elements(without_attributes(part.written(on_page, marks.placed))):
            title, line, rest = source.partition("\n")
            if title.startswith("# "):
                source = f"{title}{', solved' * solved}\n\n{top}{line}{rest}"
            yield markdown_cell(source.strip())


def on_page(piece: Woven) -> str:
    if isinstance(piece, Formula):
        return piece.mathml
    if isinstance(piece, Dollar):
        return "&#36;"
    if isinstance(piece, Data):
        return data(piece)
    return piece.name if isinstance(piece, File) else ""
