"""What a page begins with, the data of its explorers, and the course at a glance."""

import json
import re
from pathlib import PurePosixPath

import pytest

from coursebuild.read.course import read
from coursebuild.read.model import Lesson
from coursebuild.weave.contents import with_contents
from coursebuild.weave.course import weave
from coursebuild.weave.outputs import data
from coursebuild.weave.page import render
from coursebuild.weave.parts import Data
from tests.coursebuild.conftest import HEAD, Project, faults
from tests.coursebuild.faults import SITE, call

COUNTS = """\
# A page

It ends with `{python} total`.
<!-- claim: total == 3 -->

<div markdown="1">
<!-- play: dial json.dumps({"total": total, "text": "</script> é"}) -->

`{python} total` stands here without scripts.

</div>

```python
import json
total = 1
```

Now `{python} total`.

```python
total += 2
```

Then `{python} total + 1`.
"""


def test_a_page_may_begin_with_what_it_ends_with(project: Project) -> None:
    lesson = project.read(COUNTS)
    page = render(lesson, project.run(COUNTS), {})
    woven = re.sub("</?span[^>]*>", "", page.markdown)
    assert re.findall(r"It ends with \d|\d stands|Now \d|Then \d", woven) == [
        "It ends with 3",
        "3 stands",
        "Now 1",
        "Then 4",
    ]
    assert "<!-- claim" not in woven
    order = re.findall(r"^## (.*?) \{|^<pre><code>(.*?)</code>", page.files["page/proofs.md"].decode(), re.MULTILINE)
    assert [heading or asked for heading, asked in order] == [
        "At the end of the run",
        *("total", "total == 3", "total"),
        *("After [block 1](../page.md#cell-1)", "total", "After [block 2](../page.md#cell-2)", "total + 1"),
    ]
    assert (lesson.ledger()["values"], lesson.ledger()["claims"]) == (4, 1)


def test_a_claim_above_every_cell_is_held(project: Project) -> None:
    false = COUNTS.replace("total == 3", "total == 1")
    told = "docs/page.md:8: the claim 'total == 1' is false: 3 == 1 (mend the sentence, or the code)"
    assert faults(lambda: project.run(false)) == [told]


def test_the_data_of_an_explorer_stand_in_the_page_unharmed(project: Project) -> None:
    woven = render(project.read(COUNTS), project.run(COUNTS), {})
    (block,) = re.findall(r'^<script type="application/json" data-play="dial">(.*)</script>$', woven.markdown, re.M)
    assert json.loads(block) == {"total": 3, "text": "</script> é"}
    assert "<" not in block
    notebook = json.loads(woven.files["page/page.ipynb"])
    assert "application/json" not in "".join(cell["source"] for cell in notebook["cells"])


@pytest.mark.parametrize("text", ["<", "a\nb", "</script>", "<!-- <script>"])
def test_no_text_ends_the_block_of_data(text: str) -> None:
    block = data(Data("dial", json.dumps([text], indent=1)))
    assert (block.count("<"), block.count("\n")) == (2, 0)
    assert json.loads(block[block.index(">") + 1 : block.rindex("<")]) == [text]


@pytest.mark.parametrize(
    "value", ["{1, 2}", "[float('nan')]", "[{1}]", "[len]", "'{'", "'NaN'", "'[Infinity]'", "None", "''"]
)
def test_data_that_are_no_json(project: Project, value: str) -> None:
    text = f"```python\nx = 1\n```\n\n<!-- play: dial {value} -->\n"
    (told,) = faults(lambda: render(project.read(text), project.run(text), {}))
    assert told.startswith("docs/page.md:9: the data of dial are no JSON: ")
    assert told.endswith(" (a text that json.dumps gave, or a dict or list for it)")


def test_a_dict_or_a_list_is_as_good_as_json(project: Project) -> None:
    text = "```python\nx = [1.5, True, None, 'é']\n```\n\n<!-- play: dial x -->\n\n<!-- play: dial dict(a=x) -->\n"
    woven = render(project.read(text), project.run(text), {}).markdown
    found = re.findall(r'data-play="dial">(.*)</script>', woven)
    assert found == ['[1.5,true,null,"é"]', '{"a":[1.5,true,null,"é"]}']


def test_an_explorer_that_is_not_there(project: Project) -> None:
    project.page(COUNTS)
    told = "docs/page.md:11: no explorer dial (docs/theme/play/ has: {})"
    assert faults(lambda: weave(project.course, project.root / "to")) == [told.format("no explorer yet")]
    project.write("docs/theme/play/wheel.js", "")
    assert faults(lambda: weave(project.course, project.root / "to")) == [told.format("wheel")]


@pytest.mark.parametrize("folders", [False, True])
def test_a_page_loads_the_explorers_that_it_has(project: Project, folders: bool) -> None:
    site = SITE.replace("use_directory_urls: false", f"use_directory_urls: {str(folders).lower()}")
    project.write("mkdocs.yml", site.replace("font: false}", "font: false, custom_dir: docs/theme}"))
    project.write("docs/index.md", HEAD + "# Home\n")
    project.write("docs/theme/play/dial.js", "")
    project.page(COUNTS)
    made = call(project.root, "python -m mkdocs build")
    assert made.returncode == 0, made.stderr
    pages = {
        name: project.root / "site" / file
        for name, file in zip(
            ("index", "page"),
            (("index.html", "page/index.html") if folders else ("index.html", "page.html")),
            strict=True,
        )
    }
    assert "play/dial" not in pages["index"].read_text()
    text = pages["page"].read_text()
    (found,) = re.findall(r'<script[^>]*data-play="dial"[^>]*>(.*?)</script><script src="([^"]*)"></script>', text)
    assert json.loads(found[0])["text"] == "</script> é"
    assert (pages["page"].parent / found[1]).resolve() == project.root / "site" / "play" / "dial.js"
    assert "dial.css" not in text
    project.write("docs/theme/play/dial.css", "")
    assert call(project.root, "python -m mkdocs build").returncode == 0
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]*dial[.]css)"><script', pages["page"].read_text())
    assert (pages["page"].parent / sheet).is_file()


def test_explorers_that_share_are_loaded_when_they_are_near(project: Project) -> None:
    """Above the first heading at once, with what they share before them; below it by what they share."""
    project.write("mkdocs.yml", SITE.replace("font: false}", "font: false, custom_dir: docs/theme}"))
    project.write("docs/index.md", f"{HEAD}# Home\n\n```python\nx = [1]\n```\n\n## Below\n\n<!-- play: dial x -->\n")
    for name in ("play.js", "dial.js", "dial.css"):
        project.write(f"docs/theme/play/{name}", "")
    dials = "<!-- play: dial x -->\n\n"
    project.page(f"# A page\n\n{dials}```python\nx = [1]\n```\n\n## Below\n\n{dials}{dials}")
    made = call(project.root, "python -m mkdocs build")
    assert made.returncode == 0, made.stderr
    one = "<(link|script) [^>]*?(?:play/(play|dial)|(later)=.css.[^>]*dial|data-play=.(dial))[^>]*>"
    found = {
        name: ["".join(each) for each in re.findall(one, (project.root / "site" / f"{name}.html").read_text())]
        for name in ("index", "page")
    }
    assert found["index"] == ["scriptlater", "scriptplay"]
    at_once = ["linkdial", "scriptplay", "scriptdial", "scriptdial"]
    assert found["page"] == [*at_once, "scriptlater", "scriptlater"]
    assert 'play/play.js" defer' in (project.root / "site/index.html").read_text()
    project.page("# A page\n\n```python\nx = 1\n```\n\n<!-- play: play [] -->\n")
    told = "docs/page.md:11: no explorer play (docs/theme/play/ has: dial)"
    assert faults(lambda: weave(project.course, project.root / "to")) == [told]


def lessons(project: Project) -> dict[PurePosixPath, Lesson]:
    words = "word " * 200
    exercise = (
        "```python\nx = ...\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n```\n\n```python\nassert x == 1, 'x'\n```\n"
    )
    texts = {"a.md": words, "sub/b.md": words * 70, "lab.md": exercise}
    for name, text in texts.items():
        project.write(f"docs/{name}", HEAD.replace("A page", f"Page *{name[:-3]}*") + text)
    return read(project.course)[0]


SECTIONS = {"Begin": ("a.md",), "End": ("sub/b.md",), "Labs": ("lab.ipynb",)}


def asked(project: Project, comment: str, page: str = "a.md") -> tuple[str, list[str]]:
    every = lessons(project)
    source = f"{HEAD}\n{comment}\n"
    woven, wrong = with_contents(comment, every[PurePosixPath(page)], source, SECTIONS, every)
    return woven, [str(fault) for fault in wrong]


def test_the_contents_of_a_section(project: Project) -> None:
    woven, wrong = asked(project, "<!-- contents: End -->", "sub/b.md")
    (row,) = re.findall(r"(?m)^\d+\. .*$", woven)
    assert wrong == []
    assert row == (
        '2. <span class="ring" data-progress="sub/b" data-state="empty"></span> [Page &#42;sub/b&#42;](../sub/b.md)'
        ' <span class="minutes">70 min</span> <span class="about">What it is about.</span>'
    )
    assert '<p class="length">1 lesson, 1&nbsp;h 10&nbsp;min</p>' in woven
    labs, _ = asked(project, "<!-- contents: Labs -->")
    assert re.findall(r"1[.] |lab[.]ipynb|min|1 lab(?=<)", labs) == ["1. ", "lab.ipynb", "1 lab"]


def test_the_length_of_sections(project: Project) -> None:
    assert asked(project, "<!-- length: Begin -->")[0] == "1 lesson, 1&nbsp;min"
    assert asked(project, "<!-- length: Begin, End, Labs -->")[0] == "2 lessons and 1 lab, 1&nbsp;h 11&nbsp;min"


def test_a_section_that_is_not_there(project: Project) -> None:
    for comment in ("<!-- contents: Middle -->", "<!-- length: Begin, Middle -->"):
        assert asked(project, comment)[1] == ["docs/a.md:6: no section 'Middle' in nav (one of: Begin, End, Labs)"]
