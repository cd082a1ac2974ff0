"""What is imported once for all lessons, and which lessons begin with nothing imported."""

import pytest

from coursebuild.run.imports import changes_environment, imported, preload, versions
from tests.coursebuild.conftest import Project


def cell(code: str) -> str:
    return f"```python\n{code}\n```\n\n"


def test_what_lessons_import_and_share(project: Project) -> None:
    one = project.read(cell("import os, yaml\nfrom pytest import approx as a") + cell("def f():\n    import keras.ops"))
    two = project.read(cell("import yaml as y\nimport json.decoder"))
    assert imported(one) == {"yaml", "pytest", "pytest.approx", "keras.ops"}
    assert preload([one, two]) == ("yaml",)
    assert preload([two]) == ("yaml",)
    assert preload([]) == ()


def test_versions_are_those_of_what_a_lesson_imports(project: Project) -> None:
    assert list(versions(project.read(cell("import yaml, json, nothing_there")))) == ["PyYAML", "Python"]
    assert set(versions(project.read(cell("import keras")))) == {"keras", "tensorflow", "Python"}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("os.environ['A'] = '1'", True),
        ("del environ['A']", True),
        ("os.environ |= {'A': '1'}", True),
        ("os.environ.setdefault('A', '1')", True),
        ("os.environ.update(A='1')", True),
        ("os.putenv('A', '1')", True),
        ("print(os.environ['A'], os.environ.get('A'), dict(os.environ))", False),
        ("text = \"os.environ['A'] = '1'\"", False),
    ],
)
def test_a_program_that_changes_its_environment(code: str, changes: bool, project: Project) -> None:
    assert changes_environment(project.read(cell(code))) == changes


def test_a_variable_that_a_cell_sets_is_seen_by_what_it_imports(project: Project) -> None:
    code = "import os\nos.environ['MPLBACKEND'] = 'svg'\nimport sys\nprint('matplotlib' in sys.modules)"
    both = project.read(cell("import matplotlib"))
    assert preload([both]) == ("matplotlib",)
    assert project.run(cell(code)).outputs[0].stdout == "False\n"
