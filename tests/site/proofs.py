"""Runs downloads as somebody who took them would, and keeps the proofs: these bytes ran here and printed this.

A download that has not changed is not run again, unless COURSE_PROVE_AGAIN is set (nightly sets it).
"""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from coursebuild.run.terminal import clean

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "proofs"
PROTOCOL = 1  # of how a download is run and what is kept of it: with another number all are run again
HUNG = 3600  # seconds: no measure of speed


def environment() -> dict[str, str]:
    """What somebody who took a download has set, and nothing of what the build and its tests set for themselves."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def lines(printed: str) -> list[str]:
    return [line for line in clean(printed).split("\n") if line.strip()]


def run_program(program: bytes, folder: Path) -> list[str]:
    """What bare Python prints, in the order of a terminal."""
    (folder / "program.py").write_bytes(program)
    empty = folder / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-I", "-u", "../program.py"],
        cwd=empty,
        env=environment() | {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1"},  # the latter for what the program starts
        capture_output=True,
        timeout=HUNG,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode()
    # Decoded here, since the text mode of subprocess makes a new line of each carriage return.
    return lines(done.stdout.decode())


def run_notebook(data: bytes, folder: Path) -> list[list[str]]:
    """What each cell prints in a fresh kernel."""
    notebook = nbformat.reads(data.decode(), as_version=4)
    where = {"metadata": {"path": folder}}
    client = NotebookClient(notebook, timeout=HUNG, startup_timeout=HUNG, kernel_name="python3", resources=where)
    client.execute(env=environment())
    return held(notebook)


def held(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What each cell of an executed notebook printed."""
    cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    streams = [[out for out in outputs if out.output_type == "stream" and out.name == "stdout"] for outputs in cells]
    return [lines("".join(out.text for out in outs)) for outs in streams]


def key(download: bytes) -> str:
    """All that a proof depends on: the bytes, Python, the lock, what is installed, the variables, and this protocol."""
    installed = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    lock = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    facts = [PROTOCOL, sys.version, sys.platform, lock, installed, environment()]
    return hashlib.sha256(json.dumps(facts).encode() + download).hexdigest()


def proven(download: Path, folder: Path, shown: Any, run: Callable[[bytes, Path], Any], proofs: Path = FOLDER) -> Any:
    """What a download prints: by its proof, if there is one and it says `shown`; else by running it in `folder`."""
    data = download.read_bytes()
    proof = proofs / f"{download.stem}-{key(data)[:32]}.json"
    if "COURSE_PROVE_AGAIN" not in os.environ and kept(proof) == shown:
        return shown
    printed = run(data, folder)
    proofs.mkdir(parents=True, exist_ok=True)
    part = proof.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(printed), encoding="utf-8")
    part.replace(proof)
    return printed


def kept(proof: Path) -> Any:
    """What a proof says was printed; None if there is none, or if it is damaged."""
    try:
        return json.loads(proof.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
