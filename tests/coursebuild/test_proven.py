"""A test is left out only while it has passed on what it depends on now."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import proven
from tests.proven import Proofs, group_of


@pytest.fixture
def proofs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proofs:
    monkeypatch.setattr(proven, "FOLDER", tmp_path)
    monkeypatch.setattr(proven, "keys", lambda: {"lesson fit": "one", "build": "two"})
    monkeypatch.delenv("COURSE_PROVE_AGAIN", raising=False)
    return Proofs()


TESTS = ["docs/en/fit.md::9 blocks", "tests/snippets/test_fit.py::test_a", "tests/lessons/test_course.py::test_b"]


class Item:
    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid


def left(proofs: Proofs, *tests: str) -> list[str]:
    """The tests that run, of those collected."""
    hook = SimpleNamespace(pytest_deselected=lambda items: None)
    items: list[Any] = [Item(test) for test in tests]
    proofs.pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)  # type: ignore[arg-type]
    return [item.nodeid for item in items]


def ran(proofs: Proofs, *tests: str, outcome: str = "passed", when: str = "call") -> None:
    for test in tests:
        proofs.pytest_runtest_logreport(SimpleNamespace(nodeid=test, outcome=outcome, when=when))  # type: ignore[arg-type]


def end(proofs: Proofs, **config: Any) -> Proofs:
    proofs.pytest_sessionfinish(SimpleNamespace(config=SimpleNamespace(**config)))  # type: ignore[arg-type]
    return Proofs()


def test_what_passed_is_left_out_and_what_is_of_no_group_runs(proofs: Proofs) -> None:
    assert left(proofs, *TESTS) == TESTS
    ran(proofs, *TESTS)
    assert left(end(proofs), *TESTS) == TESTS[2:]


@pytest.mark.parametrize(("outcome", "when"), [("failed", "call"), ("failed", "teardown"), ("skipped", "setup")])
def test_a_group_with_a_test_that_did_not_pass_runs_whole(outcome: str, when: str, proofs: Proofs) -> None:
    ran(proofs, *TESTS)
    ran(proofs, TESTS[1], outcome=outcome, when=when)
    assert left(end(proofs), *TESTS) == TESTS


def test_a_new_test_of_a_group_makes_it_run_whole(proofs: Proofs) -> None:
    ran(proofs, *TESTS)
    more = [*TESTS, "tests/snippets/test_fit.py::test_new"]
    assert left(end(proofs), *more) == more


def test_another_key_makes_it_run(proofs: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(proofs, *TESTS)
    end(proofs)
    monkeypatch.setattr(proven, "keys", lambda: {"lesson fit": "three"})
    assert left(Proofs(), *TESTS) == TESTS


def test_the_switch_makes_all_run(proofs: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(proofs, *TESTS)
    end(proofs)
    monkeypatch.setenv("COURSE_PROVE_AGAIN", "1")
    assert left(Proofs(), *TESTS) == TESTS


def test_a_damaged_proof_is_none(proofs: Proofs) -> None:
    ran(proofs, *TESTS)
    end(proofs)
    for text in ("", "[]", "{", '{"key": "one"}', '{"key": "one", "passed": 3}'):
        proofs.file("lesson fit").write_text(text)
        assert left(Proofs(), *TESTS) == TESTS


def test_a_worker_writes_nothing(proofs: Proofs, tmp_path: Path) -> None:
    ran(proofs, *TESTS)
    end(proofs, workerinput={})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("docs/en/labs/fit.md::3 blocks", "lesson labs/fit"),
        ("tests/snippets/test_what_is.py::test_x[a]", "lesson what-is"),
        ("tests/lessons/test_labs.py::test_x[labs/fit]", "lab labs/fit"),
        ("tests/site/test_pages.py::test_x[roc-auc]", "page roc-auc"),
        ("tests/site/test_pages.py::test_every_link", ""),
        ("tests/site/test_downloads.py::test_x[fit]", "page fit"),
        ("tests/site/test_alone.py::test_x[labs/fit:3]", "page labs/fit"),
        ("tests/site/test_readers.py::test_x[fit]", ""),
        ("tests/play/test_threshold_lessons.py::test_x[chromium-roc-auc]", "play threshold_lessons"),
        ("tests/coursebuild/test_run.py::test_x", "build"),
        ("tests/lessons/test_course.py::test_x", ""),
    ],
)
def test_groups(test: str, group: str) -> None:
    assert group_of(test) == group


def test_a_key_changes_with_what_its_tests_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before, read = proven.keys(), proven.bytes_of
    assert {"build", "lesson fit", "lab labs/fit", "page fit", "page labs/fit-solved", "play train"} <= set(before)
    assert len(set(before.values())) > 100

    def edited(*paths: Path) -> Iterator[bytes]:
        for part in read(*paths):
            yield part + b"\n" if part.startswith(b"---\ntitle: Fit") else part

    monkeypatch.setattr(proven, "bytes_of", edited)
    after = proven.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert {"page fit", "play train", "play predict"} <= changed
    assert not {"page threshold", "play digit", "play message", "lesson fit", "build"} & changed
