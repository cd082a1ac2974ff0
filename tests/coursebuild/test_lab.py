import json
import posixpath
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from coursebuild.read.course import check
from coursebuild.site.notebook import tidy
from coursebuild.weave.course import weave
from coursebuild.weave.lab import render_lab
from tests.coursebuild.conftest import Project, faults
from tests.coursebuild.faults import BUILD, SITE, call, lay

CHECK = "```python\nassert x == 2, 'x is not 2'\nprint('right')\n```\n"
EXERCISE = "```python\nx = ...  # yours\n### BEGIN SOLUTION\nx = 1 + 1\n### END SOLUTION\n```\n\n"
LAB = f"# A lab {{ #lab }}\n\nRead [this](other.md#a) about $x^2$, `$`.\n\n{EXERCISE}{CHECK}\nIt is `{{python}} x`.\n"


def test_a_solution_stands_in_the_place_of_the_line_above_it(project: Project) -> None:
    first, second = project.read(LAB).cells
    assert first.code == "x = 1 + 1"
    assert first.exercise == "x = ...  # yours"
    assert first.origins == (("docs/page.md", 12),)
    assert second.exercise == ""
    assert project.read(LAB).lab


def test_a_solution_inside_a_function_and_two_in_one_cell(project: Project) -> None:
    code = (
        "def f(z):\n    a = 1\n    return ...\n    ### BEGIN SOLUTION\n    b = a + z\n    return b\n"
        "    ### END SOLUTION\n\n"
        "y = ...\n### BEGIN SOLUTION\ny = f(1)\n### END SOLUTION\nprint(y)"
    )
    cell = project.read(f"```python\n{code}\n```\n\n{CHECK}").cells[0]
    assert cell.code == "def f(z):\n    a = 1\n    b = a + z\n    return b\n\ny = f(1)\nprint(y)"
    assert cell.exercise == "def f(z):\n    a = 1\n    return ...\n\ny = ...\nprint(y)"


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("x = ...\n### BEGIN SOLUTION\nx = 1", "docs/page.md:7: the solution has no end (add a line ### END SOLUTION)"),
        ("x = ...\n### END SOLUTION", "docs/page.md:7: '### END SOLUTION' out of place"),
        ("x = 1\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "docs/page.md:7: no line with ... above"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "docs/page.md:6: no line with ... above"),
        ("x = ...(\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "docs/page.md:8: not Python"),
    ],
)
def test_marks_out_of_place_are_faults(project: Project, cell: str, fault: str) -> None:
    told = faults(lambda: project.read(f"```python\n{cell}\n```\n\n{CHECK}"))
    assert len(told) == 1
    assert told[0].startswith(fault)


def test_an_exercise_needs_a_check(project: Project) -> None:
    told = faults(lambda: project.read(EXERCISE))
    assert told == ["docs/page.md:5: an exercise without a check (a cell with asserts below it, each with its message)"]


def test_a_lab_becomes_a_notebook_to_fill_in_and_a_solved_one(project: Project) -> None:
    lab = project.read(LAB, "docs/labs/page.md")
    page = render_lab(
        replace(lab, name=PurePosixPath("labs/page.md")), project.run(LAB), {}, "https://github.com/we/course"
    )
    assert page.markdown == ""
    notebooks = {f"labs/{name}.ipynb" for name in ("page", "page-solved", "page/page", "page/page-solved")}
    assert set(page.files) == notebooks | {
        "labs/page.md.txt",
        "labs/page-solved.md.txt",
        "labs/page/proofs.md",
        "labs/page/proofs.md.txt",
        "labs/page/proofs.js",
    }
    assert b"x = ...  # yours" in page.files["labs/page.md.txt"]
    assert b"x = ...  # yours" not in page.files["labs/page-solved.md.txt"]
    made = {name: json.loads(page.files[name])["cells"] for name in notebooks}
    sources = {name: [c["source"] for c in cells if c["cell_type"] == "code"] for name, cells in made.items()}
    text = {name: "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown") for name, cells in made.items()}
    for name in ("labs/page.ipynb", "labs/page/page.ipynb"):
        assert sources[name][0] == "x = ...  # yours"
        assert not any(cell.get("outputs") for cell in made[name])
    for name in ("labs/page-solved.ipynb", "labs/page/page-solved.ipynb"):
        assert sources[name][0] == "x = 1 + 1"
    assert made["labs/page/page-solved.ipynb"][2]["outputs"][0]["text"] == "right\n"
    shown = made["labs/page-solved.ipynb"][2]["outputs"][0]["data"]["text/html"]
    assert shown.strip() == '<pre class="output" tabindex="0" role="group" aria-label="Output">right</pre>'
    assert '[this](other.md#a) about <span class="math"><math' in text["labs/page.ipynb"]
    assert "`$`" in text["labs/page.ipynb"]
    assert "Read this about $x^2$" in text["labs/page/page.ipynb"]
    assert 'It is <span id="proof-1">2</span>.' in text["labs/page.ipynb"]
    colab = '<a href="https://colab.research.google.com/github/we/course/blob/notebooks/labs/page/page.ipynb">'
    assert colab in text["labs/page.ipynb"]
    assert colab not in text["labs/page-solved.ipynb"]


def test_without_an_address_there_is_no_link_to_colab(project: Project) -> None:
    page = render_lab(project.read(LAB), project.run(LAB), {})
    assert not any(b"colab" in content for content in page.files.values())


def test_a_figure_of_a_lab_has_its_alt_text_and_both_palettes(project: Project) -> None:
    drawn = "```python\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n```\n\n"
    lab = f'# L\n\n{drawn}![A "line".](@figure)\n\n{EXERCISE}{CHECK}'
    page = render_lab(project.read(lab), project.run(lab), {})
    assert {"page/figure-1.svg", "page/figure-1-dark.svg"} < set(page.files)
    cells = json.loads(page.files["page-solved.ipynb"])["cells"]
    assert (
        '<img alt="A &quot;line&quot;." src="page/figure-1.svg#only-light" width="614" height="384" loading="lazy">'
        in json.dumps(cells, ensure_ascii=False).replace('\\"', '"')
    )


def test_a_formula_of_a_lab_that_is_no_latex_is_a_fault(project: Project) -> None:
    lab = LAB.replace("x^2", "\\nothing")
    told = faults(lambda: project.read(lab))
    assert len(told) == 1
    assert told[0].startswith("docs/page.md:7: not LaTeX: ")


def test_a_lab_is_woven_as_notebooks_alone(project: Project) -> None:
    project.page(LAB, "labs/page.md")
    project.page("# A page { #a }\n", "labs/other.md")
    check(project.course)
    weave(project.course, project.root / "to")
    files = set(project.files("to"))
    assert "labs/page.md" not in files
    assert {"labs/page.ipynb", "labs/page-solved.ipynb", "labs/other.md"} < files


def test_the_cells_alone_are_left_of_a_page_that_mkdocs_jupyter_made() -> None:
    page = (
        "<style>x</style><script>y</script>"
        '<div class="jp-Cell jp-MarkdownCell"><div class="jp-Cell-inputWrapper"><div class="jp-MarkdownOutput">'
        '<h1 id="a">A<a class="anchor-link" href="#a">¶</a></h1><p>Text</p></div></div></div>'
        '<div class="jp-Cell jp-CodeCell"><div class="jp-Cell jp-CodeCell"><div class="jp-Cell-inputWrapper">'
        '<clipboard-copy>x</clipboard-copy><div class="highlight-ipynb"><pre><span class="n">x</span></pre></div></div>'
        '<div class="jp-OutputArea-output"><pre class="output">2</pre></div></div></div>'
    )
    made = tidy(page)
    assert made == (
        '<h1 id="a">A<a class="headerlink" href="#a" title="Link to this heading">¶</a></h1><p>Text</p>'
        '<div class="cell" data-head="01  Python" id="cell-1">'
        '<div class="highlight"><pre><code><span class="n">x</span></code></pre></div><pre class="output">2</pre></div>'
    )


@pytest.mark.parametrize("folders", ["true", "false"])
def test_every_link_of_a_lab_leads_somewhere_under_either_kind_of_address(folders: str, tmp_path: Path) -> None:
    site = SITE.replace("use_directory_urls: false", f"use_directory_urls: {folders}")
    site = site.replace("coursebuild]", "coursebuild, mkdocs-jupyter: {include: [labs/*.ipynb], execute: false}]")
    nav = "nav: [index.md, other page.md, labs/a lab.ipynb]\n"
    head = "---\ntitle: T & U\ndescription: D\n"
    lab = f"{head}related: [other page.md]\n---\n{LAB.replace('other.md#a', '../other%20page.md#a')}"
    other = f"{head}---\n# T {{ #a }}\n\n[The lab](labs/a%20lab.ipynb).\n"
    home = f"{head}---\n# T\n"
    lay(tmp_path, {"mkdocs.yml": site + nav, "docs/index.md": home, "docs/other page.md": other})
    lay(tmp_path, {"docs/labs/a lab.md": lab, "snippets": None})
    done = call(tmp_path, BUILD)
    assert done.returncode == 0, done.stderr
    place = "labs/a lab/index.html" if folders == "true" else "labs/a lab.html"
    article = BeautifulSoup((tmp_path / "site" / place).read_text("utf-8"), "html.parser").article
    assert article
    about = article.select_one("h1 + p.about a")
    assert about
    assert about.text == "T & U"
    leads = [urlsplit(str(link["href"])) for link in article.select("a[href]")]
    paths = [
        posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(lead.path))) for lead in leads if lead.path
    ]
    assert {"other page", "a lab.ipynb", "a lab-solved"} <= {
        PurePosixPath(path).name.removesuffix(".html") for path in paths
    }
    there = [tmp_path / "site" / path for path in paths]
    assert [path for path in there if not path.is_file() and not (path / "index.html").is_file()] == []
