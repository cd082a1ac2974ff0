"""The figures that the build is held to, as ratios within one run: `make bench`.

Everything happens in copies of the project in a temporary folder, with caches of their own.
"""

import contextlib
import gzip
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from coursebuild.read.course import Course
from coursebuild.weave.course import weave

ROOT = Path(__file__).parents[1]
PARTS = ("coursebuild", "docs", "snippets", "mkdocs.yml", "requirements.txt", "pyproject.toml")
MKDOCS = [sys.executable, "-m", "mkdocs", "--quiet"]


def copy(to: Path) -> Path:
    """A copy of the project's sources, without anything that was built."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / part)
    return to


def timed(command: list[str], cwd: Path) -> float:
    """Seconds that a command takes, start to end."""
    begun = time.perf_counter()
    environment = os.environ | {"MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the second call of a command finds what the first compiled
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begun


def memory(processes: list[psutil.Process]) -> int:
    """Bytes in use by processes; pages that they share are counted once, where the system tells."""
    total = 0
    for process in processes:
        try:
            full = process.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            pass
    return total


@contextlib.contextmanager
def watched() -> Iterator[list[int]]:
    """The memory of this process's children, sampled; the peak is the largest."""
    samples, stop = [0], threading.Event()

    def sample() -> None:
        while not stop.wait(0.2):
            samples.append(memory(psutil.Process().children(recursive=True)))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()


def own_seconds(project: Path) -> dict[str, float]:
    """What each lesson's own code took, as its page tells."""
    pages = (project / "site").glob("*.html")
    told = {
        page.stem: re.search(r"data-record[^>]*>Run on .*? in ([\d.]+) seconds", page.read_text()) for page in pages
    }
    return {name: float(found[1]) for name, found in told.items() if found}


def cold(folder: Path) -> None:
    project = copy(folder / "cold")
    build = timed([*MKDOCS, "build"], project)
    report("cold build of the whole course, seconds", build, 180)
    beside = own_seconds(project)
    alone = {}
    for name in sorted(beside, key=beside.__getitem__)[-3:]:
        for kept in (project / ".cache" / "runs").glob(f"{name}-*.ipynb"):
            kept.unlink()
        timed([*MKDOCS, "build"], project)
        alone[name] = own_seconds(project)[name]
    slowest = max(alone, key=alone.__getitem__)
    what = ", ".join(f"{name} {each:.1f}, beside two others {beside[name]:.1f}" for name, each in alone.items())
    report("the slowest lesson alone, seconds", alone[slowest], 20, what)
    programs = sorted((project / "site").glob("*/*.py"))
    empty = folder / "empty"
    empty.mkdir()
    bare = [timed([sys.executable, str(program)], empty) for program in programs]
    print("bare Python: " + ", ".join(f"{path.stem} {each:.1f} s" for path, each in zip(programs, bare, strict=True)))
    what = f"cold build / the {len(programs)} programs by bare Python, one after the other"
    report(what, build / sum(bare), 0.6, f"{build:.1f} s / {sum(bare):.1f} s")
    shutil.rmtree(project / ".cache")
    with watched() as samples:  # which costs time of its own
        timed([*MKDOCS, "build"], project)
    report("peak memory of a cold build", max(samples) / 2**30, 4, "GiB")


def warm(folder: Path) -> None:
    """Against MkDocs on the woven pages, in turns."""
    project = folder / "cold"
    weave(Course.at(project, project / "docs" / "en"), folder / "woven")
    plain = copy(folder / "plain")
    shutil.rmtree(plain / "docs" / "en")
    shutil.copytree(folder / "woven", plain / "docs" / "en")
    config = (plain / "mkdocs.yml").read_text()
    (plain / "mkdocs.yml").write_text(re.sub("(?m)^hooks:.*\n", "", config))
    pairs = [(timed([*MKDOCS, "build"], project), timed([*MKDOCS, "build"], plain)) for _ in range(7)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    report("rebuild, nothing changed / mkdocs build of the woven pages", ratio, 1.2, f"{ours:.2f} s / {theirs:.2f} s")


def serving(folder: Path) -> None:
    """Edits on the curves page while it is served, until the new page is there."""
    project = folder / "cold"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "serve.log").open("w")
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=project, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/first-network.html"
    page, snippet = project / "docs" / "en" / "first-network.md", project / "snippets" / "first_network.py"
    try:
        until(url, "</html>")
        time.sleep(2)  # let the server begin to watch
        prose = []
        for number in range(5):
            begun = edit(page, "", f"\n\nEdit number {number}.\n")
            until(url, f"Edit number {number}[.]")
            prose.append(time.perf_counter() - begun)
        report("serving: a prose edit, seconds", statistics.median(prose), 1, f"{min(prose):.2f} to {max(prose):.2f}")
        beyond = []
        end = "# --8<-- [end:data]"
        for number in range(3):
            begun = edit(snippet, end, f"edited = {number}\n{end}")
            text = until(url, f"edited<.*>{number}</span>")
            own = re.search(r"in ([\d.]+) seconds", text)
            beyond.append(time.perf_counter() - begun - float(own[1] if own else 0))
            edit(snippet, f"edited = {number}\n", "")
            until(url, "^((?!edited).)*$", re.DOTALL)
        first, *rest = beyond
        report(
            "serving: a code edit, seconds beyond the lesson's own",
            statistics.median(rest),
            1,
            f"the first, which imports TensorFlow, {first:.2f}",
        )
    finally:
        server.terminate()
        server.wait()
        log.close()


def edit(path: Path, old: str, new: str) -> float:
    """Put `new` for `old` in a file (at its end if `old` is empty), and say when."""
    text = path.read_text(encoding="utf-8")
    begun = time.perf_counter()
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
    return begun


def until(url: str, pattern: str, flags: int = 0, seconds: float = 180) -> str:
    """The page's text once `pattern` is found in it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            text = urllib.request.urlopen(url, timeout=5).read().decode()
            if re.search(pattern, text, flags):
                return text
        time.sleep(0.02)
    sys.exit(f"{url} did not change in {seconds} s")


def weight(folder: Path) -> None:
    """What a browser loads for a page, compressed."""
    site = folder / "cold" / "site"
    weights = []
    for page in site.glob("*.html"):
        html = page.read_text(encoding="utf-8")
        linked = re.findall(r'(?:src|href)="([^":#]+\.(?:css|js|svg))(?:#only-light)?"', html)
        files = {page, *(site / each.lstrip("/") for each in linked)}
        weights.append((sum(len(gzip.compress(file.read_bytes())) for file in files) / 1000, page.name))
    report("the heaviest page, kB gzipped", max(weights)[0], 150, max(weights)[1])


def report(what: str, figure: float, most: float, detail: str = "") -> None:
    verdict = "ok" if figure <= most else "MISSED"
    print(f"{what}: {figure:.2f} (at most {most:g}: {verdict}) {detail}".rstrip(), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold(folder)
        warm(folder)
        serving(folder)
        weight(folder)


if __name__ == "__main__":
    main()
