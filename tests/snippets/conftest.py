"""What the run of a lesson left, for the tests of its snippet; `pytest --codeblocks` looks at the same run."""

import contextlib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, ran: Callable[[Path], Any]) -> Any:
    """The run of the page that a test's module is named after."""
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    run = ran(request.config.rootpath / "docs" / "en" / f"{name}.md")
    if run.error:
        cause = run.error.__context__ or run.error  # pytest-codeblocks' own has the whole program
        pytest.fail("".join(traceback.format_exception(cause)), pytrace=False)
    return run


@pytest.fixture(scope="module")
def folder(run: Any) -> Path:
    """The folder in which the lesson ran."""
    return Path(run.folder)


@pytest.fixture(scope="module")
def lesson(run: Any, folder: Path) -> Iterator[dict[str, Any]]:
    """What the lesson's cells define, top to bottom; its tests are in its folder."""
    with contextlib.chdir(folder):
        yield run.names
