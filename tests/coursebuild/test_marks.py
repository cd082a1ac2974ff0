"""Where a page's values and claims stand, and what is told of them beside it."""

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath

import markdown
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from coursebuild.read.model import Expression
from coursebuild.run.replicate import Replications
from coursebuild.weave.marks import elements, placed, plain
from coursebuild.weave.page import render
from coursebuild.weave.parts import Proof
from coursebuild.weave.proofs import compared, said
from tests.coursebuild.conftest import Project

CELL = "```python\nx, y = 1, 0.25\n```\n"
EXTENSIONS = ["attr_list", "def_list", "md_in_html", "sane_lists", "tables", "toc"]
C, D = "\0 1;".replace(" ", ""), "\0 2;".replace(" ", "")
V = "\x01 3;5\x01".replace(" ", "")
ROUND, QUOTED = V.replace("5", "(5)"), V.replace("5", '"5"')
P = '<span id="proof-3"></span>'
ONE, TWO = '<span id="proof-1"></span>', '<span id="proof-2"></span>'


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"A. {C}\nB. {D} C.", f"A.{ONE}\nB.{TWO} C."),
        (f"A\nline.\n{C}\n{D}\n\nB", f"A\nline.{ONE}{TWO}\n\nB"),
        (f"A.\n{C}\nB.", f"A.{ONE}\nB."),
        (f"A.\n{C}\n{{ .lead }}", f"A.{ONE}\n{{ .lead }}"),
        (f"A.\n{{ .lead }}\n{C}", f"A.{ONE}\n{{ .lead }}"),
        (f"A:\n{C}\n- B", f"A:{ONE}\n\n- B"),
        (f"\n- A:\n  B\n{C}\n- B", f"\n- A:\n  B{ONE}\n- B"),
        (f"A:\n{C}\n{D}\n- B", f"A:{ONE}{TWO}\n\n- B"),
        (f"A:\n{C}\n| B |\n|---|", f"A:{ONE}\n\n| B |\n|---|"),
        (f"A:\n{C}\nB | C\n--|--", f"A:{ONE}\n\nB | C\n--|--"),
        (f"| B |\n|---|\n| C |\n{C}\n| D |", f"| B |\n|---|\n| C{ONE} |\n| D |"),
        (f"A:\n{C}\n---", f"A:{ONE}\n\n---"),
        (f"A:\n{C}\nB\n---", f"A:{ONE}\n\nB\n---"),
        (f"A:\n{C}\nB\n: C", f"A:{ONE}\n\nB\n: C"),
        (f"!!! note\n    {C}\n    B", f"!!! note\n\n    {ONE}\n\n    B"),
        (f"> A\n>\n> {C}\n>\n> B", f"> A\n>\n> {ONE}\n>\n>\n> B"),
        (f"- A.\n  {C}\n- B. {D}", f"- A.{ONE}\n- B.{TWO}"),
        (f"> A.\n> {C}", f"> A.{ONE}"),
        (f"| a | b |\n|---|---|\n| 1 | 2 |\n{C}", f"| a | b |\n|---|---|\n| 1 | 2{ONE} |"),
        (f"| a | b |\n|---|---|\n| 1 {C} | 2 {{ .x }} |\n{D}", f"| a | b |\n|---|---|\n| 1{ONE} | 2{TWO} {{ .x }} |"),
        (f"## T {{ #t }} {C}", f"## T{ONE} {{ #t }}"),
        (f"## T {{ #t }}\n{C}\nA", f"## T {{ #t }}\n\n<div>{ONE}</div>\n\nA"),
        (f"\n{C}\nA {D}", f"\n<div>{ONE}</div>\n\nA{TWO}"),
        (f"\n{C}\n{D}\n\nA", f"\n<div>{ONE}{TWO}</div>\n\n\nA"),
        (f"<div>\nA\n</div>\n{C}\n", f"<div>\nA\n</div>\n\n<div>{ONE}</div>\n\n"),
        (f"![A.](b.png)\n{C}\n", f"![A.](b.png)\n\n<div>{ONE}</div>\n\n"),
        (f"![A {V}.](b-{C}.png){{ .x }} C", f'![A 5.](b-.png){{ .x }}<span id="proof-3"></span>{ONE} C'),
        (f"[A {V}](b{C}.md) C", f'[A <span id="proof-3">5</span>](b.md){ONE} C'),
        (f'<p title="{V}">A {C}</p>', f'<p title="5"><span id="proof-3"></span>A{ONE}</p>'),
        (
            f"*[AB]: A {V} {C}\n[b]: c?{V} 'T'\n\nA",
            f"*[AB]: A 5\n\n<div>{P}{ONE}</div>\n\n[b]: c?5 'T'\n\n<div>{P}</div>\n\n\nA",
        ),
        (f"[^1]: A {V} {C}", f'[^1]: A <span id="proof-3">5</span>{ONE}'),
        (f'[A](b.md "f(x) is {V}") B', f'[A](b.md "f(x) is 5"){P} B'),
        (f'[A](b.md "{ROUND}") B', f'[A](b.md "&#40;5&#41;"){P} B'),
        (f"[A](b'c.md) and [A](d'e.md) {V}", "[A](b'c.md) and [A](d'e.md) <span id=\"proof-3\">5</span>"),
        (f'<b title="{QUOTED}">A</b>', f'<b title="&#34;5&#34;">{P}A</b>'),
        (f'*A*{{ title="{V}" }} B', f'*A*{{ title="5" }}{P} B'),
        (f'## A {{ title="{V}" }}', f'## A{P} {{ title="5" }}'),
        (f'A\n{{: title="{V}" }}', f'A{P}\n{{: title="5" }}'),
        (f'| A {{ title="{V}" }} | b |', f'| A{P} {{ title="5" }} | b |'),
        (f"{{{V}, 6}}", '{<span id="proof-3">5</span>, 6}'),
        (f"**{V}** of", '**<span id="proof-3">5</span>** of'),
    ],
)
def test_a_mark_stands_where_an_element_can(text: str, made: str) -> None:
    assert elements(placed(text)) == made
    assert "\0" not in plain(text)
    assert "\x01" not in plain(text)


PLACES = """\
# On `{python} x` { #on }

Above <!-- claim: x == 1 --> the first.

%s
<!-- claim: y == 0.25 -->

A *value* `{python} y` in [a `{python} x` link](other.md "T"), and ![of `{python} x`](x.png).
<!-- holds: y < 1 -->
<!-- claim: y > 0 -->
{ .lead }

## Of `{python} x` { #of }

- One `{python} x`. <!-- claim: x -->

  Two.
  <!-- claim: x -->
- Three.
  <!-- claim: x -->

1. A
<!-- claim: x -->

> Said `{python} y`.
> <!-- claim: x -->

| a | b |
|---|--:|
| `{python} x` | 2 |
<!-- claim: x -->

<details markdown="1"><summary>Answer `{python} x`</summary>

Folded `{python} x`.
<!-- claim: x -->

</details>
<!-- claim: x -->

Term <!-- claim: x -->
:   What it is. <!-- claim: x -->

Where $x^2$ is `{python} x`
<!-- claim: x -->
"""
TO_HTML: list[Callable[[str], str]] = [
    lambda text: markdown.markdown(text, extensions=EXTENSIONS),
    lambda text: MarkdownIt("commonmark").enable("table").render(text),
]


@pytest.mark.parametrize("to_html", TO_HTML, ids=["Python-Markdown", "CommonMark"])
def test_every_kind_of_place_has_its_mark_and_reads_as_before(to_html: Callable[[str], str], project: Project) -> None:
    text = PLACES % CELL
    lesson = project.read(text)
    page = render(lesson, project.run(text), {})
    soup = BeautifulSoup(to_html(page.markdown), "html.parser")
    ledger = lesson.ledger()
    count = ledger["values"] + ledger["claims"] + ledger["rules"]
    assert count == 26
    places = soup.select("[id^=proof-]")
    assert sorted(int(str(place["id"])[6:]) for place in places) == list(range(1, count + 1))
    bare = BeautifulSoup(
        to_html(
            re.sub(r'<div>(?:<span id="proof-\d+"></span>)+</div>|<span id="proof[^>]*>|</span>', "", page.markdown)
        ),
        "html.parser",
    )
    assert soup.get_text().split() == bare.get_text().split()
    assert [image["alt"] for image in soup.select("img")] == ["of 1"]
    if to_html is TO_HTML[0]:
        assert [each["id"] for each in soup.select("h1, h2")] == ["on", "of"]
        assert soup.select_one("p.lead [id]")
    assert {place.get_text() for place in places} == {"", "1", "0.25"}
    for name, content in page.files.items():
        assert not re.search(rb"[\0\x01]", content), name
        if not name.startswith("page/proofs"):
            assert b"proof-" not in content, name


def test_the_page_of_proofs_and_its_data_say_the_same(project: Project) -> None:
    text = f"{CELL}\nIt is `{{python}} y`.\n<!-- claim: y < x -->\n\n{CELL}\nAnd always.\n<!-- holds 20: y > 0.1 -->\n"
    lesson = project.read(text)
    others = Replications(20, ((0, 13), (20,)))
    page = render(lesson, project.run(text), {}, others=others, repository="https://github.com/we/course/")
    data = page.files["page/proofs.js"].decode()
    proofs = json.loads(data.removeprefix("var proofs = "))
    assert proofs["path"] == "docs/page.md"
    assert proofs["source"] == "https://github.com/we/course/blob/HEAD/docs/page.md?plain=1#L"
    assert [(each["kind"], each["line"], each["gave"], each["held"]) for each in proofs["all"]] == [
        ("Value", 9, "0.25", 0),
        ("Claim", 10, "0.25 < 1", 13),
        ("Rule", 17, "0.25 > 0.1", 20),
    ]
    made = page.files["page/proofs.md"].decode()
    soup = BeautifulSoup(markdown.markdown(made, extensions=EXTENSIONS), "html.parser")
    slips = soup.select(".slip")
    assert [slip["id"] for slip in slips] == ["proof-1", "proof-2", "proof-3"]
    for number, (slip, proof) in enumerate(zip(slips, proofs["all"], strict=True), 1):
        told = " ".join(slip.get_text().split())
        for each in (
            f"{proof['kind']} {number}",
            f"docs/page.md:{proof['line']}",
            *map(proof.get, ("source", "gave", "said")),
        ):
            assert str(each) in told
        links = [link["href"] for link in slip.select("a")]
        assert links == [f"../page.md?proofs#proof-{number}", f"{proofs['source']}{proof['line']}"]
        assert bool(slip.svg) == (proof["kind"] != "Value")
    assert [h2.get_text() for h2 in soup.select("h2")] == ["After block 1", "After block 2"]
    assert "in 13 of 20 other runs" in made
    assert "search:\n  exclude: true" in made
    assert "```python\ny < x\n```\n\n0.25 < 1: **true**" in page.files["page/proofs.md.txt"].decode()


def test_a_page_that_asks_nothing_has_no_proofs(project: Project) -> None:
    page = render(project.read(CELL), project.run(CELL), {})
    assert not any("proofs" in name for name in page.files)
    assert "switch" not in page.markdown


def test_a_claim_between_a_cell_and_its_figure_keeps_its_place(project: Project) -> None:
    drawn = "```python\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n```\n"
    text = f"{drawn}<!-- claim: 1 < 2 -->\n\n![A line.](@figure)\n<!-- claim: 2 < 3 -->\n\nText.\n"
    page = render(project.read(text), project.run(text), {}).markdown
    assert re.search(rf"</figure>\s*</div>\s*<div>{ONE}{TWO}</div>\n\n+Text\.", page)


def proof(gave: str, kind: str = "claim", runs: int = 0, least: int = 0) -> Proof:
    return Proof(1, 1, Expression(kind, 1, "x", least=least), gave, runs, runs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gave", "told"),
    [
        ("np.float64(0.97312345) > 0.965", "0.9731 > 0.965"),
        ("0.1234512 > 0.1234511 and np.True_", "0.1234512 > 0.1234511 and True"),
        ("np.int64(5) == 5 and 1e-09 < 2.5e-3", "5 == 5 and 1e-09 < 0.0025"),
        (
            "'at 0.123456' in 'it\\'s at 0.123456' and 0.123456 > 0",
            "'at 0.123456' in 'it\\'s at 0.123456' and 0.1235 > 0",
        ),
        ("'version 1.23456789… and 0.123456", "'version 1.23456789… and 0.123456"),
        ("[0.25, 0.333333] == [0.25, 0.333333]", "[0.25, 0.3333] == [0.25, 0.3333]"),
        ("0.12345678…", "0.12345678…"),
    ],
)
def test_what_was_compared_is_told_for_people(gave: str, told: str) -> None:
    assert compared(proof(gave)) == told
    assert compared(proof(gave, "value")) == gave


def test_what_is_not_known_of_other_runs_is_not_told() -> None:
    assert said(proof("", "claim")).endswith("Other runs were not asked.")
    assert said(proof("", "holds", least=19)).endswith("at least 19 of 20 others. These were not run for this page.")
    assert "in all of 20 others. It held in 20 of 20 other runs" in said(proof("", "holds", 20, 20))


def test_proofs_have_the_place_that_a_lesson_gives_them(project: Project) -> None:
    lesson = project.read(f"{CELL}\n`{{python}} x`\n")
    assert lesson.proofs == PurePosixPath("page/proofs.md")
