"""What lessons import: what a server of theirs should have ready, and which versions a page's record names."""

import ast
import functools
import importlib.metadata
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from coursebuild.read.model import Lesson
from coursebuild.run.worker import ENVIRONMENT


def imported(lesson: Lesson) -> set[str]:
    """The modules of packages that a lesson's cells import."""
    return {name for cell in lesson.cells for name in modules(ast.parse(cell.code))}


def modules(tree: ast.AST) -> set[str]:
    """The modules that a program imports, dotted, without the standard library's; `from a import b` may mean a.b."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}


def preload(lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """What more than one of the lessons imports, or the only one; each is imported once for all."""
    each = [imported(lesson) for lesson in lessons]
    counts = Counter(name for names in each for name in names)
    return tuple(sorted(name for name, count in counts.items() if count > 1 or len(each) == 1))


def changes_environment(lesson: Lesson) -> bool:
    """Whether a program sets variables of its environment, which packages may read while they are imported."""
    return any(sets_variable(node) for cell in lesson.cells for node in ast.walk(ast.parse(cell.code)))


def sets_variable(node: ast.AST) -> bool:
    """Whether it is `os.environ[…] = …`, `os.environ |= …`, `os.environ.update(…)`, `os.putenv(…)` or the like."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return ast.unparse(node.value).endswith("environ")
    if isinstance(node, ast.AugAssign):
        return ast.unparse(node.target).endswith("environ")
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called.endswith(("putenv", "unsetenv")) or any(
            called.endswith(f"environ.{change}") for change in ("update", "setdefault", "pop", "popitem", "clear")
        )
    return False


@functools.cache
def distributions() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


def versions(lesson: Lesson) -> dict[str, str]:
    """The versions that a page's record names: of the packages that it imports, and Python's."""
    names = {name.split(".")[0] for name in imported(lesson)}
    names |= {ENVIRONMENT["KERAS_BACKEND"]} if "keras" in names else set()
    return dict(sorted(installed(names))) | {"Python": platform.python_version()}


def installed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for distribution in distributions().get(name, ())[:1]:
            yield distribution, importlib.metadata.version(distribution)
