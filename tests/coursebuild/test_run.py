import multiprocessing
import os
import re
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from coursebuild.run import process as running
from coursebuild.run.process import Limits, Run
from coursebuild.run.worker import Output
from coursebuild.weave.parts import plain_table
from tests.coursebuild.conftest import Project, faults, golden
from tests.coursebuild.faults import LONG


def outputs(run: Run) -> list[Output]:
    """The outputs without their times, and without what a trace tells of them (test_trace.py)."""
    return [replace(output, seconds=0, steps=()) for output in run.outputs]


def cell(code: str, above: str = "") -> str:
    return f"{above}```python\n{code}\n```\n\n"


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("x = 1", Output()),
        ("print('a')", Output(stdout="a\n")),
        ("print('a', end='')\n'é'", Output(stdout="a", text="'é'", prints_alike=False)),
        ("2", Output(text="2")),
        ("1, 'a'", Output(text="(1, 'a')")),
        ("None", Output()),
        ("# a comment and no more", Output()),
        ("x = 1; x", Output(text="1")),
        ("import sys\nprint('kept off', file=sys.stderr)", Output(stderr="kept off\n")),
        ("import subprocess\nn = subprocess.run(['echo', 'a']).returncode", Output(stdout="a\n")),
        ("import sys\nprint('a', file=sys.__stdout__)", Output(stdout="a\n")),
        ("import os\nos.listdir()", Output(text="[]")),
        ("n = open('mine.py', 'w').write('x = 1')\nimport mine\nmine.x", Output(text="1")),
        ("import sys\nsys.argv", Output(text="['page.py']", prints_alike=True)),
        ("__name__", Output(text="'__main__'", prints_alike=False)),
        ("import os\nos.read(0, 1)", Output(text="b''")),
        ("import os\nos.environ.get('PYTHONPATH')", Output()),
        ("import importlib.util\nprint(importlib.util.find_spec('conftest'))", Output(stdout="None\n")),
        (
            "def f():\n    return 1\nimport inspect\nprint(inspect.getsource(f))",
            Output(stdout="def f():\n    return 1\n\n"),
        ),
        ("class A: pass\nimport pickle\ntype(pickle.loads(pickle.dumps(A()))) is A", Output(text="True")),
        ("import pandas as pd\npd.DataFrame", Output(text="<class 'pandas.DataFrame'>")),
        ("import threading\nt = threading.Thread(target=print, args=['a'])\nt.start()\nt.join()", Output(stdout="a\n")),
    ],
)
def test_what_a_cell_gives(code: str, output: Output, project: Project) -> None:
    assert outputs(project.run(cell(code))) == [output]


def test_cells_share_their_names_and_each_has_its_own_output(project: Project) -> None:
    run = project.run(cell("x = 1\nprint('a')") + cell("print('b')\nx + 1"))
    assert outputs(run) == [Output(stdout="a\n"), Output(stdout="b\n", text="2")]


def test_lessons_share_nothing(project: Project) -> None:
    project.run(
        cell("import json, os, sys\nx = 1\nsys.modules['json'].x = 1\nos.environ['X'] = '1'\nopen('left', 'w').close()")
    )
    code = "import json, os\n('x' in globals(), hasattr(json, 'x'), 'X' in os.environ, os.listdir())"
    assert outputs(project.run(cell(code))) == [Output(text="(False, False, False, [])")]
    assert "X" not in os.environ


def test_a_run_tells_its_time_and_versions(project: Project) -> None:
    run = project.run(cell("import time\nimport yaml\nfrom pytest import approx\ntime.sleep(0.05)"))
    assert 0.05 <= run.seconds < 30
    assert run.date.count("-") == 2
    assert list(run.versions) == ["PyYAML", "pytest", "Python"]


def test_threads_and_exit_handlers_come_to_their_end_as_in_a_file(project: Project) -> None:
    code = "import atexit, threading, time\natexit.register(print, 'bye')\ndef late():\n    time.sleep(0.1)\n"
    code += "    print('late')\nthreading.Thread(target=late).start()"
    assert outputs(project.run(cell("x = 1") + cell(code)))[1] == Output(late="late\nbye\n")


def test_a_thread_that_never_ends_is_told(project: Project) -> None:
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()"
    told = ["docs/page.md:5: the cell did not end in 0.5 s (make it shorter, or raise the limit)"]
    assert faults(lambda: project.run(cell(code), Limits(seconds=0.5))) == told


LEFT = "import time\nclass Left:\n    def __del__(self):\n        {}\nleft = Left()"


@pytest.mark.parametrize(
    ("does", "limits", "told"),
    [
        ("time.sleep(600)", Limits(seconds=0.5), "the cell did not end in 0.5 s (make it shorter, or raise the limit)"),
        ("print('x' * 5000)", Limits(characters=4000), "the cell printed more than 4,000 characters (print less)"),
    ],
)
def test_what_ends_with_the_program_keeps_to_the_limits(project: Project, does: str, limits: Limits, told: str) -> None:
    assert faults(lambda: project.run(cell(LEFT.format(does)), limits)) == [f"docs/page.md:5: {told}"]


def test_a_child_process_that_a_cell_leaves_is_killed(project: Project) -> None:
    code = "import subprocess, sys\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid)"
    child = int(project.run(cell(code)).outputs[0].stdout)
    end = time.monotonic() + LONG
    while alive(child):
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_figures_come_in_the_order_in_which_they_were_drawn(project: Project) -> None:
    code = "import matplotlib.pyplot as plt\nfor name in 'first', 'second':\n    plt.figure()\n    n = plt.title(name)"
    run = project.run(cell(code) + "![a](@figure)\n![b](@figure)\n\n" + cell("n = plt.plot([1, 2])") + cell("x = 1"))
    first, second = run.outputs[0].figures
    assert "first" in first
    assert "second" in second
    assert [len(output.figures) for output in run.outputs] == [2, 1, 0]
    assert "Date" not in first


def test_a_figure_drawn_before_the_error_that_must_come_is_kept(project: Project) -> None:
    code = "import matplotlib.pyplot as plt\nn = plt.plot([1, 2])\nint('a')"
    (output,) = project.run(cell(code, "<!-- raises: ValueError -->\n") + "![a](@figure)\n").outputs
    assert len(output.figures) == 1


def test_a_pandas_table_is_plain_html(project: Project) -> None:
    code = "import pandas as pd\npd.DataFrame({'a': ['<b>', 'x y=\"z\" w']})"
    (output,) = project.run(cell(code)).outputs
    assert plain_table(output.html) == (
        '<table class="values">\n  <thead>\n    <tr>\n      <td></td>\n      <th>a</th>\n    </tr>\n  </thead>\n'
        "  <tbody>\n    <tr>\n      <th>0</th>\n      <td>&lt;b&gt;</td>\n    </tr>\n"
        '    <tr>\n      <th>1</th>\n      <td>x y="z" w</td>\n    </tr>\n  </tbody>\n</table>'
    )
    assert output.text == '           a\n0        <b>\n1  x y="z" w'


def test_a_picture_of_an_object_is_no_table(project: Project) -> None:
    code = "from sklearn.linear_model import LogisticRegression\nLogisticRegression()"
    (output,) = outputs(project.run(cell(code)))
    assert output.text == "LogisticRegression()"
    assert plain_table(output.html) is None


def test_an_error_that_must_come_is_an_output_and_the_lesson_goes_on(project: Project) -> None:
    run = project.run(
        cell("print('a')\nint('b')", "<!-- raises: ValueError: invalid literal -->\n") + "`{python} 3`\n\n" + cell("2")
    )
    first, second = outputs(run)
    assert first.error is not None
    assert (first.stdout, first.error.names[:2], first.error.line) == ("a\n", ("ValueError", "Exception"), 2)
    assert first.error.message == "invalid literal for int() with base 10: 'b'"
    assert first.values == (("3", True),)
    assert second == Output(text="2")


@pytest.mark.parametrize("name", ["KeyError", "LookupError", "Exception", "errors.Missing"])
def test_an_error_may_be_named_by_what_it_derives_from_or_by_a_dotted_name(name: str, project: Project) -> None:
    code = "class errors:\n    Missing = type('Missing', (KeyError,), {})\nraise errors.Missing('a')"
    (output,) = project.run(cell(code, f"<!-- raises: {name} -->\n")).outputs
    assert output.error is not None
    assert output.error.names[0] == "Missing"


def test_values_are_texts_of_what_expressions_give_after_their_cell(project: Project) -> None:
    text = (
        cell("x = 1")
        + "`{python} x` `{python} 'é'` <!-- claim: x == 1 --> `{python} [x]`\n\n"
        + cell("x = 2")
        + "`{python} x`"
    )
    assert [output.values for output in project.run(text).outputs] == [
        (("1", True), ("é", True), ("1 == 1", True), ("[1]", True)),
        (("2", True),),
    ]


@pytest.mark.parametrize("case", golden("failures.txt"))
def test_a_lesson_that_fails(case: dict[str, str], project: Project) -> None:
    told = "\n".join(faults(lambda: project.run(case["page"])))
    assert re.sub(r"\n +[~^]+$", "", told, flags=re.M) == case["told"]  # Pythons underline differently


@pytest.mark.parametrize(
    ("claim", "sides"),
    [
        ("x > y", "1 > 2.5"),
        ("0 < x < 1", "0 < 1 < 1"),
        ("x and loss[0] > loss[1] and unknown", "1 and 3 > 4"),
        ("x > y or not loss", "1 > 2.5 or not [3, 4]"),
        ("5 in loss", "5 in [3, 4]"),
        ("x is None", "1 is None"),
        ("x != 1", "1 != 1"),
        ("x not in [1]", "1 not in [1]"),
        ("bool(x - 1)", "False"),
        ("'a' * 300 == ''", f"'{'a' * 199}… == ''"),
    ],
)
def test_a_false_claim_is_told_with_the_values_of_both_sides(claim: str, sides: str, project: Project) -> None:
    text = cell("x, y, loss = 1, 2.5, [3, 4]") + f"It is.\n<!-- claim: {claim} -->\n"
    told = f"docs/page.md:10: the claim '{claim}' is false: {sides} (mend the sentence, or the code)"
    assert faults(lambda: project.run(text)) == [told]


def test_a_figure_that_cannot_be_drawn_is_told_at_the_line_of_its_text(project: Project) -> None:
    code = "import matplotlib.pyplot as plt\nn = plt.plot([1])\nn = plt.title(r'$\\frac{$')\nx = 1"
    (told,) = faults(lambda: project.run(cell(code)))
    assert told.startswith("docs/page.md:8: the cell raises ValueError (mend it):\n")
    assert "\n    > n = plt.title(" in told


def test_an_error_in_an_embed_is_told_where_it_stands(project: Project) -> None:
    project.snippet('"""About."""\n# --8<-- [start:fit]\nx = 1\nx.y\n# --8<-- [end:fit]\n')
    (told,) = faults(lambda: project.run(cell('--8<-- "data.py:fit"')))
    assert told.splitlines()[0] == (
        "snippets/data.py:4: the cell raises AttributeError (embedded at docs/page.md:5) (mend it):"
    )


def test_a_cell_that_never_ends(project: Project) -> None:
    told = ["docs/page.md:9: the cell did not end in 0.5 s (make it shorter, or raise the limit)"]
    assert faults(lambda: project.run(cell("x = 1") + cell("while True: pass"), Limits(seconds=0.5))) == told


def test_a_cell_that_waits_for_nothing_and_heeds_no_signal(project: Project) -> None:
    code = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\ntime.sleep(600)"
    told = ["docs/page.md:5: the cell did not end in 0.5 s (make it shorter, or raise the limit)"]
    assert faults(lambda: project.run(cell(code), Limits(seconds=0.5))) == told


def test_the_usual_limit_is_two_minutes() -> None:
    assert Limits().seconds == 120


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_cell_that_prints_without_end(stream: str, project: Project) -> None:
    code = f"import sys\nwhile True:\n    print('a' * 1000, file=sys.{stream})"
    told = ["docs/page.md:5: the cell printed more than 1,000 characters (print less)"]
    assert faults(lambda: project.run(cell(code), Limits(characters=1000))) == told


def test_a_cell_that_uses_too_much_memory(project: Project) -> None:
    code = "held = []\nwhile True:\n    held.append(b'a' * 2**24)"
    told = ["docs/page.md:5: the cell used more than 0.6 GiB of memory (use less, or raise the limit)"]
    assert faults(lambda: project.run(cell(code), Limits(seconds=60, memory=6 * 2**30 // 10))) == told


EVERYTHING = (
    cell(
        "import matplotlib.pyplot as plt\nimport pandas as pd\nprint(hash('a'))\nn = plt.plot([1, 2])\n{'b', 'a', 'c'}"
    )
    + "![A line.](@figure)\n`{python} hash('b')`\n\n"
    + cell("pd.DataFrame({'a': [1]})")
    + cell("int('a')", "<!-- raises: ValueError -->\n")
)


def test_a_process_started_afresh_gives_what_a_forked_one_gives(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked = project.run(EVERYTHING)
    monkeypatch.setattr(running, "context", lambda _: multiprocessing.get_context("spawn"))
    assert outputs(project.run(EVERYTHING)) == outputs(forked)


def test_sets_have_one_order(project: Project) -> None:
    code, before = "print(hash('a'))", dict(os.environ)
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    plain = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert project.run(cell(code)).outputs[0].stdout == plain.stdout
    assert dict(os.environ) == before
