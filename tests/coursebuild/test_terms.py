"""The glossary's definitions on the pages that link to them."""

import re
from pathlib import PurePosixPath

import markdown
import pytest
from bs4 import BeautifulSoup

from coursebuild.weave.course import weave
from coursebuild.weave.terms import Notes, definitions
from tests.coursebuild.conftest import Project

GLOSSARY = """# Glossary

Weight { #weight }
:   A number that `fit` changes; a **parameter** & more. [One neuron](one-neuron.md)

Base rate {#base-rate }
:   The share of class 1
    in the data. [Which metric matters,
    and why](which-metric.md#a)
"""
TERMS = {
    "weight": "<b>Weight.</b> A number.",
    "loss": "<b>Loss.</b> What training makes smaller.",
    "middling": "word " * 16,
    "long": "word " * 99,
}
LINE = "A sentence that is about as long as a line of text is on a page, "


def test_a_definition_is_the_glossarys_text_without_where_it_is_taught(project: Project) -> None:
    assert definitions(project.read(GLOSSARY)) == {
        "weight": "<b>Weight.</b> A number that <code>fit</code> changes; a parameter &amp; more.",
        "base-rate": "<b>Base rate.</b> The share of class 1 in the data.",
    }
    assert definitions(None) == {}


def link(term: str) -> str:
    return f"[it](glossary.md#{term})"


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        (f"{LINE}{link('weight')}.", {"weight"}),
        (f"\n{LINE}{link('weight')}.\n", {"weight"}),  # below a block
        (f"{LINE}{link('weight')} and {link('middling')}.", {"weight"}),  # no room for both beside so short a paragraph
        (f"{LINE * 3}{link('weight')} and {link('loss')}.", {"weight", "loss"}),
        (f"{LINE}{link('long')}.", set()),
        (f"{LINE}{link('weight')}.\n\n{LINE}{link('weight')}.", {"weight"}),
        (f"- {LINE}{link('weight')}.", set()),
        (f"# T {link('weight')}", set()),
        (f"| a | {link('weight')} |", set()),
        (f'<details markdown="1"><summary>A</summary>\n\n{LINE}{link("weight")}.\n\n</details>', set()),
        (f'<div markdown="1">\n\nText.\n\n</div>\n\n{LINE}{link("weight")}.', {"weight"}),
    ],
)
def test_a_definition_stands_beside_a_paragraph_if_there_is_room(text: str, beside: set[str]) -> None:
    notes = Notes(TERMS)
    whole = notes.put(text) + notes.rest()
    html = BeautifulSoup(markdown.markdown(whole, extensions=["attr_list", "md_in_html", "tables"]), "html.parser")
    assert {each["id"] for each in html.select(".note [id]")} == {f"term-{term}" for term in beside}
    for each in html.select("a"):
        assert str(each["href"]).split("#")[1] == str(each["aria-describedby"]).removeprefix("term-")
        assert len(html.select(f"[id='{each['aria-describedby']}']")) == 1
    for note in html.select(".note"):
        before = note.find_previous_sibling()
        assert before
        assert before.name == "p"
        assert before.select("[aria-describedby]")


@pytest.mark.parametrize(
    "text",
    ["`[it](glossary.md#weight)`", "[it](glossary.md#none)", "[it](other.md#weight)", "[it](glossary.md#weight){ .a }"],
)
def test_what_names_no_term_is_left_as_it_is(text: str) -> None:
    notes = Notes(TERMS)
    assert notes.put(text) + notes.rest() == text


def test_a_page_has_the_definitions_of_its_terms_and_no_others(project: Project) -> None:
    project.page(
        GLOSSARY.replace("[One neuron](one-neuron.md)", "")
        .replace("[Which metric matters,\n", "")
        .replace("    and why](which-metric.md#a)\n", ""),
        "glossary.md",
    )
    project.page(f"# A page\n\n{LINE}[weights](../glossary.md#weight).\n", "deep/a.md")
    weave(project.course, project.root / "to")
    page = (project.root / "to" / "deep" / "a.md").read_text(encoding="utf-8")
    assert "[weights](../glossary.md#weight){ aria-describedby=term-weight }" in page
    assert re.findall(r'id="([^"]*)"', page) == ["term-weight"]
    assert "aria-describedby" not in (project.root / "to" / "glossary.md").read_text(encoding="utf-8")
    assert PurePosixPath("glossary.md").name in project.files("to")
