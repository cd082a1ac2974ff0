"""The build as MkDocs drives it, on a small course in a folder of its own: what a maintainer and their CI meet."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.coursebuild.faults import LONG

ROOT = Path(__file__).parents[2]
BUILD = [sys.executable, "-m", "mkdocs", "build"]
HEAD = "---\ntitle: {title}\ndescription: About {title}.\n---\n# {title} {{ #{title} }}\n\n"
GOOD = (
    "```python\nimport random\n\nrandom.seed(1)\nseen = [random.random() for _ in range(3)]\nprint(seen)\n```\n\n"
    "The largest is `{python} max(seen)`.\n<!-- claim: max(seen) < 1 -->\n"
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two pages, with this project's build, theme and configuration."""
    for part in ("coursebuild", "docs/theme"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("snippets", "docs/en"):
        (tmp_path / part).mkdir(parents=True)
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(re.sub(r"(?ms)^nav:.*?\n\n", "", config), encoding="utf-8")
    write(tmp_path, "index", "<!-- record -->\n")
    write(tmp_path, "one", GOOD)
    return tmp_path


def write(course: Path, name: str, text: str) -> None:
    (course / "docs" / "en" / f"{name}.md").write_text(HEAD.format(title=name) + text, encoding="utf-8")


def build(course: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(BUILD, cwd=course, capture_output=True, text=True)


def contents(course: Path) -> dict[str, bytes]:
    site = course / "site"
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def only_the_site_is_left(course: Path) -> None:
    assert not list(course.glob("site.*"))
    assert not list((course / "build").iterdir())


def test_a_build_makes_a_site_and_leaves_nothing_else(course: Path) -> None:
    done = build(course)
    assert done.returncode == 0, done.stderr
    page = (course / "site" / "one.html").read_text(encoding="utf-8")
    assert re.search(r'The largest is <span id="proof-1">0\.\d+</span>\.', page)
    assert (course / "site" / "one" / "one.ipynb").is_file()
    assert sorted(path.name for path in (course / "docs" / "en").iterdir()) == ["index.md", "one.md"]
    only_the_site_is_left(course)


def test_all_faults_are_told_and_the_site_stands(course: Path) -> None:
    assert build(course).returncode == 0
    before = contents(course)
    write(course, "one", GOOD.replace("< 1 -->", "> 1 -->"))
    write(course, "two", "```python\nprint(undefined)\n```\n\n```py\n1\n```\n")
    write(course, "three", "```python\nx = 1\nprint(undefined)\n```\n\n`{python} nothing`\n")
    done = build(course)
    assert done.returncode == 1
    told = [line for line in done.stderr.split("\n") if line.startswith("docs/en/")]
    assert re.fullmatch(r"docs/en/one\.md:16: the claim 'max\(seen\) > 1' is false: 0\.\d+ > 1 \(.*\)", told[0])
    assert told[1].startswith("docs/en/three.md:9: the cell raises NameError")
    assert told[2].startswith("docs/en/two.md:11: '```py' looks like a cell")
    assert len(told) == 3
    assert contents(course) == before
    only_the_site_is_left(course)


def test_a_broken_link_stops_the_build_and_the_site_stands(course: Path) -> None:
    assert build(course).returncode == 0
    before = contents(course)
    write(course, "one", GOOD + "\n[nowhere](nowhere.md)\n")
    done = build(course)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr
    assert contents(course) == before


def test_a_formula_that_is_no_latex_stops_the_build_and_the_site_stands(course: Path) -> None:
    assert build(course).returncode == 0
    before = contents(course)
    write(course, "one", "Half is $\\frac{1}{2}$.\n\nBut $\\halff{1}$ is nothing.\n")
    done = build(course)
    assert done.returncode != 0
    assert "docs/en/one.md:9: not LaTeX: \\halff{1} (" in done.stderr
    assert contents(course) == before


def test_two_cold_builds_are_equal_but_for_the_record(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines() -> dict[str, list[bytes]]:
        shutil.rmtree(course / ".cache", ignore_errors=True)
        assert build(course).returncode == 0
        return {name: data.split(b"\n") for name, data in contents(course).items()}

    monkeypatch.setenv("SITE_URL", "https://course.example/")
    first = lines()
    # The second build finds itself on another day, as MkDocs understands it.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    for name, theirs in lines().items():
        assert all(a == b or b"data-record" in a for a, b in zip(first[name], theirs, strict=True)), name
    # Nor does a page tell anything else when other runs of its lesson become known, which a build must notice.
    (course / "pyproject.toml").write_text('[tool.coursebuild]\ndocs = "docs/en"\n')
    again = [sys.executable, "-m", "coursebuild", "replicate", "--runs", "2"]
    assert subprocess.run(again, cwd=course, capture_output=True).returncode == 0
    assert build(course).returncode == 0
    second = {name: data.split(b"\n") for name, data in contents(course).items()}
    assert b"In 2 other runs, its 1 claim about this run held each time." in b"\n".join(second["one.html"])
    assert first.keys() == second.keys()
    assert b"<loc>https://course.example/one.html</loc>" in b"\n".join(first["sitemap.xml"])
    for name, ours in first.items():
        if Path(name).stem == "proofs":
            continue  # which tell what held in other runs
        pairs = zip(ours, second[name], strict=True)
        assert all(a == b or b"data-record" in a for a, b in pairs), name


def test_two_builds_at_once_in_one_folder(course: Path) -> None:
    builds = [subprocess.Popen(BUILD, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    said = [each.communicate()[0] for each in builds]
    assert [each.returncode for each in builds] == [0, 0], said
    assert "one.html" in contents(course)
    only_the_site_is_left(course)


def test_a_killed_build_leaves_the_site_and_no_lesson_running(course: Path) -> None:
    assert build(course).returncode == 0
    before = contents(course)
    mark = course / "running"
    code = f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n"
    write(course, "one", f"```python\n{code}```\n")
    killed = subprocess.Popen(BUILD, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lesson = int(wait_for(lambda: mark.is_file() and mark.read_text()))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert contents(course) == before
    wait_for(lambda: not alive(lesson))
    write(course, "one", GOOD + "\nAgain.\n")
    assert build(course).returncode == 0
    assert b"Again." in contents(course)["one.html"]
    only_the_site_is_left(course)


def wait_for(there: "object", seconds: float = LONG) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := there():  # type: ignore[operator]
            return str(found)
        time.sleep(0.05)
    raise AssertionError(f"nothing in {seconds} s")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.is_file() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_serving_shows_an_edit_and_keeps_the_page_that_stood_through_a_fault(course: Path) -> None:
    import socket
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    log = course.parent / "serve.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=course, stdout=out, stderr=out)

    def page(name: str = "one", kind: str = "html") -> str:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}.{kind}", timeout=5).read().decode()
        except OSError:
            return ""

    try:
        wait_for(lambda: "The largest" in page())
        wait_for(lambda: "Serving on" in log.read_text())
        write(course, "one", GOOD + "\nFirst edit.\n")
        wait_for(lambda: "First edit." in page())
        builds = log.read_text().count("Building documentation...")
        time.sleep(2)  # a build that set off the next one would have done so by now
        assert log.read_text().count("Building documentation...") == builds
        write(course, "one", GOOD + "\n<!-- claim: 1 > 2 -->\n\nSecond edit.\n")
        wait_for(lambda: "the claim '1 > 2' is false" in log.read_text())
        assert "First edit." in page()
        write(course, "one", GOOD + "\nThird edit.\n")
        wait_for(lambda: "Third edit." in page())
        retitled = (course / "docs" / "en" / "one.md").read_text().replace("title: one", "title: First of all")
        (course / "docs" / "en" / "one.md").write_text(retitled)
        wait_for(lambda: "<title>First of all" in page())
        for name in ("one", "index", "one/proofs"):  # rendered when they are asked for, and whole then
            assert "First of all" in page(name)
            assert page(name).lstrip().startswith("<!doctype html>")
        for _ in range(2):  # made for the first who asks
            assert page("search/index", "js").startswith("var searchIndex = ")
            assert '"title":"First of all"' in page("search/index", "js")
        assert not (course / "site").exists()
    finally:
        server.terminate()
        server.wait()
