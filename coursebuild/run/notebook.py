"""Outputs as Jupyter's notebook format has them (nbformat 4.5), and back."""

import base64
import json

from coursebuild.read.model import Cell
from coursebuild.run.steps import Table
from coursebuild.run.worker import Error, Output

Json = dict[str, object]


def write_notebook(cells: list[Json], metadata: Json) -> bytes:
    """A notebook file. Cells are named by their place, so that the same cells make the same bytes."""
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    whole = {
        "cells": numbered,
        "metadata": {"kernelspec": kernel, "language_info": language, **metadata},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "backslashreplace") + b"\n"  # a lone surrogate as JSON escapes it


def markdown_cell(source: str) -> Json:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code_cell(number: int, cell: Cell, output: Output, metadata: Json) -> Json:
    if cell.raises:  # nbclient and Jupyter go on after such a cell
        metadata = {"tags": ["raises-exception"], **metadata}
    return {
        "cell_type": "code",
        "execution_count": number,
        "metadata": metadata,
        "outputs": from_output(number, output),
        "source": cell.code,
    }


def from_output(number: int, output: Output) -> list[Json]:
    """An Output as a cell's outputs: the stream, the result, the figures, the error."""
    outputs: list[Json] = []
    if output.stdout:
        outputs.append({"output_type": "stream", "name": "stdout", "text": output.stdout})
    if output.text is not None:
        data = {"text/plain": output.text} | ({"text/html": output.html} if output.html else {})
        outputs.append({"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data})
    for figure in output.figures:
        outputs.append({"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": figure}})
    if error := output.error:
        lines = error.traceback.split("\n")
        outputs.append({"output_type": "error", "ename": error.names[0], "evalue": error.message, "traceback": lines})
    if output.late:
        outputs.append({"output_type": "stream", "name": "stdout", "text": output.late})
    return outputs


def remains(output: Output) -> Json:
    """What an Output holds beside that for which the notebook format has a place."""
    error = None
    if output.error:
        error = {"names": output.error.names, "line": output.error.line, "related": output.error.related}
    return {
        "numbers": output.numbers,
        "steps": output.steps,
        "values": [text for text, _ in output.values],
        "files": [base64.b64encode(data or b"").decode() for data in output.files],
        "stderr": output.stderr,
        "prints_alike": output.prints_alike,
        "late": output.late,
        "error": error,
        "seconds": output.seconds,
    }


def to_output(cell: dict) -> Output:
    """The Output of a cell that `code_cell` wrote with `remains` as its metadata `coursebuild`.

    Raises KeyError, TypeError, ValueError or AttributeError for another cell.
    """
    ours = cell["metadata"]["coursebuild"]
    kinds: dict[str, list[dict]] = {"stream": [], "execute_result": [], "display_data": [], "error": []}
    for each in cell["outputs"]:
        kinds[each["output_type"]].append(each)
    data = kinds["execute_result"][0]["data"] if kinds["execute_result"] else {}
    error = None
    if kinds["error"]:
        told, rest = kinds["error"][0], ours["error"]
        related = tuple((depth, word, text) for depth, word, text in rest["related"])
        error = Error(tuple(rest["names"]), told["evalue"], "\n".join(told["traceback"]), rest["line"], related)

    def table(what: str, head: list[str], rows: list[list[str]]) -> Table:
        return what, tuple(head), tuple(map(tuple, rows))

    return Output(
        stdout="".join(each["text"] for each in kinds["stream"]).removesuffix(ours["late"]),
        stderr=ours["stderr"],
        text=data.get("text/plain"),
        html=data.get("text/html"),
        prints_alike=ours["prints_alike"],
        late=ours["late"],
        figures=tuple(each["data"]["image/svg+xml"] for each in kinds["display_data"]),
        numbers=tuple(tuple(table(*each) for each in tables) for tables in ours["numbers"]),
        steps=tuple((line, name, table(*told)) for line, name, told in ours["steps"]),
        error=error,
        values=tuple((text, True) for text in ours["values"]),
        files=tuple(base64.b64decode(each) for each in ours["files"]),
        seconds=ours["seconds"],
    )
