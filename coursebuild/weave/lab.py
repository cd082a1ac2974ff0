"""A lab: a lesson with exercises becomes two notebooks, one to fill in and one solved, and a page of each.

mkdocs-jupyter makes the pages; their outputs are the site's own HTML.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from coursebuild.read.model import Dollar, Formula, Lesson, Shown
from coursebuild.run.notebook import Json, markdown_cell, write_notebook
from coursebuild.run.process import Run
from coursebuild.weave.notebook import code, notebook, without_attributes
from coursebuild.weave.outputs import given, image, not_run
from coursebuild.weave.page import Page, about, drawings
from coursebuild.weave.parts import File, Part, Picture, Ran, parts
from coursebuild.weave.plain import plain
from coursebuild.weave.records import record

MARKDOWN_LINK = re.compile(r"(\]\((?!https?:)[^)\s]*?)\.(?:md|ipynb)(?=[)#])")
COLAB = "https://colab.research.google.com/github/{}/blob/notebooks/{}"


def render_lab(lesson: Lesson, run: Run, titles: Mapping[PurePosixPath, str], repository: str = "") -> Page:
    """Weave a lab. `repository` is the address on GitHub whose branch `notebooks` holds the notebooks, if it is known.

    Raises LessonError as `parts` does.
    """
    made = parts(lesson, run)
    files = drawings(lesson, made)
    stem = lesson.name.stem
    for page, download, solved in zip(lesson.pages, lesson.downloads, (False, True), strict=True):
        links = [f'<a href="{stem}/{download.name}" download>{download.name}</a>']
        if repository and not solved:
            path = COLAB.format(re.sub("^https?://github.com/", "", repository).strip("/"), download)
            links.append(f'<a href="{path}">Open in Colab</a>')
        other, called = (stem, "The exercises") if solved else (f"{stem}-solved", "The solved version")
        links.append(f'<a href="{other}.html">{called}</a>')
        top = [f'<p class="downloads">{" ".join(links)}</p>']
        if lesson.related:
            top.insert(0, about(lesson, titles).replace("{ .about }", ""))
        kept = ("title", "description") if solved else ("title", "description", "tags")
        facts = {each: lesson.meta[each] for each in kept if each in lesson.meta}
        facts |= {"title": f"{lesson.title}{', solved' * solved}", "search": {"exclude": solved}}
        cells = [*page_cells(made, solved, stem, "\n\n".join(top)), markdown_cell(record(run))]
        files[str(page)] = write_notebook(cells, {"course": facts})
        files[str(download)] = notebook(lesson.title, made, solved)
        files[f"{page.with_suffix('.md')}.txt"] = plain(lesson, made, solved)
    return Page("", files)


def page_cells(made: tuple[Part, ...], solved: bool, folder: str, top: str) -> Iterator[Json]:
    """The cells of a notebook that is a page: links lead to pages, formulas are MathML, outputs the site's own."""
    for part in made:
        if isinstance(part, Ran):
            html = given(part) + "".join(image(picture, folder) for picture in part.pictures) if solved else ""
            page = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}]
            yield code(part, solved) | {"execution_count": part.number, "outputs": page if html else []}
        elif isinstance(part, Shown):
            yield markdown_cell(not_run(part))
        elif source := without_attributes(part.written(on_page)):
            title, line, rest = source.partition("\n")
            if title.startswith("# "):
                source = f"{title}{', solved' * solved}\n\n{top}{line}{rest}"
            yield markdown_cell(MARKDOWN_LINK.sub(r"\1.html", source).strip())


def on_page(piece: Formula | Picture | File | Dollar) -> str:
    if isinstance(piece, Formula):
        return piece.mathml
    if isinstance(piece, Dollar):
        return "&#36;"
    return piece.name if isinstance(piece, File) else ""
