"""The course as a whole: its order, the parts of each lesson, the map of the notes, the glossary."""

import itertools
import re
from pathlib import Path

import pytest
import yaml

from coursebuild.read.course import Course, read
from coursebuild.read.model import Lesson, Prose
from tests.coursebuild.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "en"
PAGES = {str(name): lesson for name, lesson in read(Course.at(ROOT, DOCS))[0].items()}
CONFIG = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
NAV = yaml.safe_load(re.search(r"(?ms)^nav:.*?\n\n", CONFIG)[0])["nav"]  # type: ignore[index]
SECTIONS = {name: pages for entry in NAV for name, pages in entry.items() if isinstance(pages, list)}
LESSONS = [page for name in ("Begin", "Train", "Judge", "Text", "Losses", "Build") for page in SECTIONS[name]]
NOTES = (
    "Activity - Compile a Neural Network",
    "Compile and Build the Model",
    "neuralnetworkpython",
    "Compiling models (optimizer, loss, metrics) in TensorFlow - Model Metrics & Evaluation",
    "Neural Network Model Architecture",
)


def source(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def section(page: str, anchor: str) -> str:
    """The text of a page below the heading with this id, up to the next heading of level two."""
    found = re.search(rf"(?ms)^## [^\n]*\{{ #{anchor} \}}\n(.*?)(?=^## |\Z)", source(page))
    assert found, f"{page}: no heading with the id {anchor}"
    return found[1]


def prose(lesson: Lesson) -> str:
    return "".join(
        piece for part in lesson.parts if isinstance(part, Prose) for piece in part.pieces if isinstance(piece, str)
    )


def ids(page: str) -> set[str]:
    return set(re.findall(r"\{ #([\w-]+)[ }]", source(page)))


def test_every_page_is_in_the_navigation_once() -> None:
    named = [
        each for entry in NAV for pages in entry.values() for each in (pages if isinstance(pages, list) else [pages])
    ]
    assert sorted(name.replace(".ipynb", ".md") for name in named) == sorted(PAGES)


def test_there_are_the_lessons_and_eleven_labs() -> None:
    assert len(LESSONS) >= 25
    assert sum(lesson.lab for lesson in PAGES.values()) >= 11


@pytest.mark.parametrize("page", LESSONS)
def test_a_lesson_has_all_its_parts(page: str) -> None:
    lesson = PAGES[page]
    assert {"AI", "NN"} <= set(lesson.meta["tags"])  # type: ignore[call-overload]
    assert 2 <= len(lesson.related) <= 3
    assert lesson.minutes <= 15
    assert lesson.ledger()["figures"] >= 1 or page in {
        "templates.md",  # tables of scores
        "example-models.md",
        "faster.md",  # times, which no picture of one machine tells
    }
    assert lesson.ledger()["claims"] + lesson.ledger()["rules"] >= 4
    assert re.search(r"(?m)^## .*[Hh]ow it goes wrong|^## .*\{ #wrong \}", source(page)) or page in {
        "pitfalls.md",  # about nothing else
    }
    check = section(page, "check")
    choices = re.findall(r"(?m)^- \*\*([A-D])\.\*\*", check)
    assert choices == ["A", "B", "C", "D"] * 5
    rights = re.findall(r"(?m)^\*\*([A-D])\.\*\*", check)
    assert len(set(rights)) > 2
    assert sorted([*rights, *re.findall(r"(?m)^- Not ([A-D]):", check)]) == sorted(choices)
    assert re.findall(r"(?m)^\*(Easy|Middling|Hard)\.\* ", check) == ["Easy", "Middling", "Middling", "Hard"]
    assert 3 <= section(page, "short").count("\n- ") + 1 <= 7
    assert 'note "' in section(page, "sources").replace("\n", " ")


@pytest.mark.parametrize("page", LESSONS)
def test_one_of_five_questions_is_about_numbers_of_the_run(page: str) -> None:
    asked = section(page, "check")
    assert "`{python} " in asked
    assert re.search("<!-- (claim|holds)[ :]", asked)


@pytest.mark.parametrize(("page", "following"), [*itertools.pairwise(LESSONS)])
def test_a_lesson_leads_to_the_next(page: str, following: str) -> None:
    assert f"]({following}" in section(page, "next")


def test_the_home_page_lists_the_lessons_in_their_order() -> None:
    listed = re.findall(r"(?m)^<!-- contents: ([\w ]+) -->$", source("index.md"))
    assert [page for name in listed for page in SECTIONS[name]] == [*LESSONS, *SECTIONS["Labs"]]


def test_each_heading_has_an_id_of_its_own() -> None:
    for page, lesson in PAGES.items():
        headings = re.findall(r"(?m)^#{1,4} .*$", prose(lesson))
        named = [re.search(r"\{ #([\w-]+) \}$", heading) for heading in headings]
        assert all(named), (page, headings)
        found = [each[1] for each in named if each]
        assert len(found) == len(set(found)), page


def test_the_map_of_the_notes_leads_to_headings_that_exist() -> None:
    rows = [line for line in source("notes.md").split("\n") if line.startswith("| ") and not line.startswith("| --")]
    rows = [row for row in rows if not row.startswith("| In the note")]
    assert len(rows) > 50
    reached = set()
    for row in rows:
        links = re.findall(r"\]\(([^)#]+)(?:#([\w-]+))?\)", row)
        assert links, row
        for target, anchor in links:
            page = target.replace(".ipynb", ".md")
            assert page in PAGES, row
            assert not anchor or anchor in ids(page), row
            reached.add(page)
    headings = re.findall(r"(?m)^## (.*?) \{ #", source("notes.md"))
    assert tuple(headings) == NOTES
    # Each lesson comes from a note, but for those that the notes leave out.
    assert set(LESSONS) - reached <= {"distribute.md", "faster.md", "how-sure.md", "stranger.md", "workers.md"}


# The glossary's terms as they stand in a sentence, where that is not the title with or without an s.
FORMS = {
    "activation-function": "activation functions?",
    "adam": "(?-i:Adam)",
    "auc": "(?-i:AUC)",
    "batch": "batch(?:es)?",
    "bias": "bias(?:es)?",
    "brier-score": "Brier scores?",
    "calibration": "calibrat(?:ion|ed)",
    "data-leakage": "(?:data leakage|leaks?)",
    "embedding": "embeddings?",
    "f1": "(?-i:F1)",
    "loss": "loss(?:es)?",
    "overfitting": "overfit(?:ting|s|ted)?",
    "recurrent-layer": "recurrent",
    "relu": "(?-i:ReLU)",
    "residual-connection": "(?:residual|skip) connections?",
    "test-set": "test sets?",
    "true-negative": "true negatives?",
    "true-positive": "true positives?",
}
EVERYDAY = {
    "compile",
    "fit",
    "freeze",
    "group",
    "update",
    "trial",
    "regression",
    "odds",
    "label",
    "patience",
}  # words of code, or of every day
MASKED = re.compile(
    r"(?ms)^---\n.*?^---\n|^`{3,}.*?^`{3,}\s*$|<!--.*?-->|`+[^`\n]+`+|\$\$.*?\$\$|\$[^$\n]+\$|^#.*?$|!\[[^\]]*\]\([^)]*\)"
    r"|<summary>.*?</summary>|\]\([^)]*\)|https?://\S+"
)
MARKED = re.compile(r"\[[^\]]*\]|\*{1,2}[^*\n]+(?:\n[^*\n]+)?\*{1,2}")


def terms() -> dict[str, str]:
    """A pattern for each term of the glossary, by its id."""
    found = {}
    for title, anchor in re.findall(r"(?m)^(\S.*?) \{ #([\w-]+) \}\n:", source("glossary.md")):
        if anchor not in EVERYDAY:
            found[anchor] = rf"(?i)(?<![\w-])(?:{FORMS.get(anchor, re.escape(title.lower()) + 's?')})(?![\w-])"
    return found


def readable(page: str) -> str:
    """A page's sentences up to its sources; everything else is blanked, place for place."""
    text = source(page).split("{ #sources }")[0]
    return MASKED.sub(lambda found: re.sub(r"[^\n\[\]]", " ", found[0]).replace("[", " "), text)


def unlinked(page: str) -> list[tuple[str, int, int]]:
    """Each term whose first use on a page is neither a link nor a definition: its id, and where it stands."""
    text = readable(page)
    marked = [(each.start(), each.end()) for each in MARKED.finditer(text)]
    found = []
    for anchor, pattern in terms().items():
        first = re.search(pattern, text)
        if (page, anchor) == ("price-is-right.md", "unit"):
            continue  # of a price
        if first and not any(begin <= first.start() < end for begin, end in marked):
            found.append((anchor, first.start(), first.end()))
    return found


def test_the_glossary_is_in_order_and_leads_back() -> None:
    titles = re.findall(r"(?m)^(\S.*?) \{ #[\w-]+ \}\n:", source("glossary.md"))
    assert len(titles) > 70
    assert titles == sorted(titles, key=str.lower)
    entries = re.findall(r"(?ms)^\S[^\n]* \{ #[\w-]+ \}\n:(.*?)(?=^\S|\Z)", source("glossary.md"))
    assert len(entries) == len(titles)
    for entry in entries:
        for page, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", entry):
            assert not anchor or anchor in ids(page), entry
        assert re.search(r"\]\([\w-]+\.md", entry), entry


@pytest.mark.parametrize("page", LESSONS)
def test_the_first_use_of_a_term_is_a_link_or_a_definition(page: str) -> None:
    assert [anchor for anchor, _, _ in unlinked(page)] == []


def row(fault: Fault) -> str:
    """What the page on the proofs says of a fault: what is wrong, and where it is told."""
    title = fault.title.replace("_", r"\_").replace("```", r"\`\`\`")
    path, line, _ = fault.told[0].split(":", 2)
    where = f"`{path or 'FOLDER'}:{'LINE' if '[' in line or '|' in line else line}`"
    return f"| {title} | {where} |"


def test_the_page_on_the_proofs_lists_the_faults_that_the_tests_hold() -> None:
    told = [row(fault) for fault in FAULTS if fault.told]
    assert len(told) >= 40
    listed = [line for line in section("proven.md", "faults").split("\n") if line.startswith("| ")]
    assert listed == ["| What is wrong | Told at |", "| --- | --- |", *told]


def test_a_summary_is_plain_text() -> None:
    """Python-Markdown leaves it as it is written: marks would be seen."""
    pages = [path.read_text("utf-8") for path in DOCS.rglob("*.md")]
    summaries = [each for page in pages for each in re.findall(r"<summary>([^<]*)</summary>", page)]
    assert len(summaries) > 50
    assert [each for each in summaries if re.search(r"[`*_\[]", each)] == []
