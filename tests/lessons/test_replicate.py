import re
import subprocess
import sys
from pathlib import Path

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
