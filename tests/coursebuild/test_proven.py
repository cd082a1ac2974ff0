"""A test is left out only while it has passed on what it depends on now."""

import functools
import os
import threading
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import Any

import pytest

from tests import proven
from tests.proven import ALL, MODULE, Noted, Proofs, Reads, group_of, plain
from tests.site.conftest import Handler


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
        report = SimpleNamespace(nodeid=test, outcome=outcome, when=when, user_properties=[])
        proofs.pytest_runtest_logreport(report)  # type: ignore[arg-type]


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


class OfTheSite(Item):
    """A test of the site: what is in its module, and the scopes of its fixtures."""

    def __init__(self, nodeid: str, module: Any, **scopes: str) -> None:
        super().__init__(nodeid)
        self.module, self.user_properties = module, list[Any]()
        fixtures = {name: [SimpleNamespace(scope=scope)] for name, scope in scopes.items()}
        self._fixtureinfo = SimpleNamespace(name2fixturedefs=fixtures)


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reads:
    for name, text in {"site/a.html": "a", "site/b.html": "b", "docs/en/a.md": "a", "other.txt": "o"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(proven, "ROOT", tmp_path)
    monkeypatch.setattr(proven, "READ", (f"{tmp_path}/site/", f"{tmp_path}/docs/"))
    monkeypatch.setattr(proven, "FOLDER", tmp_path / "proofs")
    monkeypatch.setattr(proven, "keys", lambda: {"site": "one", "play threshold": "two"})
    monkeypatch.delenv("COURSE_PROVE_AGAIN", raising=False)
    monkeypatch.setattr(PurePath, "as_uri", PurePath.as_uri)  # put back what stands here now
    reads = Reads()
    monkeypatch.setattr(proven, "reads", reads)
    return reads


def done(proofs: Proofs, test: OfTheSite, *opened: Path, outcome: str = "passed") -> None:
    """What pytest calls when a test is run that opens these files."""
    setup, call = proofs.pytest_runtest_setup(test), proofs.pytest_runtest_call(test)  # type: ignore[arg-type]
    next(setup), next(call)
    for path in opened:
        path.read_text()
    for each in (setup, call):
        with pytest.raises(StopIteration):
            each.send(None)
    given = {"nodeid": test.nodeid, "outcome": outcome, "when": "call", "user_properties": test.user_properties}
    proofs.pytest_runtest_logreport(SimpleNamespace(**given))  # type: ignore[arg-type]


def runs(test: OfTheSite) -> bool:
    hook, items = SimpleNamespace(pytest_deselected=lambda items: None), [test]
    Proofs().pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)  # type: ignore[arg-type]
    return bool(items)


def test_a_test_of_the_site_is_left_out_while_what_it_read_is_the_same(reads: Reads, tmp_path: Path) -> None:
    page, source, other, module = tmp_path / "site/a.html", tmp_path / "docs/en/a.md", tmp_path / "other.txt", os
    test = OfTheSite("tests/site/test_x.py::test_x[chromium]", module, page="function", site="session")
    assert runs(test)
    proofs = Proofs()
    done(proofs, test, page, source, other)
    end(proofs)
    assert not runs(test)
    for path, matters in ((other, False), (tmp_path / "site/b.html", False), (page, True), (source, True)):
        before = path.read_text()
        path.write_text(f"{before}, again")
        assert runs(test) == matters, path
        path.write_text(before)
        assert not runs(test)
    page.unlink()
    assert runs(test)
    page.write_text("a")
    assert not runs(test)
    test.module = SimpleNamespace(PAGES=["a"])
    assert runs(test)


@pytest.mark.parametrize(
    ("nodeid", "scopes", "counts"),
    [
        ("tests/site/test_x.py::test_x", {"made": "module"}, False),  # what made it has read, for all tests
        ("tests/play/test_threshold.py::test_x", {"either": "session"}, True),
        ("tests/play/test_threshold.py::test_x", {"ran": "session"}, False),
        ("tests/lessons/test_course.py::test_x", {}, False),
    ],
)
def test_only_tests_that_read_for_themselves_count(
    reads: Reads, nodeid: str, scopes: dict[str, str], counts: bool
) -> None:
    test = OfTheSite(nodeid, os, **scopes)
    done(Proofs(), test)
    assert bool(test.user_properties) == counts


def test_a_test_that_failed_and_one_that_is_proven_again_run(
    reads: Reads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = OfTheSite("tests/site/test_x.py::test_x", os)
    proofs = Proofs()
    done(proofs, test, tmp_path / "site/a.html")
    end(proofs)
    assert not runs(test)
    monkeypatch.setenv("COURSE_PROVE_AGAIN", "1")
    assert runs(test)
    test.user_properties = []
    again = Proofs()
    done(again, test, tmp_path / "site/a.html", outcome="failed")
    end(again)
    monkeypatch.delenv("COURSE_PROVE_AGAIN")
    assert runs(test)


def test_what_a_server_reads_for_a_browser_and_what_a_folder_may_give_is_noted(reads: Reads, tmp_path: Path) -> None:
    handler = functools.partial(Handler, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        reads.files = {MODULE}
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/b.html").read()
        server.shutdown()
    assert reads.files == {MODULE, "site/b.html"}
    (tmp_path / "site/a.html").as_uri()
    assert ALL in reads.files
    (tmp_path / "site/b.html").read_text()
    reads.files = {MODULE}
    lessons = Noted({"a": 1, "b": 2}, {"a": {"docs/en/a.md"}, "b": {"docs/en/b.md"}})
    assert lessons["a"] == lessons.get("a") == 1
    assert lessons.get("c") is None
    assert "b" in lessons
    assert reads.files == {MODULE, "docs/en/a.md"}
    assert lessons.items() == [("a", 1), ("b", 2)]
    assert reads.files == {MODULE, "docs/en/a.md", "docs/en/b.md"}


def test_what_a_module_holds_is_told_alike_in_each_process() -> None:
    held = {"PAGES": ["b", "a"], "KIND": {"x": object()}, "SOME": {"c", "d"}, "HOME": Path("docs"), "run": runs}
    assert plain(SimpleNamespace(**held)) == (  # type: ignore[arg-type]
        '{"PAGES": ["b", "a"], "KIND": ["x"], "SOME": ["c", "d"], "HOME": "docs"}'
    )
