"""The downloads, as somebody who took them would run them."""

from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.site.conftest import LESSONS
from tests.site.proofs import held, proven, run_notebook, run_program

WITH_CELLS = [name for name, lesson in LESSONS.items() if lesson.cells]
LABS = [name for name in WITH_CELLS if LESSONS[name].lab]


def stem(name: str) -> str:
    return name.replace("-", "_")


def printed_on_the_page(site: Path, name: str) -> str:
    """What the cells printed and gave, by the executed notebook beside the page."""
    notebook = nbformat.read(site / name / f"{stem(name)}.ipynb", as_version=4)
    text = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                text.append(output.text.rstrip("\n"))
            elif output.output_type == "execute_result":
                text.append(output.data["text/plain"])
            elif output.output_type == "error":
                text.append(f"{output.ename}: {output.evalue}")
    return "\n".join(text)


@pytest.mark.parametrize("name", WITH_CELLS)
def test_a_page_shows_every_output_whole(site: Path, name: str) -> None:
    solved = "-solved" * (name in LABS)
    soup = BeautifulSoup((site / f"{name}{solved}.html").read_text(encoding="utf-8"), "html.parser")
    notebook = nbformat.read(site / name / f"{stem(Path(name).name)}{solved}.ipynb", as_version=4)
    blocks = []
    for outputs in (cell.get("outputs", ()) for cell in notebook.cells):
        whole = [each.text for each in outputs if each.output_type == "stream"]
        results = [each.data for each in outputs if each.output_type == "execute_result"]
        whole += [data["text/plain"] for data in results if "text/html" not in data]
        blocks += ["".join(whole).rstrip("\n")] * any(whole)
        blocks += [f"{each.ename}: {each.evalue}" for each in outputs if each.output_type == "error"]
    assert [pre.get_text() for pre in soup.select("pre.output")] == blocks


@pytest.mark.parametrize("name", [name for name in WITH_CELLS if name not in LABS])
def test_the_program_runs_with_bare_python_and_prints_what_the_page_shows(
    site: Path, name: str, tmp_path: Path
) -> None:
    shown = [line for line in printed_on_the_page(site, name).split("\n") if line.strip()]
    assert proven(site / name / f"{stem(name)}.py", tmp_path, shown, run_program) == shown


@pytest.mark.parametrize("name", WITH_CELLS)
def test_the_notebook_runs_and_gives_what_it_holds(site: Path, name: str, tmp_path: Path) -> None:
    path = site / name / (f"{Path(name).name}-solved.ipynb" if name in LABS else f"{stem(name)}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == [
        cell.code for cell in LESSONS[name].cells
    ]
    assert proven(path, tmp_path, held(notebook), run_notebook) == held(notebook)


@pytest.mark.parametrize("name", LABS)
def test_the_notebook_to_fill_in_has_the_exercises_and_no_solution(site: Path, name: str) -> None:
    notebook = nbformat.read(site / name / f"{Path(name).name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == [cell.exercise or cell.code for cell in LESSONS[name].cells]
    assert not any(cell.outputs for cell in cells)
    assert "SOLUTION" not in nbformat.writes(notebook)
