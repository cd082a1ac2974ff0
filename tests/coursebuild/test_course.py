"""What a maintainer may choose, and which files are a course's."""

import os

import pytest

from coursebuild.read.course import Options, check, options_of
from coursebuild.read.files import walk
from coursebuild.run.course import limits_of
from tests.coursebuild.conftest import HEAD, Project, faults


def test_options_of_a_project_are_read_from_its_pyproject(project: Project) -> None:
    project.write("pyproject.toml", '[tool.coursebuild]\ndocs = "pages"\ncell_seconds = 5\nmemory = 1.5\njobs = 0\n')
    assert options_of(project.root) == Options(docs="pages", cell_seconds=5, memory=1.5)
    (project.root / "docs").rename(project.root / "pages")
    assert project.course.docs == project.root / "docs"
    assert faults(lambda: options_of(project.root)) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sels = 3", "no option sels (one of docs, snippets, cell_seconds, characters, memory, jobs, repository, "),
        ("jobs = 'x'", "jobs is 'x' (a whole number)"),
        ("jobs = -1", "jobs is -1 (a whole number)"),
        ("jobs = true", "jobs is True (a whole number)"),
        ("cell_seconds = 0", "cell_seconds is 0 (a number above 0)"),
        ("characters = 1.5", "characters is 1.5 (a whole number)"),
        ("repository = 3", "repository is 3 (a text)"),
        ("environment = 'x'", "environment is 'x' (names and their texts)"),
        ("environment = {A = 1}", "environment is {'A': 1} (names and their texts)"),
        ("environment = {'A=B' = 'c'}", "environment is {'A=B': 'c'} (names and their texts)"),
        ("environment = {'' = 'c'}", "environment is {'': 'c'} (names and their texts)"),
        ('environment = {A = "\\u0000"}', "environment is {'A': '\\x00'} (names and their texts)"),
    ],
)
def test_an_option_that_is_none_is_told_at_its_line(line: str, told: str, project: Project) -> None:
    project.write("pyproject.toml", f"[project]\nname = 'jobs'\n\n[tool.coursebuild]\n# why\n{line}\n")
    found = faults(lambda: options_of(project.root))
    assert len(found) == 1
    assert found[0].startswith(f"pyproject.toml:6: {told}")


def test_the_options_of_a_project_are_a_table(project: Project) -> None:
    project.write("pyproject.toml", "[tool]\ncoursebuild = 5\n")
    told = ["pyproject.toml:2: coursebuild is no table ([tool.coursebuild])"]
    assert faults(lambda: options_of(project.root)) == told
    project.write("pyproject.toml", "tool = 5\n")
    assert options_of(project.root) == Options()
    project.write("pyproject.toml", "[tool.coursebuild]\nmemory = inf\nenvironment = {A = ''}\n")
    assert limits_of(project.course).memory > 2**50


def test_a_pyproject_that_is_no_toml(project: Project) -> None:
    project.write("pyproject.toml", "[project]\nname = \n")
    (told,) = faults(lambda: options_of(project.root))
    assert told.startswith("pyproject.toml:2: ")


@pytest.mark.parametrize("how", ["none.md", "page.md#walk"])
def test_where_a_page_says_how_to_run_one_is_there(how: str, project: Project) -> None:
    project.page("# A { #run }\n")
    chosen = "[tool.coursebuild]\nhow_to_run = "
    project.write("pyproject.toml", f'{chosen}"{how}"\n')
    (told,) = faults(lambda: check(project.course))
    assert told.startswith(f"pyproject.toml:2: how_to_run leads nowhere: '{how}' (a page below the pages and")
    project.write("pyproject.toml", f'{chosen}"page.md#run"\n')
    assert faults(lambda: check(project.course)) == []


def test_what_uv_is_told_to_have_no_dependencies_is_installed_alone(project: Project) -> None:
    table = "[[tool.uv.dependency-metadata]]\nname = {}\nrequires-dist = {}\n"
    project.write("pyproject.toml", table.format("'one'", "[]") + table.format("'two'", "['three']"))
    assert project.course.alone == {"one"}


def test_linked_folders_are_walked_once_and_hidden_files_never(project: Project) -> None:
    project.write("shared/one.md", HEAD)
    docs = project.root / "docs"
    (docs / "shared").symlink_to("../shared")
    (docs / "shared" / "round").symlink_to("..")
    (docs / ".#one.md").symlink_to("nobody@nowhere.1:2")
    project.write("docs/.git/x.md", "")
    project.page("# A\n", "b/a.md")
    assert [str(name) for name in walk(docs)] == ["b/a.md", "shared/one.md"]
    assert list(map(str, check(project.course))) == ["b/a.md", "shared/one.md"]


@pytest.mark.parametrize("name", ["A.MD", "b.Markdown", "caf\udce9.md", "a\nb.md"])
def test_a_page_by_a_name_that_tools_read_in_different_ways_is_told(name: str, project: Project) -> None:
    project.page("# A\n", name)
    (told,) = faults(lambda: check(project.course))
    assert told.startswith(f"docs/{name.translate({10: '?', 0xDCE9: '?'})}:1: a page by a name that not every tool")


def test_two_pages_whose_files_go_to_one_place_are_told(project: Project) -> None:
    for name in ("a.md", "a.markdown", "b/a.md"):
        project.page("# A\n", name)
    told = "docs/a.md:1: its files go where those of a.markdown go (a page by another name)"
    assert faults(lambda: check(project.course)) == [told]


def test_a_pipe_is_not_waited_for(project: Project) -> None:
    os.mkfifo(project.root / "docs" / "page.md")
    assert faults(lambda: check(project.course)) == ["docs/page.md:1: cannot be read: it is a pipe (a readable file)"]


@pytest.mark.parametrize("ending", ["markdown", "mdown", "mkdn", "mkd"])
def test_every_file_that_mkdocs_takes_for_a_page_is_one(ending: str, project: Project) -> None:
    project.page("```py\n1\n```\n", f"extra.{ending}")
    assert faults(lambda: check(project.course))[0].startswith(f"docs/extra.{ending}:5: '```py' looks like a cell")
