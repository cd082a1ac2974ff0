"""One thing that is wrong: `path:line: what is wrong (what would be right)`, the only form of error that there is."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong, where it is wrong, and what would be right."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"

    def annotation(self, kind: str = "error") -> str:
        """The fault as GitHub shows it on its line (a workflow command; `kind` is error or warning)."""
        text = self.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        path = self.path.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        return f"::{kind} file={path},line={self.line}::{text}"


class LessonError(Exception):
    """The faults of one lesson or of a whole build, all of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def standing(path: str | bytes | Path) -> str:
    """A path as it is told: of what is made beside a folder that it will replace, the path that it will have."""
    return re.sub(r"[.]\d+[.]new(?=/|$)", "", os.path.relpath(os.fsdecode(path)))


@contextlib.contextmanager
def writing(path: Path, right: str = "a folder that can be written, on a disk with room") -> Iterator[None]:
    """What the system refuses while something is written at `path`, as a fault of that path."""
    try:
        yield
    except OSError as error:
        raise LessonError(
            [Fault(standing(error.filename or path), 1, f"cannot be written: {error.strerror or error} ({right})")]
        ) from None
