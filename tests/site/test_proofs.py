"""Proofs of downloads do not outlive what they prove; programs and kernels inherit nothing of the tests."""

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.site import proofs
from tests.site.proofs import environment, proven, run_notebook, run_program


class Counted:
    """Stands for running: says how often it was asked, and gives the same again."""

    def __init__(self, printed: list[str]) -> None:
        self.printed, self.times = printed, 0

    def __call__(self, data: bytes, folder: Path) -> list[str]:
        self.times += 1
        return self.printed


@pytest.fixture
def download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROVE_AGAIN", raising=False)
    path = tmp_path / "one.py"
    path.write_text("print(1)\n")
    return path


def prove(download: Path, run: Counted, shown: list[str] | None = None) -> list[str]:
    return proven(download, download.parent, shown or run.printed, run, download.parent / "proofs")


def test_what_is_proven_is_not_run_again(download: Path) -> None:
    run = Counted(["1"])
    assert [prove(download, run), prove(download, run)] == [["1"], ["1"]]
    assert run.times == 1
    assert [path.suffix for path in (download.parent / "proofs").iterdir()] == [".json"]


def test_a_changed_byte_runs_again(download: Path) -> None:
    run = Counted(["1"])
    prove(download, run)
    download.write_text("print( 1)\n")
    prove(download, run)
    assert run.times == 2


@pytest.mark.parametrize("damage", ['["1"', "[" * 100_000, '["2"]', "", "null", "\0"], ids=range(6))
def test_a_damaged_proof_runs_again(download: Path, damage: str) -> None:
    run = Counted(["1"])
    prove(download, run)
    (proof,) = (download.parent / "proofs").iterdir()
    proof.write_text(damage)
    assert [prove(download, run), prove(download, run)] == [["1"], ["1"]]
    assert run.times == 2


def test_the_switch_runs_again(download: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Counted(["1"])
    prove(download, run)
    monkeypatch.setenv("COURSE_PROVE_AGAIN", "1")
    prove(download, run)
    assert run.times == 2


def test_a_page_that_shows_something_else_is_not_proven(download: Path) -> None:
    run = Counted(["1"])
    prove(download, run)
    assert prove(download, run, ["2"]) == ["1"]
    assert run.times == 2


@pytest.mark.parametrize("fact", ["variables", "lock", "protocol"])
def test_another_environment_runs_again(download: Path, monkeypatch: pytest.MonkeyPatch, fact: str) -> None:
    run = Counted(["1"])
    prove(download, run)
    if fact == "variables":
        monkeypatch.setenv("LANG", "another")
    elif fact == "lock":
        monkeypatch.setattr(proofs, "ROOT", download.parent)
        (download.parent / "requirements.txt").write_text("another")
    else:
        monkeypatch.setattr(proofs, "PROTOCOL", "another")
    prove(download, run)
    assert run.times == 2


SEEN = "import os\nprint({name: os.environ.get(name) for name in ('LEAK', 'PYTHONHASHSEED', 'OMP_NUM_THREADS')})\n"
UNSET = ["{'LEAK': None, 'PYTHONHASHSEED': None, 'OMP_NUM_THREADS': None}"]


def test_a_program_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "from the tests")
    assert os.environ["PYTHONHASHSEED"] == "0"  # the build's own, which conftest.py sets
    assert run_program(SEEN.encode(), tmp_path) == UNSET


def test_a_notebook_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "from the tests")
    figure = new_code_cell("import matplotlib\nprint('inline' in matplotlib.get_backend())")
    notebook = new_notebook(cells=[new_code_cell(SEEN), figure, new_code_cell("import sys\nprint(sys.executable)")])
    seen, inline, _ = run_notebook(nbformat.writes(notebook).encode(), tmp_path)
    assert (seen, inline) == (UNSET, ["True"])
    assert set(environment()) <= {"PATH", "HOME", "LANG"}


def test_a_program_prints_in_the_order_of_a_terminal(tmp_path: Path) -> None:
    code = "import os, sys\nprint('first')\nos.system(f'{sys.executable} -c \"print(2)\"')\nos.write(1, b'third\\n')\n"
    assert run_program(code.encode(), tmp_path) == ["first", "2", "third"]


def test_a_program_that_imports_keras_is_a_program_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_PROVE_AGAIN", raising=False)
    code = (
        "import keras, os, sys\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "def double(x):\n    return 2 * x\n"
        "if __name__ == '__main__':\n"
        "    print(sys.argv, os.listdir(), [m for m in sys.modules if m in ('tests', 'pytest')])\n"
        "    with ProcessPoolExecutor(1) as pool:\n        print(list(pool.map(double, [1, 2])))\n"
    )
    assert run_program(code.encode(), tmp_path) == ["['../program.py'] [] []", "[2, 4]"]
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(AssertionError, match="NameError: name 'nothing' is not defined"):
        run_program(b"import keras\nprint(nothing)\n", other)
