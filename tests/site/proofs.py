"""Runs downloads as somebody who took them would, and keeps the proofs: these bytes ran here and printed this.

Most run in a process that is forked where what the lessons import has been imported: that takes as long as many a
lesson. A download that has not changed is not run again. With COURSE_PROVE_AGAIN, as nightly, all run, and import for
themselves.
"""

import functools
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from jupyter_client.provisioning import local_provisioner
from nbclient import NotebookClient

from coursebuild.run.imports import preload
from coursebuild.run.terminal import clean
from tests.site.conftest import LESSONS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "proofs"
PROTOCOL = 3  # of how a download is run and what is kept of it: with another number all are run again
HUNG = 3600  # seconds: no measure of speed
IMPORTED = preload(LESSONS.values())


def environment() -> dict[str, str]:
    """What somebody who took a download has set, and nothing of what the build and its tests set for themselves."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def lines(printed: str) -> list[str]:
    return [line for line in clean(printed).split("\n") if line.strip()]


@functools.cache
def ready(*modules: str) -> "subprocess.Popen[bytes]":
    """A Python to fork from: ready.py."""
    command = [sys.executable, "-I", "-u", str(Path(__file__).with_name("ready.py")), *modules]
    return subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )


def imports(code: str, *but: str) -> tuple[str, ...]:
    """What is imported before a program or notebook begins, without some packages: nothing, if it sets a variable."""
    return () if "environ" in code else tuple(each for each in IMPORTED if each.partition(".")[0] not in but)


class Process:
    """A process of Python in which some modules have been imported: as much of Popen as a kernel's manager asks for."""

    stdin = stdout = stderr = returncode = None

    def __init__(
        self, arguments: list[str], folder: Path, output: Path, env: Mapping[str, str], modules: Iterable[str]
    ) -> None:
        self.server = ready(*(() if "COURSE_PROVE_AGAIN" in os.environ else modules))
        assert self.server.stdin
        assert self.server.stdout
        self.answers = self.server.stdout
        self.server.stdin.write(json.dumps([arguments, str(folder), dict(env), str(output)]).encode() + b"\n")
        self.pid = int(self.answers.readline())

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.answers], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(self.answers.readline())
        return self.returncode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def run_program(program: bytes, folder: Path) -> list[str]:
    """What bare Python prints, in the order of a terminal."""
    (folder / "program.py").write_bytes(program)
    empty, output = folder / "empty", folder / "output"
    empty.mkdir()
    variables = environment() | {"MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1"}  # the latter for what the program starts
    process = Process(["../program.py"], empty, output, variables, imports(program.decode()))
    assert process.wait() == 0, (folder / "output-errors").read_text()[-2000:]
    # Decoded here, since the text mode of subprocess makes a new line of each carriage return.
    return lines(output.read_bytes().decode())


def run_notebook(data: bytes, folder: Path) -> list[list[str]]:
    """What each cell prints in a fresh kernel."""
    notebook = nbformat.reads(data.decode(), as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")

    def launch(command: list[str], cwd: str, env: dict[str, str], **_: Any) -> Process:
        modules = imports(code, "matplotlib")  # which asks a kernel's variables where to draw
        modules += ("ipykernel.kernelapp",) * bool(modules)
        return Process(command[command.index("-m") :], Path(cwd), folder / "kernel.txt", env, modules)

    where = {"metadata": {"path": folder}}
    client = NotebookClient(notebook, timeout=HUNG, startup_timeout=HUNG, kernel_name="python3", resources=where)
    with mock.patch.object(local_provisioner, "launch_kernel", launch):
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
