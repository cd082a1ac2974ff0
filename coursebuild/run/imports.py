"""What lessons import: what a server of theirs should have ready, what a page's record names, what it needs."""

import ast
import contextlib
import functools
import importlib.metadata
import platform
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from coursebuild.read.model import Lesson
from coursebuild.run.worker import ENVIRONMENT


def imported(lesson: Lesson) -> set[str]:
    """The modules of packages that a lesson's cells import."""
    return {name for cell in lesson.cells if "import" in cell.code for name in modules_of(cell.code)}


@functools.lru_cache(10_000)
def modules_of(code: str) -> frozenset[str]:
    return frozenset(modules(ast.parse(code)))


def modules(tree: ast.AST) -> set[str]:
    """The modules that a program imports, dotted, without the standard library's; `from a import b` may mean a.b."""
    found = set()
    for node in statements(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}


def statements(of: ast.AST) -> Iterator[ast.AST]:
    """All statements of a program, those in others too; without a look into expressions, of which most of it is."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(of, name, ()):
            yield each
            yield from statements(each)


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
    return dict(sorted(installed(packages(lesson)))) | {"Python": platform.python_version()}


def packages(lesson: Lesson) -> set[str]:
    """The packages that a lesson imports, and Keras's backend."""
    names = {name.split(".")[0] for name in imported(lesson)}
    return names | ({ENVIRONMENT["KERAS_BACKEND"]} if "keras" in names else set())


def installed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for distribution in distributions().get(name, ())[:1]:
            yield distribution, importlib.metadata.version(distribution)


@dataclass(frozen=True)
class Need:
    """What a lesson needs: a module, the distribution that brings it, its version here; `alone` without what that asks.

    The version has no local part (`+cpu`): the registry has none.
    """

    module: str
    name: str
    version: str
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def needs(lesson: Lesson, versions: Mapping[str, str], alone: Collection[str] = ()) -> tuple[Need, ...]:
    """What a lesson needs beside Python: the packages of its run's `versions`, and those that it asks for by name.

    The latter are as they are installed now: a run is kept only while that is the same (run/cache.py).
    """
    whole = dict(versions)
    whole.pop("Python", None)
    for name in (name for cell in lesson.cells if "importlib" in cell.code for name in named(ast.parse(cell.code))):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
            whole.setdefault(name, importlib.metadata.version(name))
    modules = packages(lesson)
    return tuple(
        Need(module_of(name, modules), name, whole[name].partition("+")[0], name in alone)
        for name in sorted(whole, key=str.lower)
    )


def named(tree: ast.AST) -> Iterator[str]:
    """The names in `importlib.metadata.distribution("name")`, `importlib.resources.files("name")` and the like."""
    for node in ast.walk(tree):
        called = getattr(node, "func", None)
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if isinstance(node, ast.Call) and name in ("distribution", "files", "version"):
            for each in node.args[:1]:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


def module_of(name: str, modules: Iterable[str]) -> str:
    """Which of the modules a distribution brings; the one that is called as it is, if none."""
    usual = name.replace("-", "_")
    files = "" if usual in modules else importlib.metadata.distribution(name).read_text("RECORD") or ""
    return next((each for each in modules if re.search(rf"^{re.escape(each)}(/|\.)", files, re.MULTILINE)), usual)
