import re
import subprocess
import sys
from pathlib import Path

import yaml

from coursebuild.__main__ import parser
from coursebuild.read.course import Course, check
from coursebuild.run.course import expected, seconds
from coursebuild.run.seeds import moved

ROOT = Path(__file__).parents[2]


def test_the_two_cheapest_lessons_of_this_course_hold_in_other_runs() -> None:
    course = Course.at(ROOT)
    took = seconds(course)
    drawn = [lesson for lesson in check(course).values() if moved(lesson, 1) != lesson]  # the others have no seed
    cheapest = sorted(drawn, key=lambda lesson: expected(lesson, took))[:2]
    command = [sys.executable, "-m", "coursebuild", "replicate", *(lesson.path for lesson in cheapest)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [row for row in done.stdout.splitlines() if re.search(r"held in \d+ of 20", row)]
    assert (
        len(rows) == sum(each.proves for lesson in cheapest for cell in lesson.cells for each in cell.expressions) > 0
    )


def test_what_the_workflows_call_is_there() -> None:
    """The command with its options, and the targets of make."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = []
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        jobs = yaml.safe_load(path.read_text())["jobs"]
        lines = "\n".join(step.get("run", "") for job in jobs.values() for step in job["steps"]).split("\n")
        assert targets.issuperset(found[1] for line in lines if (found := re.match(r"make (\w+)", line)))
        called += [line for line in lines if "-m coursebuild" in line or line.startswith("make replicate")]
    assert len(called) == 2  # before it publishes, and each night
    words = re.sub(r"\$\(\(.*?\)\)", "6661", called[-1]).split("-m coursebuild")[1].split()
    options = parser().parse_args(words)
    assert (options.command, options.runs, options.first, options.format) == ("replicate", 20, 6661, "github")
