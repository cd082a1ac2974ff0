"""The figures that the build is held to, as ratios within one run: `make bench`.

Everything happens in copies of the project in a temporary folder, with caches of their own.
"""

import contextlib
import functools
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
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import psutil
from playwright.sync_api import Browser, expect, sync_playwright

from coursebuild.read.course import Course, check
from coursebuild.run.course import cores, run_all, seconds
from coursebuild.run.process import joined
from coursebuild.weave.course import weave
from tests.conftest import QUIET, named
from tests.play.conftest import come

ROOT = Path(__file__).parents[1]
PARTS = ("docs", "snippets", "mkdocs.yml", "requirements.txt", "pyproject.toml")
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


def cold(folder: Path) -> None:
    project = copy(folder / "cold")
    build = timed([*MKDOCS, "build"], project)
    report("cold build of the whole course, seconds", build, 180)
    beside = seconds(Course.at(project))
    ideal = max(sum(beside.values()) / cores(), *beside.values())
    what = (
        f"{ideal:.1f} s by the lessons' own seconds on {cores()} cores; imports, MkDocs and all else are in the build"
    )
    report("cold build / the least that its lessons could take", build / ideal, 1 / 0.85, what)
    alone = {}
    for name in sorted(beside, key=beside.__getitem__)[-3:]:
        shutil.rmtree(project / ".cache" / "runs" / Path(name).with_suffix(""))
        timed([*MKDOCS, "build"], project)
        alone[name] = seconds(Course.at(project))[name]
    slowest = max(alone, key=alone.__getitem__)
    what = ", ".join(f"{name} {each:.1f}, beside another {beside[name]:.1f}" for name, each in alone.items())
    report("the slowest lesson alone, seconds", alone[slowest], 20, what)
    programs = [each for each in sorted((project / "site").glob("*/*.py")) if not each.name.startswith("block-")]
    empty = folder / "empty"
    empty.mkdir()
    bare = [timed([sys.executable, str(program)], empty) for program in programs]
    print("bare Python: " + ", ".join(f"{path.stem} {each:.1f} s" for path, each in zip(programs, bare, strict=True)))
    what = f"cold build / the {len(programs)} programs by bare Python, one after the other"
    report(what, build / sum(bare), 0.4, f"{build:.1f} s / {sum(bare):.1f} s")
    labs = [lesson for lesson in check(Course.at(project)).values() if lesson.lab and lesson.cells]
    for lab in labs:  # which the build runs too, though they are no programs to download
        (folder / "lab.py").write_text(joined(lab))
        bare.append(timed([sys.executable, str(folder / "lab.py")], empty))
    what = f"cold build / the {len(bare)} programs that it runs, {len(labs)} of labs"
    report(what, build / sum(bare), 0.4, f"{build:.1f} s / {sum(bare):.1f} s")
    shutil.rmtree(project / ".cache")
    with watched() as samples:  # which costs time of its own
        timed([*MKDOCS, "build"], project)
    report("peak memory of a cold build", max(samples) / 2**30, 4, "GiB")


def busy(folder: Path) -> None:
    """How busy the cores are from the first lesson to the end of the last, known to be long or not."""
    project = copy(folder / "busy")
    course = Course.at(project)
    for known in (False, True):
        shutil.rmtree(course.cache, ignore_errors=True)
        begun = time.perf_counter()
        runs, faults = run_all(course, check(course).values(), note=lambda _: None)
        whole = time.perf_counter() - begun
        assert not faults
        least = max(sum(run.seconds for run in runs.values()) / cores(), *(run.seconds for run in runs.values()))
        order = "what each took before" if known else "the length of its code"
        report(
            f"ideal / time of all lessons, in the order of {order}", -least / whole, -0.95, f"{least:.1f} / {whole:.1f}"
        )


def warm(folder: Path) -> None:
    """Against MkDocs alone on the woven pages, in turns."""
    project = folder / "cold"
    weave(Course.at(project), folder / "woven")
    plain = copy(folder / "plain")
    shutil.rmtree(plain / "docs" / "en")
    shutil.copytree(folder / "woven", plain / "docs" / "en")
    config = (plain / "mkdocs.yml").read_text()
    (plain / "mkdocs.yml").write_text(re.sub(r"(?m)^  - coursebuild:.*\n(?:      .*\n)*", "", config))
    timed([*MKDOCS, "build"], project)
    pairs = [(timed([*MKDOCS, "build"], project), timed([*MKDOCS, "build"], plain)) for _ in range(5)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    report("nothing changed / MkDocs alone on the woven pages", ratio, 1 / 3, f"{ours:.2f} s / {theirs:.2f} s")
    os.utime(project / "docs" / "en" / "fit.md")
    touched = timed([*MKDOCS, "build"], project)
    report("a page touched / the same", touched / theirs, 1 / 3, f"{touched:.2f} s / {theirs:.2f} s")


@contextlib.contextmanager
def served(project: Path) -> Iterator[str]:
    """The address of a project that is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with (project.parent / f"{project.name}.log").open("w") as log:
        server = subprocess.Popen(command, cwd=project, stdout=log, stderr=log)
        try:
            until(f"http://127.0.0.1:{port}/", "</html>")
            time.sleep(2)  # let the server begin to watch
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def serving(folder: Path) -> None:
    """Edits while the course is served, each until the new page is there."""
    project = folder / "cold"
    docs, snippet = project / "docs" / "en", project / "snippets" / "first_network.py"
    page = docs / "first-network.md"
    with served(project) as address:
        url = f"{address}/first-network.html"
        for what, old, new, shown, most in (
            ("a prose edit", "", "\n\nEdit {}.\n", "Edit {}[.]", 0.5),
            ("a new heading", "", "\n\n## New {} { #new-{} }\n\nText.\n", "New {}<", 1),
            ("a new title", "title: ", "title: {} ", "<title>{} ", 1),
        ):
            took = []
            for number in range(10):
                took.append(shows(page, old, new.replace("{}", str(number)), url, shown.replace("{}", str(number))))
            report(f"serving: {what}, seconds", statistics.median(took), most, f"{min(took):.2f} to {max(took):.2f}")
        fresh, moved = docs / "fresh.md", docs / "moved.md"
        begun = edit(fresh, "", "---\ntitle: Fresh\ndescription: D\n---\n# Fresh { #fresh }\n\nText.\n")
        until(f"{address}/fresh.html", "Fresh")
        report("serving: a page added, seconds", time.perf_counter() - begun, 1)
        begun = time.perf_counter()
        fresh.rename(moved)
        until(f"{address}/moved.html", "Fresh")
        report("serving: a page renamed, seconds", time.perf_counter() - begun, 1)
        begun = time.perf_counter()
        moved.unlink()
        until(f"{address}/moved.html", "This page is not here")
        report("serving: a page removed, seconds", time.perf_counter() - begun, 1)
        beyond = []
        end = "# --8<-- [end:data]"
        for number in range(4):
            begun = edit(snippet, end, f"edited = {number}\n{end}")
            text = until(url, f"edited .*>{number}</span>")
            own = re.search(r"in ([\d.]+) seconds", text)
            beyond.append(time.perf_counter() - begun - float(own[1] if own else 0))
            edit(snippet, f"edited = {number}\n", "")
            until(url, "^((?!edited).)*$", re.DOTALL)
        first, *rest = beyond
        what = f"the first, which imports TensorFlow, {first:.2f}"
        report("serving: a code edit, seconds beyond the lesson's own", statistics.median(rest), 0.5, what)


def shows(page: Path, old: str, new: str, url: str, shown: str) -> float:
    """Seconds from an edit of a page until it is shown; then the page is put back."""
    text = page.read_text(encoding="utf-8")
    begun = edit(page, old, new)
    until(url, shown)
    took = time.perf_counter() - begun
    page.write_text(text, encoding="utf-8")
    until(url, f"^((?!{shown}).)*$", re.DOTALL)
    return took


def growing(folder: Path) -> None:
    """A course of small pages that grows: what a page costs must not grow with it."""
    costs: dict[str, list[float]] = {"cold": [], "unchanged": [], "one edit": []}
    counts = (10, 100, 1000)
    for count in counts:
        project = folder / f"pages-{count}"
        (project / "docs").mkdir(parents=True)
        (project / "mkdocs.yml").write_text(SMALL)
        for number in range(count):
            page = project / "docs" / ("index.md" if number == 0 else f"page-{number}.md")
            page.write_text(SMALL_PAGE.replace("NUMBER", str(number)))
        costs["cold"].append(timed([*MKDOCS, "build"], project))
        costs["unchanged"].append(statistics.median(timed([*MKDOCS, "build"], project) for _ in range(3)))
        edit(project / "docs" / "index.md", "", "\nMore.\n")
        costs["one edit"].append(timed([*MKDOCS, "build"], project))
        if count == 100:
            with served(project) as address:
                page = project / "docs" / "page-7.md"
                url = f"{address}/page-7.html"
                took = [shows(page, "", f"\n\nEdit {n}.\n", url, f"Edit {n}[.]") for n in range(5)]
            report("serving 100 pages: a prose edit, seconds", statistics.median(took), 0.6)
    for what, whole in costs.items():
        each = ", ".join(f"{n} pages {1000 * cost / n:.1f} ms" for n, cost in zip(counts, whole, strict=True))
        ratio = (whole[2] / counts[2]) / (whole[1] / counts[1])
        report(f"{what}: a page of 1,000 / a page of 100", ratio, 1.1, f"a page: {each}; {whole[2]:.1f} s in all")


SMALL = """\
site_name: Small
use_directory_urls: false
theme: {name: material, font: false}
plugins: [coursebuild, search]
markdown_extensions: [attr_list, pymdownx.superfences]
"""
SMALL_PAGE = """\
---
title: Page NUMBER
description: Number NUMBER of many.
---
# Page NUMBER

```python
total = sum(range(NUMBER))
print(total)
```

The sum is `{python} total`. <!-- claim: total >= 0 --> See [the first](index.md).
"""


def edit(path: Path, old: str, new: str) -> float:
    """Put `new` for `old` in a file (at its end if `old` is empty), and say when."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    begun = time.perf_counter()
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
    return begun


def until(url: str, pattern: str, flags: int = 0, seconds: float = 180) -> str:
    """The page's text once `pattern` is found in it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            try:
                text = urllib.request.urlopen(url, timeout=5).read().decode()
            except urllib.error.HTTPError as missing:
                text = missing.read().decode()
            if re.search(pattern, text, flags):
                return text
        time.sleep(0.02)
    sys.exit(f"{url} did not change in {seconds} s")


class Zipped(SimpleHTTPRequestHandler):
    """A server that sends everything compressed, lets it be kept, and counts what it sends."""

    sent: ClassVar[list[tuple[str, int]]] = []

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        self.send_response(200 if file.is_file() else 404)
        body = gzip.compress(file.read_bytes()) if file.is_file() else b""
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)
        self.sent.append((file.name, len(body)))

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def built(folder: Path) -> Iterator[str]:
    """The address of a site that was built: the one of this bench, or the project's."""
    site = folder / "cold" / "site"
    site = site if site.is_dir() else ROOT / "site"
    if not (site / "index.html").is_file():
        sys.exit("site/index.html:1: no site to measure (make build)")
    handler = functools.partial(Zipped, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=named("browser"), args=QUIET.split())


def weight(folder: Path) -> None:
    """What a browser loads, on the wire: a first visit, and a second page after it; without headers."""
    with built(folder) as address, chromium() as browser:
        for first, second in (
            ("index", "curves"),
            ("curves", "labs/fit"),
            ("labs/fit", "pitfalls"),
            ("curves", "index"),
        ):
            with browser.new_context() as context:
                page = context.new_page()
                loads = []
                for name in (first, second):
                    Zipped.sent.clear()
                    page.goto(f"{address}/{name}.html", wait_until="networkidle")
                    loads.append(sum(size for _, size in Zipped.sent) / 1000)
                    assert f"{Path(name).name}.html" in dict(Zipped.sent)
            report(f"{first}: a first visit, kB on the wire", loads[0], 90)
            report(f"{second} after {first}, kB on the wire", loads[1], 22)


# Of each explorer what is done to it: the lesson, what it is, what has the focus, and the key that is pressed.
ACTS = [
    ("index", "threshold", "a step of the lever", "[name=t]", "ArrowRight"),
    ("threshold", "threshold", "a step of the lever", "[name=t]", "ArrowRight"),
    ("threshold", "threshold", "a price", "[name=miss]", "ArrowUp"),
    ("confusion-matrix", "threshold", "a step of the lever", "[name=t]", "ArrowRight"),
    ("precision-recall", "threshold", "how rare class 1 is", "[name=share]", "ArrowDown ArrowUp"),
    ("roc-auc", "threshold", "a step of the lever", "[name=t]", "ArrowRight"),
    ("confusion-matrix", "matrix", "a count", "[name=tp]", "ArrowUp"),
    ("custom-losses", "losses", "a prediction", "[name=A]", "ArrowRight"),
    ("price-is-right", "losses", "another loss", "[name=loss]", "ArrowDown ArrowUp"),
    ("one-neuron", "neuron", "a weight", "[name=w1]", "ArrowRight"),
    ("one-neuron", "neuron", "other rows", "[name=rows]", "ArrowDown ArrowUp"),
    ("how-sure", "luck", "next draws", ".luck-next", "Enter"),
    ("how-sure", "luck", "fewer rows", "[name=count]", "ArrowDown ArrowUp"),
    ("curves", "predict", "a guess", "[name=guess]", "ArrowDown"),
    ("first-network", "train", "another rate", "[name=rate]", "ArrowDown ArrowUp"),
    ("learning-rate", "train", "another rate", "[name=rate]", "ArrowDown ArrowUp"),
    ("first-network", "train", "an epoch", "[name=step]", "Enter"),
    ("inside-digit", "digit", "ink", "[role=gridcell][tabindex='0']", "Space"),
    ("inside-digit", "digit", "another picture", ".play-set button", "Enter"),
    ("spam-transformer", "message", "a letter", "textarea", "a"),
]
FRAMES = """() => {
  globalThis.took = []
  addEventListener("keydown", event => requestAnimationFrame(() => {  // then styles, layout and paint; then the message
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => took.push(performance.now() - event.timeStamp)
    port2.postMessage(0)
  }), true)
}"""

REST = "() => new Promise(done => setTimeout(() => { took.length = 0; done() }, 50))"
TOOK = """() => new Promise(done => {
  const look = () => took.length ? done(took[0]) : setTimeout(look, 5)
  look()
})"""


def playing(folder: Path) -> None:
    """From a key to the next frame, at a four times slowed processor; beside it what a key costs that does nothing."""
    with built(folder) as address, chromium() as browser:
        for lesson, name, what, focus, keys in ACTS:
            page = browser.new_page(viewport={"width": 1300, "height": 900})
            page.goto(f"{address}/{lesson}.html")
            come(page, name)
            if name == "message":
                page.get_by_role("button", name="Load the model").click()
                expect(page.locator("play-message [role=status]")).to_contain_text("Transformer: score ")
            place = page.locator(f"play-{name} {focus}").first
            place.scroll_into_view_if_needed()
            page.evaluate(FRAMES)
            slow = page.context.new_cdp_session(page)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            took: dict[str, list[float]] = {"base": [], "it": []}
            for number in range(11):
                for kind, key in (("base", "Shift"), ("it", keys.split()[number % len(keys.split())])):
                    place.focus()
                    expect(page.locator(f"play-{name}[aria-busy]")).to_have_count(0)
                    page.evaluate(REST)
                    page.keyboard.press(key)
                    took[kind].append(page.evaluate(TOOK))
            base, it = (statistics.median(each) for each in took.values())
            detail = f"no more than a key {base:.0f}; {min(took['it']):.0f} to {max(took['it']):.0f}"
            report(f"{name} ({lesson}): {what}, milliseconds", it, 50, detail)
            page.close()


TYPED = """word => {
  const input = document.querySelector(".finder input"), begun = performance.now()
  input.value = word
  input.dispatchEvent(new Event("input"))
  return performance.now() - begun
}"""


def searching(folder: Path) -> None:
    """From a letter typed into the search to the results, each for the first time on its page."""
    words = ("class weight", "the loss", "confussion matrix")
    typed = [word[:end] for word in words for end in range(1, len(word) + 1)]
    with built(folder) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/fit.html")
        page.keyboard.press("/")
        page.keyboard.insert_text("early")
        page.locator(".finder .found h2 a").first.wait_for()
        took = {word: page.evaluate(TYPED, word) for word in typed}
    longest = max(took, key=lambda word: took[word])
    report("search: a letter, milliseconds, median", statistics.median(took.values()), 50)
    report("search: the longest, milliseconds", took[longest], 100, f"“{longest}”")


MISSED: list[str] = []


def report(what: str, figure: float, most: float, detail: str = "") -> None:
    """Tell a figure and whether it is low enough; negative ones have to be high enough."""
    verdict = "ok" if figure <= most else "MISSED"
    if figure > most:
        MISSED.append(what)
    bound = "at most" if most >= 0 else "at least"
    print(f"{what}: {abs(figure):.2f} ({bound} {abs(most):.3g}: {verdict}) {detail}".rstrip(), flush=True)


def main() -> None:
    """All parts, or those that are named, as in `python -m tests.bench cold warm`."""
    parts = {each.__name__: each for each in (cold, warm, serving, weight, playing, searching, busy, growing)}
    with tempfile.TemporaryDirectory() as name:
        for part in sys.argv[1:] or parts:
            parts[part](Path(name))
    if MISSED:
        sys.exit(f"{len(MISSED)} missed: {'; '.join(MISSED)}")


if __name__ == "__main__":
    main()
