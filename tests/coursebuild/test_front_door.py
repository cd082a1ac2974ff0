"""The ways in: a wheel in an empty environment on somebody else's course, pytest, GitHub's annotations, pre-commit."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.coursebuild.conftest import HEAD, ROOT, Project

UV = ROOT / ".venv" / "bin" / "uv"
LESSON = (
    f'{HEAD}# Greetings {{ #hi }}\n\n```python\n--8<-- "greet.py:greet"\n```\n\n'
    "It says `{python} greet('you')`.\n<!-- claim: greet('a') == 'hello a' -->\n\nSee [the other](other.md#two).\n"
)
OTHER = f"{HEAD}# Other {{ #other }}\n\n## Two {{ #two }}\n\n$a < b$\n\n```python\nprint(1 + 1)\n```\n"
SNIPPET = "# --8<-- [start:greet]\ndef greet(name):\n    return f'hello {name}'\n# --8<-- [end:greet]\n"
SITE = "site_name: Theirs\nstrict: true\ntheme: {name: mkdocs}\nplugins: [coursebuild: {cell_seconds: 30, jobs: 2}]\n"


def call(command: "list[str | Path]", cwd: Path) -> "subprocess.CompletedProcess[str]":
    """A command in the environment of somebody else: nothing of this project's but what is installed."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(command, cwd=cwd, env=known, capture_output=True, text=True)


def made(command: "list[str | Path]", cwd: Path) -> str:
    done = call(command, cwd)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def uv(*words: "str | Path") -> None:
    """What uv does on this machine, which may have its own ways to the packages."""
    done = subprocess.run([UV, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    (path,) = folder.glob("coursebuild-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that has the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "env"
    uv("venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    what = f"coursebuild[mkdocs,test] @ {wheel.as_uri()}"
    uv("pip", "install", "--quiet", "--python", python, "--constraint", "requirements.txt", what)
    return folder / "bin"


@pytest.fixture
def theirs(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("docs/index.md", LESSON)
    project.write("docs/other.md", OTHER)
    project.write("snippets/greet.py", SNIPPET)
    project.write("mkdocs.yml", SITE)
    return project


def test_the_wheel_has_its_data_and_nothing_of_the_course(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"coursebuild/run/figure.mplstyle", "coursebuild/README.md", "coursebuild/site/plugin.py"} <= set(names)
    assert {name.split("/")[0] for name in names} == {
        "coursebuild",
        Path(next(n for n in names if "info/" in n)).parts[0],
    }


def test_a_wheel_in_an_empty_environment_serves_a_foreign_course(installed: Path, theirs: Project) -> None:
    assert call([installed / "python", "-c", "import tensorflow"], theirs.root).returncode == 1
    told = made([installed / "coursebuild", "check"], theirs.root)
    assert told == "docs/index.md: 1 run, 1 values, 1 claims\ndocs/other.md: 1 run\n"
    made([installed / "coursebuild", "run", "--shard", "1/1"], theirs.root)
    made([installed / "coursebuild", "weave", "--to", "woven"], theirs.root)
    assert 'It says <span id="proof-1">hello you</span>.' in (theirs.root / "woven" / "index.md").read_text()
    made([installed / "mkdocs", "build", "--quiet"], theirs.root)
    page = (theirs.root / "site" / "other" / "index.html").read_text()
    assert "<math" in page
    assert "Content-Security-Policy" in page
    assert 'href="index/proofs/"' in (theirs.root / "site" / "index.html").read_text()
    assert 'href="../../?proofs#proof-1"' in (theirs.root / "site" / "index" / "proofs" / "index.html").read_text()
    assert (theirs.root / "site" / "index" / "proofs.js").is_file()
    passed = made([installed / "pytest", "--lessons", "docs", "-q"], theirs.root)
    assert "2 passed" in passed
    wrong = theirs.write("docs/other.md", OTHER.replace("1 + 1", "1 / 0"))
    done = call([installed / "mkdocs", "build", "--quiet"], theirs.root)
    assert done.returncode == 1
    assert "docs/other.md:12: the cell raises ZeroDivisionError" in done.stderr
    assert (theirs.root / "site" / "other" / "index.html").read_text() == page
    assert wrong.is_file()


def run_pytest(project: Project, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "--lessons", "docs", *words]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True)


def test_pytest_has_one_item_a_lesson_with_all_that_pytest_does_with_items(theirs: Project) -> None:
    theirs.write("docs/plain.md", f"{HEAD}No cells.\n")
    theirs.write("docs/bad.md", f"{HEAD}```python\nprint(undefined)\n```\n")
    done = run_pytest(theirs, "--junitxml", "r.xml", "--durations", "3", "-n", "2", "-v")
    assert done.returncode == 1
    assert "docs/bad.md:6: the cell raises NameError (mend it):" in done.stdout
    assert "coursebuild/" not in done.stdout  # a fault, and no traceback of ours
    cases = ET.parse(theirs.root / "r.xml").getroot().iter("testcase")
    assert sorted(f"{case.get('classname')} {case.get('name')}" for case in cases) == [
        "docs.bad.md lesson",
        "docs.index.md lesson",
        "docs.other.md lesson",
        "docs.plain.md lesson",
    ]
    theirs.write("docs/bad.md", f"{HEAD}```python\nprint(1)\n```\n")
    again = run_pytest(theirs, "--lf", "-v")
    assert again.returncode == 0
    assert "1 passed" in again.stdout
    assert "3 deselected" in run_pytest(theirs, "-k", "index").stdout


def test_pytest_leaves_markdown_alone_unless_asked(theirs: Project) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", "docs"], cwd=theirs.root, capture_output=True, text=True)
    assert done.returncode == 5  # nothing collected


def test_faults_as_annotations_that_github_shows_on_their_line(project: Project) -> None:
    project.write("docs/a,b.md", HEAD + "```python\nimport sys\nprint('50%', file=sys.stderr)\n```\n")
    project.page("```py\n1\n```\n", "c.md")
    done = project.command("check", "--format", "github")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "::error file=docs/c.md,line=5::'```py' looks like a cell, but would not run (write ```python and no more)\n"
    )
    (project.root / "docs" / "c.md").unlink()
    done = project.command("weave", "--to", "out", "--format", "github")
    assert done.returncode == 0
    assert done.stdout.startswith("::warning file=docs/a%2Cb.md,line=5::the cell wrote to standard error")
    assert done.stdout.endswith("%0A    50%25\n")


def test_the_hook_for_pre_commit_is_the_command(project: Project) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    name, *words = hook["entry"].split()
    project.page("```py\n1\n```\n")
    done = subprocess.run([ROOT / ".venv" / "bin" / name, *words], cwd=project.root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "docs/page.md:5:" in done.stderr
    assert all(re.search(hook["files"], path) for path in ("docs/en/fit.md", "snippets/fit.py"))
