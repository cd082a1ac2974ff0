"""What is imported once for all lessons, which lessons begin with nothing imported, and what each needs."""

from importlib.metadata import version

import pytest

from coursebuild.run.imports import Need, changes_environment, imported, needs, preload, versions
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


def test_a_lesson_needs_the_packages_of_its_run_and_those_that_it_asks_for_by_name(project: Project) -> None:
    asks = "from importlib import metadata, resources\nmetadata.distribution('tqdm')\nresources.files('json')\n"
    lesson = project.read(cell("import json, yaml, torch") + cell(f"{asks}metadata.version('no-such')\nopen('psutil')"))
    found = needs(lesson, {"torch": "1.2+cpu", "PyYAML": "6", "Python": "3.11.1"}, {"tqdm"})
    assert found == (
        Need("yaml", "PyYAML", "6"),
        Need("torch", "torch", "1.2"),
        Need("tqdm", "tqdm", version("tqdm"), alone=True),
    )
    assert needs(project.read(cell("import json")), {"Python": "3.11.1"}) == ()


def test_keras_needs_its_backend_and_a_module_of_another_name_has_its_distribution(project: Project) -> None:
    lesson = project.read(cell("import keras\nfrom sklearn import metrics"))
    modules = {need.module: need.name for need in needs(lesson, versions(lesson))}
    assert modules == {"keras": "keras", "sklearn": "scikit-learn", "tensorflow": "tensorflow"}


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
