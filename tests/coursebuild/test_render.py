import html
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath

import markdown
import matplotlib.style
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coursebuild.read.model import Lesson
from coursebuild.read.reader import read_lesson
from coursebuild.run.imports import Need
from coursebuild.run.process import Run
from coursebuild.run.replicate import Replications
from coursebuild.run.worker import STYLE, Error, Output
from coursebuild.weave.course import weave
from coursebuild.weave.figures import COLOURS, PALETTE, TWINS, dark, foreign, light
from coursebuild.weave.page import Page, render
from coursebuild.weave.parts import literal, parts
from coursebuild.weave.records import record, record_of_all
from tests.coursebuild.conftest import HEAD, Project, faults, golden
from tests.coursebuild.faults import LONG

NAME = PurePosixPath("a-page.md")
CELL = "```python\nx = 1\n```\n"


def run_of(*outputs: Output) -> Run:
    return Run(outputs, "2026-11-23", {"Keras": "3", "TensorFlow": "2", "Python": "3.11"})


def woven(lesson: Lesson, *outputs: Output) -> Page:
    return render(replace(lesson, name=NAME), run_of(*outputs), {})


def timeless(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if "data-record" not in line)


@pytest.mark.parametrize("case", golden("pages.txt"))
def test_a_page_as_it_is_woven_and_its_program(case: dict[str, str], project: Project, tmp_path: Path) -> None:
    page = render(project.read(case["page"], "docs/a-page.md"), project.run(case["page"]), {})
    assert timeless(page.markdown).rstrip("\n") == HEAD + case["woven"]
    assert page.files["a-page/a_page.py"].decode() == case["program"] + "\n"
    nbformat.validate(nbformat.reads(page.files["a-page/a_page.ipynb"].decode(), as_version=4))
    assert printed_alone(page.files["a-page/a_page.py"], tmp_path / "empty") == shown_on(page.markdown)


def printed_alone(program: bytes, folder: Path) -> list[str]:
    """What a program prints with Python and the packages, and nothing else of ours."""
    folder.mkdir()
    (folder / "a_page.py").write_bytes(program)
    command = [sys.executable, "-I", "a_page.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=LONG)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def shown_on(page: str) -> list[str]:
    shown = re.findall(r'<pre class="output[^>]*>(.*?)</pre>', page, re.DOTALL)
    return "\n".join(html.unescape(each) for each in shown).splitlines()


@pytest.mark.parametrize(
    ("code", "output", "last"),
    [
        ("x", Output(text="1"), "print(x)"),
        ("x", Output(text="'a'", prints_alike=False), "print(repr(x))"),
        ("x,", Output(text="(1,)"), "print((x,))"),
        ("(x, 2)", Output(text="(1, 2)"), "print(((x, 2)))"),
        ("*x, 1", Output(text="(1,)"), "print((*x, 1))"),
        ("x; 'é' + x", Output(text="'é'", prints_alike=False), "x; print(repr('é' + x))"),
        ("[n for n in x]  # why", Output(text="[1]"), "print([n for n in x])  # why"),
        ("(n for n in x)", Output(text="<generator>"), "print((n for n in x))"),
        ("(x\n + 1)", Output(text="1"), "print((x\n + 1))"),
        ("x \\\n + 1", Output(text="1"), "print(x \\\n + 1)"),
        ('"""a\nb"""', Output(text="'a\\nb'", prints_alike=False), 'print(repr("""a\nb"""))'),
        ("lambda: x", Output(text="<function>"), "print(lambda: x)"),
        ("(y := 2)", Output(text="2"), "print((y := 2))"),
        ("1 if x else 2", Output(text="1"), "print(1 if x else 2)"),
        ("x;", Output(text="1"), "print(x);"),
        ("print(x)", Output(stdout="1\n"), "print(x)"),
    ],
)
def test_the_program_prints_a_last_value(code: str, output: Output, last: str, project: Project) -> None:
    page = woven(project.read(f"```python\n{code}\n```\n"), output)
    program = page.files["a-page/a_page.py"].decode()
    assert program == f"# A page: the blocks of the page, in order.\n\n{last}\n"
    compile(program, "a_page.py", "exec")


def test_a_page_without_cells_is_left_as_it_is(project: Project) -> None:
    text = "# A page\n\nSome `code`.\n\n<!-- a note -->\n"
    page = render(project.read(text), None, {})
    assert (page.markdown, page.files) == (HEAD + text, {"page.md.txt": b"# A page\n\nSome `code`.\n"})


def test_a_page_in_a_folder_links_to_files_beside_it(project: Project) -> None:
    page = render(replace(project.read(f"# T\n\n{CELL}"), name=PurePosixPath("deep/a-page.md")), run_of(Output()), {})
    assert set(page.files) == {"deep/a-page/a_page.py", "deep/a-page/a_page.ipynb", "deep/a-page.md.txt"}
    assert "[a_page.py](a-page/a_page.py){ download }" in page.markdown


def test_the_record_stands_on_one_line_that_bears_its_mark(project: Project) -> None:
    page = woven(
        project.read(f"{CELL}One. <!-- claim: x -->\n\n{CELL}"),
        Output(seconds=1.25, values=(("True", True),)),
        Output(seconds=1),
    )
    head, foot = [line for line in page.markdown.split("\n") if "2026" in line]
    assert re.sub("<svg.*</svg>", "", head) == (
        '<div class="seal" data-record data-search-exclude markdown="span"><ul>'
        "<li>[<b>1</b> claim checked](a-page/proofs.md)</li>"
        '<li><b>2</b> blocks ran</li><li>run <time datetime="2026-11-23">2026-11-23</time>, 2 s</li></ul>'
        '<button type="button" role="switch" aria-checked="false" hidden>Show the proofs</button></div>'
    )
    assert foot == (
        '<p class="record" data-record data-search-exclude>Run on <time datetime="2026-11-23">2026-11-23</time>'
        " in 2.2 seconds, with Keras 3, TensorFlow 2 and Python 3.11.</p>"
    )
    assert all(b"2026" not in data and b"1.25" not in data for data in page.files.values())


def test_the_record_needs_no_package() -> None:
    lesson = read_lesson(f"{HEAD}# T\n\n{CELL}", "docs/page.md", Path("snippets"))
    assert record(lesson, Run((), "2026-11-23", {"Python": "3.11"})).endswith(" seconds, with Python 3.11.</p>")


@pytest.mark.parametrize(
    ("runs", "held", "told", "cell"),
    [
        (
            20,
            (20, 20, 20),
            "its 2 rules held in all 20, and its 1 claim about this run held each time",
            "20 of 20",
        ),
        (
            20,
            (19, 3, 20),
            "its 2 rules held in at least 19 of 20, and none of its 1 claim about this run held each time",
            "19 of 20",
        ),
        (
            1,
            (1, 1, 0),
            "its 2 rules held in at least 0 of 1, and its 1 claim about this run held each time",
            "0 of 1",
        ),
    ],
)
def test_what_held_in_other_runs_is_told_at_the_foot_and_in_the_table(
    runs: int, held: tuple[int, ...], told: str, cell: str, project: Project
) -> None:
    lesson = project.read(f"{CELL}One. <!-- holds: x --> <!-- claim: x --> <!-- holds 20: x -->\n")
    others = Replications(runs, (held,))
    assert f" In {runs} other run{'s' * (runs > 1)}, {told}.</p>" in record(lesson, run_of(Output()), others)
    table = record_of_all({NAME: (lesson, run_of(Output()))}, NAME, {lesson.path: others})
    assert f" | {cell} {{ data-record data-search-exclude }} | 0.0 " in table


def test_a_page_that_claims_nothing_tells_that_it_ran_elsewhere_too(project: Project) -> None:
    lesson = project.read(CELL)
    assert record(lesson, run_of(Output()), Replications(5, ((),))).endswith(" In 5 other runs it ran too.</p>")


def test_a_table_is_shown_as_it_is_and_its_text_is_not(project: Project) -> None:
    page = woven(project.read("```python\nx\n```\n"), Output(stdout="a\n", text="   a\n0  1", html="<table>1</table>"))
    assert '<pre class="output" tabindex="0" role="group" aria-label="Output">a</pre>' in page.markdown
    assert (
        '\n\n<div class="output" tabindex="0" role="group" aria-label="Output">\n'
        '<table class="values">1</table>\n</div>\n'
    ) in page.markdown
    assert "0  1" not in page.markdown


@pytest.mark.parametrize(("lines", "folded"), [(24, False), (25, True)])
def test_long_output_is_folded(lines: int, folded: bool, project: Project) -> None:
    page = woven(project.read(CELL), Output(stdout="a\n" * lines))
    assert (f"<summary>Output, {lines} lines</summary>" in page.markdown) == folded


def test_output_is_cleaned_as_a_terminal_would_show_it(project: Project) -> None:
    error = Error(("ValueError",), "<f at 0x7f3a5c0d9e40>", "Trace\nValueError: <f at 0x7f3a5c0d9e40>", 1)
    lesson = project.read(
        f"```python\nx\n```\n`{{python}} x`\n\n```python\nx\n```\n\n<!-- raises: ValueError -->\n{CELL}"
    )
    page = woven(
        lesson,
        Output(stdout="1%\r2%\n", text="<f at 0x7f3a5c0d9e40>", values=(("<f at 0x7f3a5c0d9e40>", True),)),
        Output(text="", html="<table>&lt;f at 0x7f3a5c0d9e40&gt;</table>"),
        Output(error=error),
    )
    everything = page.markdown + page.files["a-page/a_page.ipynb"].decode()
    assert "0x7f" not in everything
    assert everything.count("at 0x…") == 9
    assert "1%" not in everything


def test_a_figure_in_both_palettes_comes_from_one_drawing(project: Project) -> None:
    figure = (
        '<svg width="9"><path style="stroke: #000000; fill: none"/><text style="fill: #ff7f0e">#FF7F0E</text></svg>'
    )
    page = woven(project.read(f"{CELL}![A line.](@figure)\n"), Output(figures=(figure,)))
    for kind, black, warm in (("", "#131a22", "#e5602a"), ("-dark", "#e7ecf1", "#ee7a40")):
        assert page.files[f"a-page/figure-1{kind}.svg"].decode() == (
            f'<svg fill="{black}" width="9"><path style="stroke: {black}; fill: none"/>'
            f'<text style="fill: {warm}">#FF7F0E</text></svg>'
        )
    cells = json.loads(page.files["a-page/a_page.ipynb"])["cells"]
    assert [each["data"]["image/svg+xml"] for cell in cells for each in cell.get("outputs", [])] == [figure]


def test_every_colour_of_the_palette_is_as_matplotlib_writes_it_and_has_twins_unlike_all_others() -> None:
    assert {name: drawn for name, (drawn, *_) in PALETTE.items()} == {name: to_hex(name) for name in PALETTE}
    for scheme in (0, 1):
        assert len({twins[scheme] for twins in TWINS.values()}) == len(PALETTE)
    assert COLOURS.groups == 0


def test_what_names_no_colour_is_in_the_palette_and_never_the_colour_of_a_class() -> None:
    with matplotlib.rc_context():
        matplotlib.style.use(STYLE)
        figure = Figure()
        left, right = figure.subplots(1, 2)
        for _ in range(12):
            left.plot([1, 2])
        right.bar([1, 2], [1, 2])
        right.hist([1, 2], label="hist")
        right.add_patch(Rectangle((0, 0), 1, 1))
        right.scatter([1, 2], [1, 2])
        right.grid(True)
        right.legend()
        figure.savefig(file := io.StringIO(), format="svg")
    assert not list(foreign(file.getvalue()))
    assert not {PALETTE[name][0] for name in ("tab:blue", "tab:orange")} & set(COLOURS.findall(file.getvalue()))


def test_a_drawing_is_light_and_dark_through_and_through() -> None:
    with matplotlib.rc_context():
        matplotlib.style.use(STYLE)
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 2], "ks", label="black squares")  # matplotlib writes no colour for what it fills with black
        axes.legend()
        figure.savefig(file := io.StringIO(), format="svg")
    for paint, scheme in ((light, 0), (dark, 1)):
        twins = {each[scheme] for each in TWINS.values()}
        assert set(re.findall(r"#[0-9a-f]{6}\b", paint(file.getvalue()))) <= twins
        assert f'<svg fill="{TWINS["#000000"][scheme]}" ' in paint(file.getvalue())


def test_a_drawing_tells_places_to_a_hundredth_of_a_point_and_scales_and_words_as_they_are() -> None:
    scaled = '<g transform="scale(0.015625)">{}</g>'
    drawn = '<path d="M 1.000004 -2.345678&#10;L 12345.678901 3"/><text x="457.799760" y="0.5">0.123456</text>'
    painted = '<path d="M 1 -2.35&#10;L 12345.68 3"/><text x="457.8" y="0.5">0.123456</text>'
    assert scaled.format(painted) in light(f"<svg >{scaled.format(drawn)}</svg>")


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [1, 2], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(scheme: int) -> None:
    colours = {name: each[scheme] for name, each in PALETTE.items()}
    ground = colours.pop("white")
    del colours["lightgray"]
    assert contrast(colours["black"], ground) >= 7
    assert contrast(colours["gray"], ground) >= 4.5
    assert {
        name: round(contrast(each, ground), 2) for name, each in colours.items() if contrast(each, ground) < 3
    } == {}


@pytest.mark.parametrize(
    ("below", "drawn", "told"),
    [
        ("![A line.](@figure)\n", 0, "docs/page.md:8: alt text and no figure (the cell above drew no more)"),
        (
            "![A line.](@figure)\n\n![B.](@figure)\n",
            1,
            "docs/page.md:10: alt text and no figure (the cell above drew no more)",
        ),
        ("", 1, "docs/page.md:5: 1 figure without alt text (write ![What there is to see.](@figure) below)"),
        (
            "![A line.](@figure)\n",
            3,
            "docs/page.md:5: 2 figures without alt text (write ![What there is to see.](@figure) below)",
        ),
    ],
)
def test_figures_and_alt_texts_that_do_not_pair(below: str, drawn: int, told: str, project: Project) -> None:
    lesson = project.read(CELL + below)
    assert faults(lambda: woven(lesson, Output(figures=("<svg/>",) * drawn))) == [told]


def test_a_figure_belongs_to_the_cell_above_it(project: Project) -> None:
    lesson = project.read(f"{CELL}\n{CELL}![A line.](@figure)\n")
    assert (
        faults(lambda: woven(lesson, Output(figures=("<svg/>",)), Output()))
        == [
            "docs/page.md:12: alt text and no figure (the cell above drew no more)",
            "docs/page.md:5: 1 figure without alt text (write ![What there is to see.](@figure) below)",
        ][::-1]
    )


def test_the_notebook_is_the_executed_page(project: Project) -> None:
    text = (
        "# A page { #a }\n\nSee [the other](other.md#b) and [it](https://a.example/), `layers[0](x)`, [here](#a).\n\n"
        "```python\nprint(1)\n```\n\nIt is `{python} x`. <!-- claim: x -->\n![A line.](@figure)\n\n"
        "<!-- shown: why -->\n```text\n# a {b}\n```\n\n<!-- raises: ValueError -->\n```python\nint('a')\n```\n"
    )
    error = Error(("ValueError", "Exception"), "no", "Trace\nValueError: no", 1)
    first = Output(
        "1\n", "", "<p>", "<div><table></table></div>", True, ("<svg/>",), None, (("a*b", True), ("True", True))
    )
    page = woven(project.read(text), first, Output(error=error))
    notebook = nbformat.reads(page.files["a-page/a_page.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == [
        "# A page\n\nSee the other and [it](https://a.example/), `layers[0](x)`, here.",
        "print(1)",
        "It is a&#42;b.",
        '```text\n# a {b}\n```\n\n<p class="not-run">Not run: why</p>\n',
        "int('a')",
    ]
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.output_type for output in outputs] == ["stream", "execute_result", "display_data", "error"]
    assert outputs[1].data == {"text/plain": "<p>", "text/html": '<table class="values"></table>'}
    assert outputs[2].data == {"image/svg+xml": "<svg/>"}
    assert notebook.cells[4].metadata == {"tags": ["raises-exception"]}
    assert set(json.loads(page.files["a-page/a_page.ipynb"])["metadata"]) == {"kernelspec", "language_info", "title"}


def test_the_record_of_all_pages_counts_and_gives_reasons(project: Project) -> None:
    lesson = project.read(
        f"{CELL}`{{python}} x` <!-- claim: x --> <!-- holds 20: x -->\n\n<!-- raises: ValueError -->\n{CELL}\n"
        "<!-- shown: why -->\n```text\nx\n```\n"
    )
    pages = {
        name: (replace(lesson, name=name), run)
        for name, lesson, run in (
            (PurePosixPath("a.md"), lesson, run_of(Output(seconds=1.25))),
            (PurePosixPath("deep/b.md"), project.read("<!-- shown: so -->\n```\nx\n```\n"), None),
            (PurePosixPath("c.md"), project.read("No fences.\n"), None),
        )
    }
    mark, one, day = "{ data-record data-search-exclude }", "[1](../a/proofs.md)", "2026-11-23"
    assert record_of_all(pages, PurePosixPath("deep/proven.md")).split("\n") == [
        "| Page | Ran | Must raise | Shown | Values | Claims | Rules | Figures | Other runs | Seconds | Run on |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| [A page](../a.md) | 1 | 1 | 1 | {one} | {one} | {one} | 0 | none yet {mark} | 1.2 {mark} | {day} {mark} |",
        "| [A page](../deep/b.md) | 0 | 0 | 1 | 0 | 0 | 0 | 0 |  |  |  |",
        "",
        "- [A page](../a.md), line 16: why",
        "- [A page](../deep/b.md), line 6: so",
    ]
    assert record_of_all(
        {PurePosixPath("a.md"): (project.read(CELL), run_of(Output()))}, PurePosixPath("proven.md")
    ).endswith("\n\nEvery fence of every page ran.")


# What people read must be what the run gave, whichever parser makes the page.
CHANGING = ["smarty", *(f"pymdownx.{each}" for each in ("magiclink", "smartsymbols", "tilde", "caret", "mark", "keys"))]
CHANGING += ["pymdownx.emoji", "pymdownx.critic"]
PARSERS = {
    "CommonMark": MarkdownIt("commonmark").enable("table").render,
    "Python-Markdown": lambda text: markdown.markdown(text, extensions=["attr_list", "md_in_html", "tables", "toc"]),
    "with all that changes texts": lambda text: markdown.markdown(text, extensions=["tables", *CHANGING]),
}
VALUES = st.lists(
    st.sampled_from(
        [
            *r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~ ab1é""",
            *("\n", "- ", "1. ", "&amp;", "<b>", "](", "--", "{ #a }"),
            *("...", "(c)", "(tm)", "1/2", "c/o", "+/-", "1st"),
            *("2nd", "-->", "http://a.org", "www.a.org", "a@b.org"),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(value=VALUES)
def test_a_value_is_read_as_it_is_wherever_it_stands(parser: str, value: str) -> None:
    written = literal(value)
    text = f"It is x{written}y.\n\n## Of x{written}y\n\n| a | b |\n|---|---|\n| x{written}y | c |\n"
    page = PARSERS[parser](text)
    read = re.findall(r"(?:It is|<h2[^>]*>Of|<td>) *x(.*?)y(?=\.</p>|</h2>|</td>)", page, re.DOTALL)
    assert [html.unescape(each) for each in read] == [re.sub(r"\s+", " ", value).strip()] * 3


@pytest.mark.parametrize("value", ["0.912", "-0.5", "1,234", "92 %", "(1, 2)", "a/b"])
def test_a_plain_value_is_written_as_it_is(value: str) -> None:
    assert literal(value) == value


@pytest.mark.parametrize(
    "value", ["# a", "- a", "> a", "* a", "+ a", "=== ", "---", "```python", "~~~", "<div>", "    a", "| a |"]
)
def test_a_value_that_begins_a_line_begins_no_block(value: str) -> None:
    written = literal(value)
    for parse in PARSERS.values():
        assert html.unescape(parse(f"Title\n\n{written}\n")) in (
            f"<p>Title</p>\n<p>{value.strip()}</p>",
            f"<p>Title</p>\n<p>{value.strip()}</p>\n",
        )


def test_a_file_that_a_cell_made_is_offered_beside_the_page(project: Project) -> None:
    text = "```python\nopen('a.bin', 'wb').write(b'\\x00\\xff')\n```\n\n"
    text += "[Take a.bin](@file/a.bin), in `{python} 1 + 1` bytes.\n"
    page = render(replace(project.read(text), name=PurePosixPath("sub/page.md")), project.run(text), {})
    assert '[Take a.bin](page/a.bin), in <span id="proof-1">2</span> bytes.' in page.markdown
    assert page.files["sub/page/a.bin"] == b"\x00\xff"
    assert b"Take a.bin, in 2 bytes." in page.files["sub/page/page.ipynb"]


def test_two_files_of_one_name_are_a_fault_unless_they_are_alike(project: Project) -> None:
    cell, link = "```python\nn = open('a.csv', 'w').write('{}')\n```\n\n", "[Take](@file/a.csv)\n\n"
    alike = (cell.format(1) + link) * 2
    assert parts(project.read(alike), project.run(alike))
    other = alike + cell.format(2) + link
    told = faults(lambda: parts(project.read(other), project.run(other)))
    assert told == ["docs/page.md:21: another 'a.csv' than above (a name for each)"]


def test_a_file_that_no_cell_made_is_a_fault(project: Project) -> None:
    told = faults(lambda: project.run("```python\nx = 1\n```\n\n[Take it](@file/a.bin)\n"))
    assert len(told) == 1
    assert told[0].startswith("docs/page.md:9: no file 'a.bin' (name one that")


def test_the_head_of_a_lesson_tells_its_reading_time_and_its_relatives(project: Project) -> None:
    head = "---\ntitle: A page\ndescription: D\nrelated: [b.md]\n---\n"
    words, code = "word " * 397, "x = 1\n" * 50
    lesson = read_lesson(f"{head}# A page {{ #a }}\n\n{words}\n\n```python\n{code}```\n", "docs/sub/a.md", project.root)
    titles = {PurePosixPath("sub/a.md"): "A page", PurePosixPath("b.md"): "Another"}
    page = render(replace(lesson, name=PurePosixPath("sub/a.md")), run_of(Output()), titles).markdown
    assert '# A page { #a }\n\n4 minutes. Related: [Another](../b.md)\n{ .about }\n\n<div class="seal"' in page
    assert "</div>\n\n[a.py](a/a.py)" in page
    more = (
        f'\n<details markdown="1" class="more"><summary>More</summary>\n\n{words}\n\n</details>\n\n## Next {{ #n }}\n'
    )
    longer = read_lesson(
        f"{lesson.head}\n# A page {{ #a }}\n\n{words}\n\n```python\n{code}```\n{more}", "docs/a.md", project.root
    )
    assert (lesson.minutes, longer.minutes) == (4, 4)


def test_the_index_of_snippets_tells_what_each_shows_where_and_what_it_needs(project: Project) -> None:
    project.snippet('"""Load it.\n\nMore."""\nimport os\nimport sklearn.metrics\nfrom keras import layers\n')
    project.snippet('"""Unused."""\n', "other.py")
    project.page('# A page\n\n```python\n--8<-- "data.py"\n```\n', "sub/a.md")
    project.page("# Snippets\n\n<!-- snippets -->\n", "snippets.md")
    weave(project.course, project.root / "to")
    index = (project.root / "to" / "snippets.md").read_text()
    assert "| `data.py` | Load it. | [A page](sub/a.md) | keras, sklearn |" in index


def test_a_page_says_what_it_needs_to_people_and_to_tools(project: Project) -> None:
    text = "# T { #t }\n\n```python\nimport numpy, torch\nimport matplotlib.pyplot as plt\nplt.show()\n```\n"
    needs = [Need("numpy", "numpy", "2.1"), Need("o", "odd", "0.5", alone=True)]
    lesson = replace(project.read(text), name=PurePosixPath("sub/a-page.md"))
    page = render(lesson, run_of(Output()), {}, {}, needs, "index.md#run")
    pins = '{ .needs data-search-exclude data-pins="3.11 numpy==2.1 odd==0.5~" }'
    line = f"Needs numpy and odd. [How to run it](../index.md#run)\n{pins}\n"
    assert f"{{ .downloads }}\n\n{line}" in page.markdown
    assert (
        page.files["sub/a-page/a_page.py"]
        .decode()
        .startswith(
            "# A page: the blocks of the page, in order. `uv run a_page.py` fetches what it needs, and runs it.\n"
            "# plt.show() waits until you close the window; what is below it runs then.\n\n"
            "# /// script\n"
            '# requires-python = "==3.11.*"\n'
            "# dependencies = [\n"
            '#     "numpy==2.1",\n'
            '#     "odd==0.5",\n'
            "# ]\n"
            "#\n"
            "# [[tool.uv.dependency-metadata]]\n"
            '# name = "odd"\n'
            '# version = "0.5"\n'
            "# requires-dist = []\n"
            "# ///\n\n"
            "import numpy, torch\n"
        )
    )


def test_the_page_that_says_how_to_run_one_leads_to_itself_and_without_it_there_is_no_link(project: Project) -> None:
    lesson = replace(project.read(f"# T\n\n{CELL}"), name=PurePosixPath("index.md"))
    needs = [Need("numpy", "numpy", "2.1")]
    assert (
        "Needs numpy. [How to run it](#run)\n"
        in render(lesson, run_of(Output()), {}, {}, needs, "index.md#run").markdown
    )
    assert "Needs numpy.\n" in render(lesson, run_of(Output()), {}, {}, needs).markdown
    bare = render(lesson, run_of(Output()), {}, {}, (), "index.md#run")
    assert "Needs" not in bare.markdown
    assert b"///" not in bare.files["index/index.py"]
