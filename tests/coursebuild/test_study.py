"""All questions on one page, and the cards: what the lessons say, with links that lead there from elsewhere."""

from coursebuild.weave.course import weave
from tests.coursebuild.conftest import Project

LESSON = """# One

A [loss](glossary.md#loss) of `{python} 1 + 1`.

```python
pass
```

## Check { #check }

Is [this](#one) `{python} 2 + 2`?

- **A.** Yes, see [two](two.md).
- **B.** `{python} "No"`, `{python} 5`.

<details markdown="1"><summary>Answer</summary>

**A.** It is $x$.
<!-- claim: 4 != 5 -->

- Not B: it is `{python} 4`.

</details>

## In short { #short }

- Take `{python} 3`
  of [them](#one).
- Not two.

## Next { #next }
"""
GLOSSARY = """# Glossary

Loss { #loss }
:   What training makes **smaller**. [One](one.md#check)

Odd { #odd }
:   It has no lesson.
"""


def test_cards_and_questions_are_what_the_lessons_say(project: Project) -> None:
    project.page(LESSON, "one.md")
    project.page("# Two\n", "two.md")
    project.page(GLOSSARY, "glossary.md")
    project.page("# Cards\n\n<!-- cards -->\n", "more/cards.md")
    project.page("# All\n\n<!-- questions -->\n", "more/all.md")
    to = project.root / "pages"
    weave(project.course, to)
    cards = (to / "more" / "cards.md").read_text("utf-8")
    assert "<summary>Loss</summary>\n\nWhat training makes smaller.\n\n[A page](../one.md)\n{ .taught }" in cards
    assert (
        "<summary>A page: what is there to keep in mind?</summary>\n\n- Take 3\n  of [them](../one.md#one).\n- Not two."
        in cards
    )
    assert '<details class="card" id="card-odd" data-page="glossary"' in cards
    assert "proof-" not in cards
    assert (to / "more" / "cards" / "cards.txt").read_text("utf-8").splitlines() == [
        "#separator:tab",
        "#html:true",
        "#notetype:Basic",
        "#tags column:3",
        "Odd\tIt has no lesson.\tglossary",
        "Loss\tWhat training makes smaller.\tone",
        "A page: what is there to keep in mind?\t<ul><li>Take 3 of them.</li><li>Not two.</li></ul>\tone",
    ]
    asked = (to / "more" / "all.md").read_text("utf-8")
    assert "## [A page](../one.md) { #one }\n\nIs [this](../one.md#one) 4?\n\n" in asked
    assert "- **A.** Yes, see [two](../two.md).\n" in asked
    assert "\n- **B.** No, 5.\n" in asked
    assert '<details class="check" data-page="one" data-number="1" markdown="1"><summary>Answer</summary>' in asked
    assert "proof-" not in asked
    assert "- **B.** No, 5." in (to / "one.md.txt").read_text("utf-8")
    assert "<math" in asked
    assert "- Not B: it is 4." in asked
    assert "<" not in (to / "more" / "cards.md.txt").read_text("utf-8")
