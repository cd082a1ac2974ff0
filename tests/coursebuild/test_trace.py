"""The trace of a page: what its statements made, step by step."""

import ast
import re
import sys
import threading
from unittest import mock

import pandas as pd
import pytest

from coursebuild.run.steps import EPOCHS, fitting, number, sizes, steps, told, unheard
from coursebuild.weave.page import render
from coursebuild.weave.trace import walk
from tests.coursebuild.conftest import Project

DATA = """\
```python
import numpy as np
import pandas as pd

rng = np.random.default_rng(0)
rows = np.arange(24.0).reshape(4, 6) / 3
labels = np.array([0, 1, 0, 1])
```

```python
table = pd.DataFrame({"age": [1.5, 2, 3, 4], "text": ["a | b", "<i>", "c", "d"]})
first, (second, _) = rows[:, 0], (labels == 1, 0)
total = sum(
    label for label in labels
)
for each in rows:
    inside = each.sum()
rows *= 3
total += 1
```
"""
NETWORK = """\
```python
import keras
import numpy as np

keras.utils.set_random_seed(0)
x_train = np.random.default_rng(0).normal(size=(40, 5))
y_train = (x_train.sum(axis=1) > 0).astype(float)
x_test = x_train[::2]
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
model.compile(loss="mse")
history = model.fit(x_train, y_train, epochs=45, verbose=0)
before = model.predict(x_test, verbose=0)
print(before[0, 0])
```
"""


def test_each_statement_tells_what_it_made(project: Project) -> None:
    first, second = (output.steps for output in project.run(DATA).outputs)
    rows = (("0", "0.3333", "0.6667", "1", "1.333", "1.667"), ("2", "2.333", "2.667", "3", "3.333", "3.667"))
    assert [(line, name, what) for line, name, (what, _, _) in first] == [
        (5, "rows", "array of 4 × 6, float64"),
        (6, "labels", "array of 4, int64"),
    ]
    assert first[0][2][2][:2] == rows
    assert first[1][2] == ("array of 4, int64", (), (("0", "1", "0", "1"),))
    assert [(line, name, what) for line, name, (what, _, _) in second] == [
        (1, "table", "table of 4 × 2"),
        (2, "first", "array of 4, float64"),
        (2, "second", "array of 4, bool"),
        (2, "_", "number"),
        (8, "rows", "array of 4 × 6, float64"),
        (9, "total", "number"),
    ]
    assert second[0][2][1:] == (("age", "text"), (("1.5", "a | b"), ("2", "<i>"), ("3", "c")))
    assert second[-1][2][2] == (("3",),)


def test_the_page_leads_to_its_trace_and_each_step_to_its_block(project: Project) -> None:
    lesson, run = project.read(f"# A page\n\n{DATA}"), project.run(f"# A page\n\n{DATA}")
    page = render(lesson, run, {})
    assert "[Trace](page/trace.md)" in page.markdown
    made = page.files["page/trace.md"].decode()
    assert re.findall(r"^## (.*)$", made, re.M) == [
        f"Step {step}: [block {block}](../page.md#cell-{block}) {{ #step-{step} }}"
        for step, block in ((1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 2))
    ]
    assert "| 1.5 | a &#124; b |" in made
    assert "```python\nfirst, (second, _) = rows[:, 0], (labels == 1, 0)\n```\n\n`first`: array of 4, float64" in made
    assert "`total`: number\n\n**3**" in made
    assert "| 1.5 | a | b |" in page.files["page/trace.md.txt"].decode()
    assert "[block 2](../page.md#cell-2)" in page.files["page/trace.md.txt"].decode()


def test_a_cell_of_many_statements_is_read_once(project: Project) -> None:
    text = f"# A page\n\n```python\n{chr(10).join(f'y{each} = {each}' for each in range(300))}\n```\n"
    lesson, run = project.read(text), project.run(text)
    with mock.patch.object(ast, "parse", wraps=ast.parse) as parse:
        assert len(list(walk(lesson, run))) == 300
    assert parse.call_count == 1


def test_a_page_that_makes_little_has_no_trace(project: Project) -> None:
    text = "# A page\n\n```python\na = 1\nb = 'text'\nc = [1, 2]\n\n\ndef f(d=3):\n    e = 4\n```\n"
    run = project.run(text)
    assert [name for _, name, _ in run.outputs[0].steps] == ["a", "c"]
    page = render(project.read(text), run, {})
    assert not [name for name in page.files if "trace" in name]
    assert "Trace" not in page.markdown


def test_a_training_epoch_by_epoch_and_a_prediction_layer_by_layer(project: Project) -> None:
    (output,) = project.run(NETWORK).outputs
    found = {name if line else "prediction": table for line, name, table in output.steps}
    assert found["model"] == (
        "network with 22 parameters",
        ("layer", "kind", "what comes out", "parameters"),
        (("dense", "Dense", "3", "18"), ("dense_1", "Dense", "1", "4")),
    )
    what, head, rows = found["history"]
    assert (what, head) == ("training of 45 epochs", ("epoch", "loss"))
    assert [row[0] for row in rows] == ["1", *(str(each) for each in range(3, 46, 3))]
    assert len(rows) <= EPOCHS + 1
    called, _, layers = found["prediction"]
    assert called == "model"
    assert [row[:3] for row in layers] == [
        ("x_test[:1]", "input", "5"),
        ("dense", "Dense", "3"),
        ("dense_1", "Dense", "1"),
    ]
    assert layers[-1][3] == number(float(output.stdout))  # what the page's own predict gave
    assert "Warning" not in output.stderr


def test_what_refuses_to_be_looked_at_ends_no_run(project: Project) -> None:
    text = """\
```python
import numpy as np


class Shy(np.ndarray):
    @property
    def dtype(self):
        print("asked")
        raise RuntimeError("no")


shy, open_ = np.arange(4).view(Shy), np.arange(4)
```
"""
    (output,) = project.run(text).outputs
    assert [name for _, name, _ in output.steps] == ["open_"]
    assert output.stdout == output.stderr == ""


def test_no_step_is_told_of_what_is_no_data() -> None:
    class Own(list[int]):
        pass

    for thing in (None, True, "text", {}, set(), [], [[1]], object(), Own, steps):
        assert told(thing) is None
    assert told([1, 2.5]) == ("list of 2", (), (("1", "2.5"),))
    assert told(["a\nb", "c"]) == ("list of 2", (), (("a b",), ("c",)))
    assert number("x" * 100) == "x" * 24 + "…"
    scores = pd.DataFrame({"AUC": [0.5, 1.0]}, index=["neuron", "trees"])
    assert told(scores) == ("table of 2 × 1", ("row", "AUC"), (("neuron", "0.5"), ("trees", "1")))
    assert told(scores.AUC) == ("column of 2", ("neuron", "trees"), (("0.5", "1"),))
    assert (sizes((None, 28, 28)), sizes((None,)), sizes((5574,))) == ("28 × 28", "1", "5,574")
    assert list(fitting({"a": [[1, 2]]}, (2,))) == []


def test_the_ways_to_study_a_page_stand_in_its_row(project: Project) -> None:
    text = f"# A page\n\n{DATA}\n## Check {{ #check }}\n\nA question.\n"
    for address in ("", "https://github.com/we/course/"):
        page = render(project.read(text), project.run(text), {}, repository=address)
        (row,) = re.findall(r"^.*(?=\n\{ \.downloads \})", page.markdown, re.M)
        colab = " [Colab](https://colab.research.google.com/github/we/course/blob/notebooks/page/page.ipynb)"
        assert row == (
            "[page.py](page/page.py){ download } [page.ipynb](page/page.ipynb){ download }"
            f"{colab * bool(address)} [Check](#check) [Trace](page/trace.md)"
        )


def test_what_a_thread_prints_while_things_are_looked_at_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with unheard():
        other = threading.Thread(target=print, args=("the other",))
        other.start()
        other.join()
        print("ours")
        sys.stderr.write("ours")
    assert capsys.readouterr() == ("the other\n", "")


def test_the_row_that_is_followed_is_of_the_test_set_if_there_is_one(project: Project) -> None:
    more = NETWORK.replace("print(before", "broken = x_train * float('nan')\nprint(before")
    for text, name in ((more, "x_test"), (more.replace("x_test", "some"), "x_train")):
        (output,) = project.run(text).outputs
        assert output.steps[-1][:2] == (0, name)
