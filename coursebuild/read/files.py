"""The files of a folder, and the text of one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from coursebuild.faults import Fault, LessonError

PAGES = {".md", ".markdown", ".mdown", ".mkdn", ".mkd"}  # what MkDocs takes for a page


def hidden(name: str) -> bool:
    """Whether a file is hidden, as an editor's locks are, or in a folder that is."""
    return any(part.startswith(".") for part in PurePosixPath(name).parts)


def walk(folder: Path, left_out: Callable[[str], bool] = hidden) -> Iterator[PurePosixPath]:
    """Every file below a folder that is not left out, sorted; those of linked folders too."""
    found: list[PurePosixPath] = []
    for top, folders, files in os.walk(folder, followlinks=True):
        above = {os.path.realpath(str(each)) for each in (top, *Path(top).parents)}
        below = PurePosixPath(Path(top).relative_to(folder).as_posix())
        folders[:] = [
            each
            for each in folders
            if not (hidden(each) and left_out(f"{below / each}/any"))
            and os.path.realpath(os.path.join(top, each)) not in above
        ]
        named = [name for name in folders if PurePosixPath(name).suffix in PAGES]  # told when they are read
        found += [below / name for name in (*files, *named) if not left_out(str(below / name))]
    return iter(sorted(found))


def decode(data: bytes, path: str) -> str:
    """The text of a file. A byte order mark and Windows line ends are accepted, other encodings are a LessonError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02x}"
        raise LessonError([Fault(path, line, f"byte {byte} is not UTF-8 (save the file as UTF-8)")]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, shown_as: str) -> bytes:
    try:
        if path.is_fifo():  # which is read until somebody has written to it
            raise OSError(0, "it is a pipe")
        return path.read_bytes()
    except OSError as error:
        raise LessonError([Fault(shown_as, 1, f"cannot be read: {error.strerror} (a readable file)")]) from None


def read_file(path: Path, shown_as: str) -> str:
    return decode(read_bytes(path, shown_as), shown_as)
