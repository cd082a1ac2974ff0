"""The downloads, as somebody who took them would run them."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from coursebuild.run.terminal import clean
from tests.site.conftest import LESSONS

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
        whole = [each.text.rstrip("\n") for each in outputs if each.output_type == "stream"]
        results = [each.data for each in outputs if each.output_type == "execute_result"]
        whole += [data["text/plain"] for data in results if "text/html" not in data]
        blocks += ["\n".join(whole)] * any(whole)
        blocks += [f"{each.ename}: {each.evalue}" for each in outputs if each.output_type == "error"]
    assert [pre.get_text() for pre in soup.select("pre.output")] == blocks


@pytest.mark.parametrize("name", [name for name in WITH_CELLS if name not in LABS])
def test_the_program_runs_with_bare_python_and_prints_what_the_page_shows(
    site: Path, name: str, tmp_path: Path
) -> None:
    program = (site / name / f"{stem(name)}.py").read_bytes()
    (tmp_path / "program.py").write_bytes(program)
    folder = tmp_path / "empty"
    folder.mkdir()
    bare = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-I", "../program.py"],
        cwd=folder,
        env=bare | {"MPLBACKEND": "agg"},
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode()
    # Decoded here, since the text mode of subprocess makes a new line of each carriage return.
    lines = [line for line in clean(done.stdout.decode()).split("\n") if line.strip()]
    shown = [line for line in printed_on_the_page(site, name).split("\n") if line.strip()]
    assert lines == shown


@pytest.mark.parametrize("name", WITH_CELLS)
def test_the_notebook_runs_and_gives_what_it_holds(site: Path, name: str, tmp_path: Path) -> None:
    file = f"{Path(name).name}-solved.ipynb" if name in LABS else f"{stem(name)}.ipynb"
    notebook = nbformat.read(site / name / file, as_version=4)
    nbformat.validate(notebook)
    held = [stream_of(cell) for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == [
        cell.code for cell in LESSONS[name].cells
    ]
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    given = [stream_of(cell) for cell in notebook.cells if cell.cell_type == "code"]
    assert given == held


def stream_of(cell: nbformat.NotebookNode) -> list[str]:
    text = "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")
    return [line for line in clean(text).split("\n") if line.strip()]


@pytest.mark.parametrize("name", LABS)
def test_the_notebook_to_fill_in_has_the_exercises_and_no_solution(site: Path, name: str) -> None:
    notebook = nbformat.read(site / name / f"{Path(name).name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == [cell.exercise or cell.code for cell in LESSONS[name].cells]
    assert not any(cell.outputs for cell in cells)
    assert "SOLUTION" not in nbformat.writes(notebook)
