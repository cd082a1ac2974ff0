"""Links, anchors and the navigation are checked by the build itself, at their line."""

import re
from dataclasses import replace

import pytest

from coursebuild.read.course import check
from coursebuild.read.links import anchors_of, links_of, slugify
from coursebuild.weave.course import weave
from tests.coursebuild.conftest import Project, faults

OTHER = "# Other { #other }\n\n## With `code` and *more*\n\n## Twice\n\n## Twice\n\nTerm { #term }\n:   What it is.\n"
CELL = "```python\nx = 1\n```\n"


@pytest.fixture
def two(project: Project) -> Project:
    project.page(OTHER, "deep/a page (1).md")
    project.write("docs/plan.svg", "<svg/>")
    return project


GOOD = [
    "[a](<deep/a page (1).md>)",
    "[a](deep/a%20page%20(1).md#other)",
    '[a](deep/a%20page%20%281%29.md#term "A title")',
    "[a](deep/a%20page%20(1).md#with-code-and-more) [b](deep/a%20page%20(1).md#twice_1)",
    "[a][one]\n\n[one]: deep/a%20page%20(1).md",
    "![A plan.](plan.svg) ![A plan.](plan.svg#only-light)",
    "[a](https://a.example/none.md) <https://a.example> [m](mailto:a@b.example) [b](/elsewhere)",
    "`[a](none.md)` <!-- [a](none.md) --> $[a](none.md)$",
    r"[a](plan\.svg)",
    '<a href="deep/a%20page%20(1).html#other">a</a> <a href="deep/a%20page%20(1)/">a</a> <a href=".">a</a>',
    '<a href="#top">a</a>',
    "<img src=plan.svg alt=a> <img alt='a' src='../plan.svg'> <a href='mailto:a@b.example'>a</a>",
    "[here](#top) [label with `code` and [brackets]](plan.svg)",
]


@pytest.mark.parametrize("text", GOOD)
def test_links_that_lead_somewhere(text: str, two: Project) -> None:
    two.page(f"# Top {{ #top }}\n\n{text}\n")
    assert faults(lambda: check(two.course)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a](none.md)", "the link 'none.md' leads nowhere"),
        ("[a](deep/a.md)", "the link 'deep/a.md' leads nowhere (a file below the pages, such as deep/a page (1).md)"),
        ("[a](page.html)", "the link 'page.html' leads nowhere (a file below the pages, such as page.md)"),
        ("![A.](none.svg)", "the link 'none.svg' leads nowhere"),
        ("![A.](none.svg#only-light)", "the link 'none.svg#only-light' leads nowhere"),
        ("[a](../page.md)", "the link '../page.md' leads nowhere"),
        ("[a][one]\n\n\n[one]: none.md", "the link 'none.md' leads nowhere"),
        ("[a](#tip)", "the link '#tip': page.md has no #tip (an id of its own, such as #top)"),
        ("[a](deep/a%20page%20(1).md#oter)", "has no #oter (an id of its own, such as #other)"),
        ('<a href="none.html">a</a>', "the link 'none.html' leads nowhere"),
        ('<a class="x" href=deep/a%20page%20(1).html#oter>a</a>', "has no #oter (an id of its own, such as #other)"),
        ("a <img src='none.svg' alt='a'>", "the link 'none.svg' leads nowhere"),
        ('<video src="plan.svg" poster="none.png"></video>', "the link 'none.png' leads nowhere"),
        ('<a href="page.md">a</a>', "the link 'page.md' in raw HTML stays as it is (in Markdown it leads to the page)"),
        ('<a href="#tip">a</a>', "page.md has no #tip"),
        ("[a](page/other.py)", "the link 'page/other.py' leads nowhere"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_at_its_line_and_stops_check_and_weave(
    text: str, told: str, two: Project
) -> None:
    two.page(f"# Top {{ #top }}\n\nSome text,\n{text}\n")
    found = faults(lambda: check(two.course))
    assert len(found) == 1
    line = 8 + text.count("\n")
    assert found[0].startswith(f"docs/page.md:{line}: ")
    assert told in found[0]
    assert faults(lambda: weave(two.course, two.root / "out")) == found


def test_downloads_and_the_pages_of_labs_can_be_linked(project: Project) -> None:
    lab = "```python\nx = ...\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n```\n\n```python\nassert x == 2, 'x'\n```\n"
    project.page(f"# Lab\n\n{lab}", "labs/one.md")
    project.page(f"# A\n\n{CELL}\n[p](my-page/my_page.py) [n](my-page/my_page.ipynb)\n", "my-page.md")
    project.page("# B\n\n[l](labs/one.ipynb#any) [s](labs/one-solved.ipynb) [d](labs/one/one.ipynb)\n")
    assert faults(lambda: check(project.course)) == []
    project.page("# B\n\n[l](labs/one.md)\n")
    assert len(faults(lambda: check(project.course))) == 1


def test_a_page_of_the_navigation_that_is_not_there_is_told_at_its_line(project: Project) -> None:
    project.page("# A\n")
    config = project.write("mkdocs.yml", "site_name: T\nnav:\n  - page.md\n  - Two: pge.md\n  - https://a.example\n")
    course = replace(project.course, nav=("page.md", "pge.md", "https://a.example"), config=config)
    assert faults(lambda: check(course)) == ["mkdocs.yml:4: nav names 'pge.md', which is no page (such as page.md)"]


def test_links_and_anchors_of_some_text() -> None:
    assert [(link.line, link.target) for link in links_of("a\n[b](c(d).md) ![](<e f>)\n\n [g]: h", 3)] == [
        (4, "c(d).md"),
        (4, "e f"),
        (6, "h"),
    ]
    text = 'A\n=\n\n## B c { .x #own }\n\n<a name="old"></a>\n\nTwo\n---\n\nText { #span }\n'
    assert anchors_of(text) == {"a", "own", "old", "two", "span"}


TITLES = [
    *("Fit", "What is it?", "A - b", "naïve Café", "`fit` of *it*", "1. One_two"),
    *("x < y &amp; z &copy;", "A &#169; &nbsp;x", "a <b>b</b> c", "a_b *c_d* __e__", "***b***_x_ 2*3 a__b _d_"),
    *("`a_b*c`, `__init__` and `<x>`", r"a\*b\_c \# `\d`", "![im](p.svg) pic", "[l](u) [m][r]", "<https://x.org/a> y"),
]


@pytest.mark.parametrize("title", TITLES)
def test_headings_are_named_as_python_markdown_names_them(title: str) -> None:
    import markdown

    page = markdown.markdown(f"# {title}\n", extensions=["toc"])
    assert f'id="{slugify(title)}"' in page


def test_all_headings_of_a_page_are_named_as_python_markdown_names_them() -> None:
    import markdown

    text = "## 历史\n\n## 😀\n\n## a_1\n\n## a_1\n\n## A\n\n> ## Quoted\n\n- ## Listed\n\n1. ## Counted\n"
    named = re.findall(r'<h2 id="([^"]*)"', markdown.markdown(text, extensions=["toc"]))
    assert len(named) == 8
    assert anchors_of(text) == {*named}


def test_a_heading_with_a_value_or_a_formula_has_no_id_that_a_link_could_name() -> None:
    assert anchors_of("## In `{python} count` steps\n\n## Why $x^2$\n\n## For $ 5 { #price }\n") == {"price"}
