"""Weave a lab: a lesson with exercises becomes two notebooks, one to fill in and one solved, and a page of each.

mkdocs-jupyter makes the pages. What it adds for JupyterLab's looks (styles, scripts, a second copy of the code)
is 600 kB a page and against the site's policy, so `tidy` keeps the cells alone, in the form that Material styles.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from coursebuild.finish import as_mathml
from coursebuild.lesson import Cell, Fault, Lesson, LessonError, Shown
from coursebuild.notebook import Json, code_cell, markdown_cell, write_notebook
from coursebuild.render import (
    Page,
    about,
    check_figures,
    cleaned,
    dark,
    image,
    prose,
    record,
    shown,
    shown_output,
    value_texts,
)
from coursebuild.run import Run
from coursebuild.worker import Output

MARKDOWN_LINK = re.compile(r"(\]\((?!https?:)[^)\s]*?)\.(?:md|ipynb)(?=[)#])")
FORMULA = re.compile(r"(?P<code>`+[^`]+`+)|(?<![\\$])(?P<ends>\${1,2})(?!\s)(?P<latex>[^$]+?)(?<!\s)(?P=ends)")
COLAB = "https://colab.research.google.com/github/{}/blob/notebooks/{}"


def render_lab(
    lesson: Lesson, name: PurePosixPath, run: Run, titles: Mapping[PurePosixPath, str], repository: str = ""
) -> Page:
    """Weave a lab. `repository` is the address on GitHub whose branch `notebooks` holds the notebooks, if it is known.

    Raises LessonError as `render` does.
    """
    outputs = dict(zip(lesson.cells, map(cleaned, run.outputs), strict=True))
    check_figures(lesson, outputs)
    files: dict[str, bytes] = {}
    for number, figure in enumerate((figure for output in outputs.values() for figure in output.figures), 1):
        path = f"{name.with_suffix('')}/figure-{number}"
        files |= {f"{path}.svg": figure.encode(), f"{path}-dark.svg": dark(figure).encode()}
    for stem, solved in ((name.stem, False), (f"{name.stem}-solved", True)):
        download = f"{name.stem}/{stem}.ipynb"
        links = [f'<a href="{download}" download>{stem}.ipynb</a>']
        if repository and not solved:
            path = COLAB.format(re.sub("^https?://github.com/", "", repository).strip("/"), name.parent / download)
            links.append(f'<a href="{path}">Open in Colab</a>')
        links.append('<a href="{}.html">{}</a>'.format(*other(name.stem, solved)))
        top = [f'<p class="downloads">{" ".join(links)}</p>']
        if lesson.related:
            top.insert(0, about(lesson, name, titles).replace("{ .about }", ""))
        try:
            cells = list(notebook_cells(lesson, outputs, solved, f"{name.stem}/", "\n\n".join(top)))
        except ValueError as error:
            wrong = f"not LaTeX: {error} (a formula that latex2mathml reads)"
            raise LessonError([Fault(lesson.path, 1, wrong)]) from None
        kept = ("title", "description") if solved else ("title", "description", "tags")
        facts = {each: lesson.meta[each] for each in kept if each in lesson.meta}
        facts["title"] = f"{facts['title']}{', solved' * solved}"
        facts["search"] = {"exclude": solved}
        cells.append(markdown_cell(record(run)))
        files[str(name.with_name(f"{stem}.ipynb"))] = write_notebook(cells, {"course": facts})
        taken = list(notebook_cells(lesson, outputs, solved))
        files[str(name.parent / download)] = write_notebook(taken, {"title": lesson.meta["title"]})
    return Page("", files)


def other(stem: str, solved: bool) -> tuple[str, str]:
    return (stem, "The exercises") if solved else (f"{stem}-solved", "The solved version")


def notebook_cells(
    lesson: Lesson, outputs: dict[Cell, Output], solved: bool, folder: str = "", top: str = ""
) -> Iterator[Json]:
    """The cells of a notebook; with `folder`, of one that is a page: links stay, and outputs are the site's own."""
    number, drawn = 0, 0
    values: Iterator[str] = iter(())
    for part in lesson.parts:
        if isinstance(part, Cell):
            number += 1
            output = outputs[part]
            values = value_texts(part, output)
            code = part.code if solved else part.exercise or part.code
            cell = code_cell(number, part, output if solved else Output(), {}) | {"source": code}
            if folder:
                html = shown_output(output)
                for figure in part.figures:
                    drawn += 1
                    html += image(f"{folder}figure-{drawn}", figure.alt)
                page = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}]
                cell["outputs"] = page if solved and html else []
            elif not solved:
                cell["execution_count"] = None
            yield cell
        elif isinstance(part, Shown):
            yield markdown_cell(shown(part))
        elif source := prose(part, values, local_links=bool(folder)):
            title, line, rest = source.partition("\n")
            if title.startswith("# "):
                source = f"{title}{', solved' * solved}\n\n{top}{line}{rest}"
            if folder:  # what MkDocs does to other pages, and not to notebooks
                source = MARKDOWN_LINK.sub(r"\1.html", FORMULA.sub(formula, source))
            yield markdown_cell(source.strip())


def formula(found: re.Match[str]) -> str:
    return found["code"] or as_mathml(found["latex"], found["ends"] == "$$")


def tidy(page: str) -> str:
    """The cells that mkdocs-jupyter made, as Material has them on other pages."""
    from bs4 import BeautifulSoup  # slow to load, and only labs need it

    soup = BeautifulSoup(page, "html.parser")
    made = BeautifulSoup("", "html.parser")
    for cell in soup.select(".jp-Cell"):
        if markdown := cell.select_one(":scope > .jp-Cell-inputWrapper .jp-MarkdownOutput"):
            for link in markdown.select(".anchor-link"):
                link["class"], link["title"] = "headerlink", "Link to this heading"
            made.extend(list(markdown.children))
        elif code := cell.select_one(":scope > .jp-Cell-inputWrapper .highlight-ipynb pre"):
            code.name = "code"
            code.wrap(soup.new_tag("pre")).wrap(block := soup.new_tag("div", attrs={"class": "highlight"}))
            made.append(block)
            for output in cell.select(".jp-OutputArea-output"):
                made.extend(list(output.children))
    return str(made)
