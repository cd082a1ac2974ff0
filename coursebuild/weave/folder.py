"""The folder that is replaced: made beside the one that stands, and put in its place when it is whole."""

import contextlib
import ctypes
import fcntl
import os
import posixpath
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from coursebuild.faults import writing


def scratch(to: Path) -> Path:
    """The name of a folder, not there yet, in which to make what `swap` puts at `to`."""
    with writing(to):
        to.parent.mkdir(parents=True, exist_ok=True)
    with locked(to.parent):
        if (old := to.with_name(f"{to.name}.old")).exists() and not to.exists():
            old.rename(to)  # a build was killed while it swapped
    for left in to.parent.iterdir():  # by builds that were killed
        owner = re.fullmatch(rf"{re.escape(to.name)}\.(\d+)\.new", left.name)
        if owner and (int(owner[1]) == os.getpid() or not exists(int(owner[1]))):
            shutil.rmtree(left, ignore_errors=True)
    return to.with_name(f"{to.name}.{os.getpid()}.new")


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def files_and_folders(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path that is to be that of a file and that of the folder of another, with this other."""
    folders: dict[str, str] = {}
    names = set(names)
    for name in sorted(names):
        above = posixpath.dirname(name)
        while above and above not in folders:
            folders[above] = name
            above = posixpath.dirname(above)
    return ((name, folders[name]) for name in sorted(names & folders.keys()))


def swap(new: Path, to: Path) -> None:
    """Put a finished folder in the place of another: at one stroke where the system can, so that one always stands."""
    old = to.with_name(f"{to.name}.old")
    with locked(to.parent):
        shutil.rmtree(old, ignore_errors=True)
        if to.exists() and exchange(new, to):
            new.rename(old)
        else:
            if to.exists():
                to.rename(old)
            new.rename(to)
        shutil.rmtree(old, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names at one stroke (Linux: renameat2 with RENAME_EXCHANGE); False where that cannot be done."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    here, exchanged = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(libc.renameat2(here, os.fsencode(one), here, os.fsencode(other), exchanged) == 0)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One build at a time; the lock goes with its process, however that ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
