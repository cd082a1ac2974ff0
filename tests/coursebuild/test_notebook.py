import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursebuild.read.model import Cell
from coursebuild.run.notebook import code_cell, from_output, markdown_cell, remains, to_output, write_notebook
from coursebuild.run.worker import Error, Output

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
