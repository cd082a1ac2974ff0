import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursebuild.read.model import Cell
from coursebuild.run.imports import Need
from coursebuild.run.notebook import code_cell, from_output, markdown_cell, remains, to_output, write_notebook
from coursebuild.run.worker import Error, Output
from coursebuild.weave.notebook import notebook, prose
from coursebuild.weave.parts import Ran, Text

CELL = Cell(1, "x = 1", (("page.md", 2),))
MUST_RAISE = Cell(1, "int('a')", (("page.md", 2),), "ValueError")

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ERRORS = st.builds(Error, st.lists(TEXT, min_size=1, max_size=3).map(tuple), TEXT, TEXT, st.integers(1, 9))
CELLS = st.lists(TEXT, max_size=2).map(tuple)
TABLES = st.tuples(TEXT, CELLS, st.lists(CELLS, max_size=2).map(tuple))
OUTPUTS = st.builds(
    Output,
    stdout=TEXT,
    text=TEXT,
    html=st.none() | TEXT.filter(bool),
    prints_alike=st.booleans(),
    figures=st.lists(TEXT, max_size=2).map(tuple),
    error=st.none() | ERRORS,
    values=st.lists(st.tuples(TEXT, st.just(True)), max_size=2).map(tuple),
    seconds=st.floats(0, 100),
    numbers=st.lists(st.lists(TABLES, max_size=2).map(tuple), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(output=OUTPUTS)
def test_an_output_comes_back_as_it_went_and_the_notebook_is_valid(output: Output) -> None:
    data = write_notebook([code_cell(1, CELL, output, {"coursebuild": remains(output)})], {})
    nbformat.validate(nbformat.reads(data.decode(), as_version=4))
    assert to_output(json.loads(data)["cells"][0]) == output


@pytest.mark.parametrize("output", [Output(), Output(stdout="a\n"), Output(text="1"), Output(figures=("<svg/>",))])
def test_what_an_output_has_not_is_not_in_the_notebook(output: Output) -> None:
    assert len(from_output(1, output)) == (output != Output())
    data = write_notebook([code_cell(1, CELL, output, {"coursebuild": remains(output)})], {})
    assert to_output(json.loads(data)["cells"][0]) == output


@pytest.mark.parametrize("text", ["{}", '{"metadata": {"coursebuild": {}}, "outputs": [{"output_type": "odd"}]}'])
def test_another_cell_gives_no_output(text: str) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        to_output(json.loads(text))


def test_a_cell_that_must_raise_is_marked_so_that_jupyter_goes_on() -> None:
    assert code_cell(1, MUST_RAISE, Output(), {})["metadata"] == {"tags": ["raises-exception"]}
    assert code_cell(1, CELL, Output(), {})["metadata"] == {}


def test_cells_are_named_by_their_place_and_the_bytes_are_the_same_each_time() -> None:
    cells = [markdown_cell("# É"), code_cell(1, CELL, Output(stdout="a\n"), {})]
    data = write_notebook(cells, {"title": "É"})
    assert data == write_notebook(cells, {"title": "É"})
    notebook = json.loads(data)
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-1", "cell-2"]
    assert (notebook["nbformat"], notebook["nbformat_minor"], notebook["metadata"]["title"]) == (4, 5, "É")
    assert notebook["cells"][1]["execution_count"] == 1
    assert "É" in data.decode()
    assert data.endswith(b"}\n")


def wheel(folder: Path, name: str, version: str, *needed: str) -> Path:
    """A wheel of one module, which says its version."""
    path, about = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    asks = "".join(f"Requires-Dist: {each}\n" for each in needed)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"{name}.py", f"version = {version!r}\n")
        made.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{asks}")
        made.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{about}/RECORD", "")
    return path


def test_the_first_cell_installs_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    wheels, empty = tmp_path / "wheels", tmp_path / "empty"
    wheels.mkdir()
    wheel(wheels, "here_already", "2")  # it is here in another version: it stays
    wheel(wheels, "missing", "2", "of_missing")
    wheel(wheels, "missing", "3")  # the page ran with another
    wheel(wheels, "of_missing", "1")
    wheel(wheels, "alone", "1", "nowhere_to_be_had")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty], check=True)
    (packages,) = empty.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib"))  # IPython and pip, from the tests' own
    with zipfile.ZipFile(wheel(tmp_path, "here_already", "1")) as installed:
        installed.extractall(packages)
    before = {path.name for path in packages.iterdir()}
    needs = [
        Need("here_already", "here-already", "2"),
        Need("missing", "missing", "2"),
        Need("alone", "alone", "1", True),
    ]
    cell = Cell(
        1, "import alone, here_already, missing\nprint(alone.version, here_already.version, missing.version)", ()
    )
    book = tmp_path / "page.ipynb"
    book.write_bytes(notebook("T", [Ran(cell, 1, Output(), None, ())], needs))

    def run() -> str:
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
        pip |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "IPYTHONDIR": str(tmp_path / "ipython")}
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        words = [str(empty / "bin" / "python"), "-m", "IPython", "--no-banner", "--colors=NoColor", str(book)]
        done = subprocess.run(words, env=bare | pip, cwd=tmp_path, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert run().splitlines()[-1] == "1 1 2"
    new = {path.name for path in packages.iterdir()} - before
    assert {name for name in new if name.endswith(".dist-info")} == {
        "alone-1.dist-info",
        "missing-2.dist-info",
        "of_missing-1.dist-info",
    }
    assert run() == "1 1 2\n"  # nothing is missing: not a word


def test_a_page_that_needs_nothing_has_no_first_cell() -> None:
    made = json.loads(notebook("T", [Ran(CELL, 1, Output(), None, ())]))["cells"]
    assert [cell["source"] for cell in made] == ["x = 1"]


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("## Title { #title }", "## Title"),
        ("[Begin](a.md){ .md-button .md-button--primary }", "Begin"),
        ("[Out](https://a.example){ .x download }, more", "[Out](https://a.example), more"),
        ("`code`{ .py } and **bold**{ #b }", "`code` and **bold**"),
        ("Text\nof a block.\n{ .lead }\n\nMore", "Text\nof a block.\n\nMore"),
        ("| a { .x } | b |\n| --- | --- |", "| a | b |\n| --- | --- |"),
        ('<div class="a" markdown="1">\n\nText', '<div class="a">\n\nText'),
        ("<details markdown><summary>S</summary>", "<details><summary>S</summary>"),
        ("<div markdown=block class=a>", "<div class=a>"),
        ("One.\n<!-- a\nnote -->\nTwo. <!-- another -->", "One.\nTwo."),
        (
            "`<!-- kept -->`, `` [`{ .a }`](b) ``, `<p markdown>`",
            "`<!-- kept -->`, `` [`{ .a }`](b) ``, `<p markdown>`",
        ),
        ("$x_{i}$, $$\\frac{1}{(2)}{3}$$", "$x_{i}$, $$\\frac{1}{(2)}{3}$$"),
        ("a set {1, 2} of two, markdown=1 in words", "a set {1, 2} of two, markdown=1 in words"),
    ],
)
def test_prose_has_nothing_that_the_markdown_of_notebooks_has_not(written: str, source: str) -> None:
    assert prose(Text((written,))) == source
