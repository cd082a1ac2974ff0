"""Lessons run again with other seeds: what is told of claims, rules and runs that die, and what is kept."""

import re

import pytest

from coursebuild.read.course import check
from coursebuild.run import replicate as replicating
from coursebuild.run.cache import KEPT
from coursebuild.run.replicate import Replications, known, replicate
from coursebuild.weave.course import weave
from tests.coursebuild.conftest import HEAD, Project

DRAW = "```python\nimport os\nimport random\nrandom.seed(1)\nx = random.random()\n```\n"


def told(project: Project, runs: int = 20, first: int = 1) -> tuple[list[str], list[str]]:
    """What replicating all of it notes, and the faults."""
    notes: list[str] = []
    faults = replicate(project.course, check(project.course).values(), runs, first, note=notes.append)
    return notes, list(map(str, faults))


def test_a_rule_that_is_only_luck_is_told_at_its_line_and_a_claim_is_not(project: Project) -> None:
    luck = "0.134 < x < 0.135"
    project.page(
        f"{DRAW}\nSmall. <!-- claim: {luck} -->\nAlways. <!-- holds: {luck} -->\nIn it. <!-- holds 20: 0 <= x < 1 -->\n"
    )
    project.run(project.root.joinpath("docs/page.md").read_text().removeprefix(HEAD))  # with its own seed all is true
    done = project.command("replicate", "--runs", "20")
    assert done.returncode == 1
    begun, *rows = done.stdout.splitlines()
    assert re.fullmatch(r"20 runs with other seeds, about \d+ seconds on \d+ cores; 0 are known already", begun)
    assert [re.sub(r" \(run.*\)", "", row) for row in rows] == [
        f"docs/page.md:12: claim '{luck}' held in 0 of 20",
        f"docs/page.md:13: rule '{luck}' held in 0 of 20",
        "docs/page.md:14: rule '0 <= x < 1' held in 20 of 20",
    ]
    assert re.fullmatch(
        rf"docs/page.md:13: the rule '{luck}' held in 0 of 20 other runs, not in run 1: 0.134 < 0.\d+ < 0.135; run 2: "
        r".*; run 3: .* \(19 of 20: mend the sentence, or the experiment, or claim it of this run\)\n",
        done.stderr,
    )
    again = project.command("replicate", "--format", "github")  # all of it is kept
    assert again.stdout.startswith("docs/page.md:12: ")
    assert "::error file=docs/page.md,line=13::the rule" in again.stdout
    assert again.returncode == 1


@pytest.mark.parametrize(
    ("kind", "held", "runs", "enough"),
    [
        ("holds", 19, 20, True),
        ("holds", 18, 20, False),
        ("holds 20", 19, 20, False),
        ("holds 20", 20, 20, True),
        ("holds", 4, 5, False),
        ("holds", 5, 5, True),
        ("holds", 38, 40, True),
        ("claim", 0, 20, True),
    ],
)
def test_how_often_a_rule_must_hold(kind: str, held: int, runs: int, enough: bool, project: Project) -> None:
    lesson = project.read(f"{DRAW}\nSo. <!-- {kind}: x < 2 -->\n")
    others = {n: replicating.Other(((n <= held,),), {}, (), 0, {}) for n in range(1, runs + 1)}
    assert [*replicating.wrong(lesson, others)] == [] if enough else len([*replicating.wrong(lesson, others)]) == 1


def test_two_runs_of_one_number_are_the_same_and_of_two_differ(project: Project) -> None:
    project.page(f"{DRAW}\nNo. <!-- claim: x < 0.135 -->\n")
    first, second = told(project, 3)[0], told(project, 3)[0]
    assert first[1:] == second
    texts = re.findall(r"run \d: (0\.\d+) <", second[0])
    assert len(set(texts)) == 3
    assert replicate(project.course, check(project.course).values(), 3, fresh=True, note=first.append) == []
    assert first[-1] == second[0]


@pytest.mark.parametrize(
    ("code", "told_at"),
    [
        (
            "if x != 0.13436424411240122:\n    raise KeyError(x)",
            "docs/page.md:15: {} the cell raises KeyError (mend it)",
        ),
        (
            "if x != 0.13436424411240122:\n    os._exit(3)",
            "docs/page.md:13: {} the cell ended its process, exit status 3",
        ),
    ],
)
def test_a_run_that_dies_holds_nothing_from_there_on(code: str, told_at: str, project: Project) -> None:
    project.page(f"{DRAW}One. <!-- holds: x < 1 -->\n\n```python\n{code}\n```\n\nTwo. <!-- holds: x < 1 -->\n")
    project.run(project.root.joinpath("docs/page.md").read_text().removeprefix(HEAD))  # where its own seed gets through
    notes, faults = told(project, 2)
    assert notes[1:] == ["docs/page.md:18: rule 'x < 1' held in 0 of 2", "docs/page.md:11: rule 'x < 1' held in 2 of 2"]
    *died, rule = faults
    assert rule.startswith("docs/page.md:18: the rule 'x < 1' held in 0 of 2 other runs (19 of 20: mend ")
    for number, fault in enumerate(died, 1):
        assert fault.startswith(told_at.format(f"in run {number}, with other seeds,"))
    assert len(died) == 2


def test_a_missing_error_and_a_value_that_raises_are_told_and_the_run_goes_on(project: Project) -> None:
    project.page(
        f"{DRAW}`{{python}} {{0.13436424411240122: 1}}[x]`\n\n<!-- raises: ValueError -->\n```python\n"
        "if x == 0.13436424411240122:\n    raise ValueError(x)\n```\n\nSo. <!-- holds: x < 1 -->\n"
    )
    notes, faults = told(project, 1)
    assert notes[1:] == ["docs/page.md:19: rule 'x < 1' held in 1 of 1"]
    value, error = faults
    assert value.startswith(
        "docs/page.md:11: in run 1, with other seeds, the value '{0.13436424411240122: 1}[x]' raises"
    )
    assert error.startswith("docs/page.md:14: in run 1, with other seeds, the cell must raise ValueError and does not")


def test_prose_is_in_no_key_and_code_is(project: Project) -> None:
    page = f"{DRAW}\nSo. <!-- claim: x < 1 -->\n"
    project.page(page)
    begun, _ = told(project, 2)[0]
    assert "0 are known" in begun
    for other in ("\nMore words.\n\nSo. <!-- claim: x < 1 -->", "\nSo. <!-- holds 20: x < 1 -->"):
        project.page(page.replace("\nSo. <!-- claim: x < 1 -->", other))
        assert len(told(project, 2)[0]) == 1
    assert "1 runs" in told(project, 3)[0][0]  # the third alone
    assert "2 runs" in told(project, 3, first=3)[0][0]  # the fourth and the fifth
    (lesson,) = check(project.course).values()
    assert known(project.course, [lesson]) == {lesson.path: Replications(5, ((5,),))}
    for other in (page.replace("seed(1)", "seed(2)"), page.replace("x < 1", "x < 2")):
        project.page(other)
        assert known(project.course, check(project.course).values()) == {}
    project.page(page)
    assert known(project.course, [lesson]) == {lesson.path: Replications(5, ((5,),))}


def test_an_explorer_costs_no_other_run(project: Project) -> None:
    project.write("docs/theme/play/dial.js", "")
    project.page(f"{DRAW}\nIn it. <!-- holds: 0 <= x < 1 -->\n")
    assert told(project, 2)[1] == []
    project.page(f"{DRAW}\n<!-- play: dial [x] -->\n\nIn it. <!-- holds: 0 <= x < 1 -->\n\n<!-- play: dial [] -->\n")
    (lesson,) = check(project.course).values()
    assert known(project.course, [lesson]) == {lesson.path: Replications(2, ((0, 2, 0),))}
    notes, faults = told(project, 2)
    assert notes == ["docs/page.md:14: rule '0 <= x < 1' held in 2 of 2"]
    assert faults == []


def test_what_is_damaged_or_read_something_else_does_not_count(project: Project) -> None:
    table = project.write("table.csv", "1")
    project.page(f"```python\nopen({str(table)!r}).read()\n```\nSo. <!-- holds: 1 -->\n")
    told(project, 2)
    (lesson,) = check(project.course).values()
    (path,) = (project.root / ".cache/others").rglob("*.jsonl")
    path.write_text("{\n[]\n" + path.read_text() + path.read_text()[:99])
    assert known(project.course, [lesson])[lesson.path].runs == 2
    path.write_text(path.read_text().replace('"held": [[1]]', '"held": [[1, 1]]', 1))
    assert known(project.course, [lesson])[lesson.path].runs == 1
    table.write_text("2")
    assert known(project.course, [lesson]) == {}
    path.write_bytes(b"\xff")
    assert known(project.course, [lesson]) == {}


def test_what_a_limit_ended_is_told_and_not_kept_and_old_keys_are_forgotten(project: Project) -> None:
    project.page("```python\nimport time\ntime.sleep(60)\n```\nSo. <!-- holds: time -->\n")
    done = project.command("replicate", "--runs", "1", "--seconds", "0.2")
    assert done.returncode == 1
    assert "held in 0 of 0" in done.stdout
    assert "the rule" not in done.stderr  # of which such a run says nothing
    assert "docs/page.md:5: in run 1, with other seeds, the cell did not end in 0.2 s" in done.stderr
    assert not (project.root / ".cache/others").exists()
    for number in range(KEPT + 2):
        project.page(f"```python\n{number}\n```\n")
        told(project, 1)
    assert len(list((project.root / ".cache/others/page").iterdir())) == KEPT


def test_pages_tell_what_is_known_and_are_made_again_when_that_changes(project: Project) -> None:
    project.page(f"{DRAW}\nSo. <!-- holds: x < 1 -->\n")
    project.page("# Proven\n\n<!-- record -->\n", "proven.md")
    before = woven(project)
    assert "other run" not in before["page.md"]
    told(project, 2)
    after = woven(project)
    assert "In 2 other runs, its 1 rule held in all 2.</p>" in after["page.md"]
    assert "| [1](page/proofs.md) | 0 | 2 of 2 {" in after["proven.md"]
    assert {name: timeless(text) for name, text in after.items()} == {n: timeless(t) for n, t in before.items()}


def woven(project: Project) -> dict[str, str]:
    weave(project.course, project.root / "out")
    return {name: (project.root / "out" / name).read_text() for name in ("page.md", "proven.md")}


def timeless(text: str) -> list[str]:
    return [line for line in text.split("\n") if "data-record" not in line]
