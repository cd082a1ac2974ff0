"""What a question must be: choices, and a folded answer that has a reason for each."""

import pytest

from tests.coursebuild.conftest import Project, faults

FORM = '(a question, a blank line, - **A.** …, a blank line, <details markdown="1"><summary>Answer</summary>)'
CELL = "```python\nx = 1\n```\n"
RIGHT = """\
What is so?

- **A.** This, and
  it goes on.
- **B.** That: `x`.
- **C.** $x$

<details markdown="1"><summary>Answer</summary>

**B.** So it is.

- Not A: no.
- Not C: neither.

</details>
"""


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("**B.** So", "B. So", "14: the answer names no choice (begin it with **A.** or another of A, B, C)"),
        (
            "**B.** So",
            "**D.** So",
            "14: the answer is D, which is no choice (begin it with **A.** or another of A, B, C)",
        ),
        ("- Not C: neither.\n", "", "10: choice C has no reason (- Not C: … in the answer)"),
        ("Not C:", "Not D:", "17: a reason against D, which is no choice (one of A, B, C)|10: choice C has no reason"),
        ("Not C:", "Not A:", "17: a reason against A a second time (one for each other choice)|10: choice C has no"),
        ("Not C:", "Not B:", "17: a reason against the answer itself (one for each other choice)|10: choice C has"),
        ("**C.** $", "**D.** $", "10: choice D where C comes next (- **C.** …)|17: a reason against C, which is no"),
        ("**C.** $", "**B.** $", "10: choice B where C comes next (- **C.** …)|17: a reason against C, which is no"),
        ("What is so?\n", "", f"6: choices below no question {FORM}"),
        ("What is so?\n", "## What is so?\n", f"7: choices below no question {FORM}"),
        ("What is so?\n", f"What is so?\n\n{CELL}", f"11: choices below no question {FORM}"),
        ("What is so?\n\n", "What is so?\n", f"6: choices below no question {FORM}"),
        ("$\n\n<", "$\n<", f"11: an answer in a choice {FORM}|10: choices without an answer"),
        ("Answer</s", "Hint</s", f"10: choices without an answer {FORM}"),
        ("<details", f"{CELL}\nNow?\n\n<details", f"10: choices without an answer {FORM}"),
        (RIGHT[RIGHT.index("<") :], "", f"10: choices without an answer {FORM}"),
        (RIGHT[RIGHT.index("**B.** So") :], "", "12: the answer names no choice"),
    ],
)
def test_a_question_in_another_form_is_a_fault(project: Project, was: str, now: str, told: str) -> None:
    assert was in RIGHT
    said, wanted = faults(lambda: project.read(RIGHT.replace(was, now, 1))), told.split("|")
    assert len(said) >= len(wanted)
    for part in wanted:
        assert any(each.startswith(f"docs/page.md:{part}") for each in said), said


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        f"{RIGHT}\n{RIGHT}",
        RIGHT.replace("\n- **B.**", "\n\n- **B.**"),  # a loose list
        RIGHT.replace("So it is.", f"So:\n\n{CELL}\nand so it is."),
        "`x` is what?" + RIGHT.removeprefix("What is so?"),
        f"<!--\n- **A.** no choice\n-->\n{RIGHT}",
        '<details markdown="1"><summary>Answer</summary>\n\nOf a question without choices.\n\n</details>\n',
        "- **AUC.** An area.\n- **F1.** A mean.\n",
    ],
)
def test_a_question_in_its_form_is_none(project: Project, text: str) -> None:
    project.read(text)
