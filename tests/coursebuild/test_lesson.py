import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coursebuild.faults import LessonError
from coursebuild.read.files import decode, read_file
from coursebuild.read.model import Cell, Expression, Figure, Lesson, Prose, Shown
from coursebuild.read.reader import guarded, read_lesson
from coursebuild.read.snippet import read_snippet
from tests.coursebuild.conftest import HEAD, Project, faults

COMMENTS = (
    "(<!-- claim: … -->, <!-- holds: … -->, <!-- play: … -->, "
    "or <!-- raises: … --> or <!-- shown: … --> on the line above a fence)"
)
CELL = "```python\nx = 1\n```\n"
ALONE = "is not shown: a page loads from its own site alone (a copy among the pages)"

# A page that is wrong (its text begins on line 5), and what the reader says of it.
BAD_PAGES = {
    "an embed of a missing file": (
        '```python\n--8<-- "missing.py"\n```\n',
        "docs/page.md:6: no file snippets/missing.py (snippets/ has: data.py, deep/more.py, link)",
    ),
    "an embed of a missing section": (
        '```python\n--8<-- "data.py:fit"\n```\n',
        "docs/page.md:6: no section 'fit' in snippets/data.py (it has: load, split)",
    ),
    "an embed of a section of a file without sections": (
        '```python\n--8<-- "deep/more.py:fit"\n```\n',
        "docs/page.md:6: no section 'fit' in snippets/deep/more.py (it has: no section)",
    ),
    "an embed of no section": (
        '```python\n--8<-- "data.py:"\n```\n',
        "docs/page.md:6: no section '' in snippets/data.py (it has: load, split)",
    ),
    "a path that leaves snippets": (
        '```python\n--8<-- "../secret.py"\n```\n',
        "docs/page.md:6: '../secret.py' is not in snippets/ (name a file there)",
    ),
    "an absolute path": (
        '```python\n--8<-- "/etc/passwd"\n```\n',
        "docs/page.md:6: '/etc/passwd' is not in snippets/ (name a file there)",
    ),
    "a link that leaves snippets": (
        '```python\n--8<-- "link"\n```\n',
        "docs/page.md:6: 'link' is not in snippets/ (name a file there)",
    ),
    "an embed of nothing": (
        '```python\n--8<-- ""\n```\n',
        "docs/page.md:6: '' is not in snippets/ (name a file there)",
    ),
    "an embed of a folder": (
        '```python\n--8<-- "deep"\n```\n',
        "docs/page.md:6: no file snippets/deep (snippets/ has: data.py, deep/more.py, link)",
    ),
    "an embed of a name too long for any file": (
        f'```python\n--8<-- "{"a" * 300}.py"\n```\n',
        f"docs/page.md:6: no file snippets/{'a' * 300}.py (snippets/ has: data.py, deep/more.py, link)",
    ),
    "an indented embed": (
        '```python\nif x:\n    --8<-- "data.py"\n```\n',
        'docs/page.md:7: \'--8<-- "data.py"\' is no embed (write --8<-- "file.py:section" alone on a line)',
    ),
    "an embed in prose": (
        '--8<-- "data.py"\n',
        "docs/page.md:5: a stray '--8<--' (embed in a python fence)",
    ),
    "an unclosed fence": (
        "# A page\n\n```python\nx = 1\n",
        "docs/page.md:7: the fence has no end (add a line ```)",
    ),
    "a fence that something else may end": (
        "```python\nx = 1\n ```\n```\n",
        "docs/page.md:7: does this line end the fence of line 5? (end it with ``` alone)",
    ),
    "a fence that more backticks may end": (
        "```python\nx = 1\n````\n```\n",
        "docs/page.md:7: does this line end the fence of line 5? (end it with ``` alone)",
    ),
    "a fence that ends in a space that only Python knows": (
        "```python\nx = 1\n```\u00a0\n```\n",
        "docs/page.md:7: does this line end the fence of line 5? (end it with ``` alone)",
    ),
    **{
        f"a look-alike: {line}": (
            f"{line}\nx = 1\n{line[:3]}\n",
            f"docs/page.md:5: '{line}' looks like a cell, but would not run (write ```python and no more)",
        )
        for line in (
            "```py",
            "```py3",
            "```Python",
            "```python3",
            "```ipython",
            "``` python",
            "```{python}",
            "```{.python}",
            '```python title="fit.py"',
            "```python {1,2}",
            "```pycon",
            "~~~python",
            "~~~",
        )
    },
    "an indented fence, and what is wrong below it": (
        "- so:\n\n    ```python\n    x = 1\n    ```\n\n    > ~~~\n    > ~~~\n\n```py\n```\n",
        "docs/page.md:7: a fence that is indented or quoted, which some tools skip (move it to the margin)",
        "docs/page.md:11: a fence that is indented or quoted, which some tools skip (move it to the margin)",
        "docs/page.md:14: '```py' looks like a cell, but would not run (write ```python and no more)",
    ),
    "a fence in a list item": (
        "- ```python\n```\n",
        "docs/page.md:5: a fence that is indented or quoted, which some tools skip (move it to the margin)",
    ),
    "a quoted fence": (
        "> ```python\n```\n",
        "docs/page.md:5: a fence that is indented or quoted, which some tools skip (move it to the margin)",
    ),
    "a fence in raw HTML": (
        f'<details markdown="1"><summary>Answer</summary>\n{CELL}',
        "docs/page.md:6: a fence in raw HTML (leave a blank line above it)",
    ),
    "a fence in raw HTML below a line that only looks blank": (
        f"<div>\n\u00a0\n{CELL}",
        "docs/page.md:7: a fence in raw HTML (leave a blank line above it)",
    ),
    **{
        f"raw HTML: {tag}": (
            f"{tag} x\n",
            f"docs/page.md:5: raw HTML '{tag}' (use Markdown; a page has no inline script)",
        )
        for tag in ("<pre", "<script", "<STYLE", "<textarea", "<?", "<!")
    },
    "a script in a line of text": (
        "Text\n<b>and</b> <script>x</script> `<script>`\n\n- <Style>a\n",
        "docs/page.md:6: raw HTML '<script' (use Markdown; a page has no inline script)",
        "docs/page.md:8: raw HTML '<Style' (use Markdown; a page has no inline script)",
    ),
    "what the policy of the page keeps from its readers": (
        (
            "![One](https://example.org/1.png), ![two][There], ![three][], ![there] and [a link][there]\n\n"
            "[there]: //example.org/2.png\n[three]: <HTTP://example.org/3.png>\n\n"
            "<iframe\nsrc='a.html'></iframe> <Object data=x>\n\n"
            "<i><source srcset='//example.org/4.png 2x'></i> <b\nonclick=x>b</b> **b**{: style='color:red'}\n\n"
            "<form action=x> [a](<javascript:x>) <a href=' JavaScript:x'>a</a> <base href=x>\n"
        ),
        *(
            f"docs/page.md:{line}: '{address}' {ALONE}"
            for line, address in (
                (5, "//example.org/2.png"),
                (5, "HTTP://example.org/3.png"),
                (5, "https://example.org/1.png"),
            )
        ),
        "docs/page.md:10: <iframe> stays empty: a page frames nothing (a link to it)",
        "docs/page.md:11: <object> stays empty: a page frames nothing (a link to it)",
        f"docs/page.md:13: '//example.org/4.png 2x' {ALONE}",
        "docs/page.md:13: the attribute onclick is a script: a page has none inline (a file of extra_javascript)",
        "docs/page.md:14: the attribute style is not heeded (a class, and a rule for it in a file of extra_css)",
        "docs/page.md:16: <base> has no place in a text (front matter, or mkdocs.yml)",
        "docs/page.md:16: a link that is a script: a page has none inline (a link to a page or a file)",
        "docs/page.md:16: the attribute action of <form>: a page sends nothing (a link)",
        "docs/page.md:16: the attribute href is a script: a page has none inline (a file of extra_javascript)",
    ),
    "a value with attributes": (
        f"{CELL}\n**`{{python}} x`**{{ .a }} `{{python}} x`{{ .b }}\n",
        "docs/page.md:9: a value has no attributes (put it in ** or *, and the attributes behind)",
    ),
    "a value in a formula": (
        f"{CELL}\nAt $y = `{{python}} x`$.\n\n$$\n`{{python}} x`\n$$\n",
        "docs/page.md:9: '{python}' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
        "docs/page.md:11: '{python}' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
    ),
    "a figure with attributes": (
        f"{CELL}\nA ![line.](@figure){{ width=50% }}\n",
        "docs/page.md:9: a figure has its own attributes (write ![What there is to see.](@figure))",
    ),
    **{
        f"a file that is called as one of the page: {name}": (
            f"{CELL}\n[a](@file/{name}) [b](@file/more.csv)\n",
            f"docs/page.md:9: '{name}' is what a file of the page is called (another name)",
        )
        for name in ("page.py", "page.ipynb", "figure-1-dark.svg", "block-1.py", "proofs.js", "cards.txt", "x.MD")
    },
    "a fence that is not run and gives no reason": (
        "```text\nx\n```\n",
        "docs/page.md:5: a fence that is not run needs a reason (<!-- shown: the reason --> on the line above)",
    ),
    "a fence with an empty reason": (
        "<!-- shown: -->\n```\nx\n```\n",
        "docs/page.md:6: a fence that is not run needs a reason (<!-- shown: the reason --> on the line above)",
    ),
    "a reason with a blank line below": (
        "<!-- shown: why -->\n\n```text\nx\n```\n",
        f"docs/page.md:5: a comment 'shown' with no effect {COMMENTS}",
        "docs/page.md:7: a fence that is not run needs a reason (<!-- shown: the reason --> on the line above)",
    ),
    "a python fence that is to be shown": (
        f"<!-- shown: why -->\n{CELL}",
        "docs/page.md:5: a python fence always runs (show it as ```text, or drop the comment)",
    ),
    "more than a language": (
        "<!-- shown: why -->\n```console session\n$ ls\n```\n",
        "docs/page.md:6: 'console session' after the backticks (one word, the language)",
    ),
    "an error that is no name": (
        f"<!-- raises: 5 -->\n{CELL}",
        "docs/page.md:5: '5' names no error (write <!-- raises: ValueError -->)",
    ),
    "an error without a name": (
        f"<!-- raises: -->\n{CELL}",
        "docs/page.md:5: '' names no error (write <!-- raises: ValueError -->)",
    ),
    "a comment that nearly is a claim": (
        f"{CELL}\n<!-- claims: x == 1 -->\n",
        f"docs/page.md:9: a comment 'claims' with no effect {COMMENTS}",
    ),
    "an empty cell": (
        "```python\n\n```\n",
        "docs/page.md:5: an empty cell (write its code, or embed it)",
    ),
    "a cell that is not Python": (
        '```python\n--8<-- "data.py:load"\n\nx = (\n```\n',
        "docs/page.md:8: not Python: '(' was never closed (mend the code)",
    ),
    "a notebook's magic": (
        "```python\n%matplotlib inline\n```\n",
        "docs/page.md:6: not Python: invalid syntax (mend the code)",
    ),
    "a return outside a function": (
        "```python\nx = 1\nreturn x\n```\n",
        "docs/page.md:7: not Python: 'return' outside function (mend the code)",
    ),
    "a cell that must raise and is not Python": (
        "<!-- raises: SyntaxError -->\n```python\nx = (\n```\n",
        "docs/page.md:7: not Python: '(' was never closed (mend the code)",
    ),
    "a cell that must raise with a string over lines": (
        '<!-- raises: ValueError -->\n```python\nraise ValueError("""a\nb""")\n```\n',
        "docs/page.md:6: a cell that must raise is put in a `try` (keep strings on one line in it)",
    ),
    "an unclosed comment": (
        f"<!-- note\n\n{CELL}",
        "docs/page.md:5: a stray '<!--' (close the comment with --> before the next fence)",
    ),
    "a value outside a code span": (
        f"{CELL}\nIt is {{python}} x.\n",
        "docs/page.md:9: a stray '{python}' (write it in a code span: `{python} expression`)",
    ),
    "a value that looks like one": (
        f"{CELL}\nIt is `{{ Python }} x`.\n",
        "docs/page.md:9: a value that is not read (write it as `{python} expression`)",
    ),
    "a value within a code span": (
        f"{CELL}\nIt is `x = {{python}} x`.\n",
        "docs/page.md:9: '{python}' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
    ),
    "a rule that asks for less": (
        f"{CELL}\nIt is 1.\n<!-- holds 18: x == 1 -->\n",
        "docs/page.md:10: a rule that holds in 18 of 20 other runs (ask for 19 or 20)",
    ),
    "a comment that nearly is a rule": (
        f"{CELL}\n<!-- hold: x == 1 -->\n",
        f"docs/page.md:9: a comment 'hold' with no effect {COMMENTS}",
    ),
    "a claim within a code span": (
        f"{CELL}\nIt is 1. `<!-- claim: x == 2 -->`\n",
        "docs/page.md:9: '<!--' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
    ),
    "a value within a comment": (
        f"{CELL}\n<!-- It is `{{python}} x` -->\n",
        "docs/page.md:9: '{python}' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
    ),
    "a claim within an alt text": (
        f"{CELL}\n![A <!-- claim: x == 2 --> curve.](@figure)\n",
        "docs/page.md:9: '<!--' in a code span, comment, formula or alt text (take it out, or show it in a fence)",
    ),
    "a value that is no expression": (
        f"{CELL}\nIt is\n`{{python}} x =`.\n",
        "docs/page.md:10: the value 'x =' is no Python expression (write one, such as: loss < 1)",
    ),
    "an empty value": (
        f"{CELL}\nIt is `{{python}}`.\n",
        "docs/page.md:9: the value '' is no Python expression (write one, such as: loss < 1)",
    ),
    "a claim that is no expression": (
        f"{CELL}\nIt is 1.\n<!-- claim: x = 1 -->\n",
        "docs/page.md:10: the claim 'x = 1' is no Python expression (write one, such as: loss < 1)",
    ),
    "a figure with no alt text": (
        f"{CELL}\n![ ](@figure)\n",
        "docs/page.md:9: a figure without alt text (write ![What there is to see.](@figure))",
    ),
    "a figure with a title": (
        f'{CELL}\n![A curve.](@figure "Curve")\n',
        "docs/page.md:9: a stray '@figure' (write ![What there is to see.](@figure))",
    ),
    "a figure by reference": (
        f"{CELL}\n![A curve.][1]\n\n[1]: @figure\n",
        "docs/page.md:11: a stray '@figure' (write ![What there is to see.](@figure))",
    ),
    "a value, a claim and an explorer with no cell at all": (
        "`{python} x`\n<!-- claim: x -->\n\n<!-- play: lever x -->\n",
        "docs/page.md:5: there is no cell to ask (put it below the cell that it is about)",
        "docs/page.md:6: there is no cell to ask (put it below the cell that it is about)",
        "docs/page.md:8: there is no cell to ask (put it below the cell that it is about)",
    ),
    "a figure and a file with no cell above": (
        f"![A curve.](@figure)\n[Table](@file/table.csv)\n\n{CELL}",
        "docs/page.md:5: there is no cell above that made it (put it below the cell that it is about)",
        "docs/page.md:6: there is no cell above that made it (put it below the cell that it is about)",
    ),
    "an explorer without data": (
        f"{CELL}\n<!-- play: lever -->\n",
        "docs/page.md:9: 'lever' is no explorer with its data (<!-- play: NAME expression --> alone on a line)",
    ),
    "an explorer in a line of text": (
        f"{CELL}\nSee <!-- play: lever x -->\n",
        "docs/page.md:9: 'lever x' is no explorer with its data (<!-- play: NAME expression --> alone on a line)",
    ),
    "an explorer whose data are no expression": (
        f"{CELL}\n<!-- play: lever x = 1 -->\n",
        "docs/page.md:9: the play 'x = 1' is no Python expression (write one, such as: loss < 1)",
    ),
    "an explorer by another word": (
        f"{CELL}\n<!-- plays: lever x -->\n",
        f"docs/page.md:9: a comment 'plays' with no effect {COMMENTS}",
    ),
    "a control character": (
        "A bell: \x07\n",
        "docs/page.md:5: control character '\\x07' (remove it)",
    ),
    "many faults, all told, in order": (
        "```py\nx\n```\n\n```text\nx\n```\n\n`{python} 1 +`\n",
        "docs/page.md:5: '```py' looks like a cell, but would not run (write ```python and no more)",
        "docs/page.md:9: a fence that is not run needs a reason (<!-- shown: the reason --> on the line above)",
        "docs/page.md:13: the value '1 +' is no Python expression (write one, such as: loss < 1)",
    ),
}

WANTED = "(begin the page with --- / title: … / description: … / ---)"
BAD_HEADS = {
    "no front matter": ("# A page\n", f"docs/page.md:1: no front matter {WANTED}"),
    "an empty file": ("", f"docs/page.md:1: no front matter {WANTED}"),
    "front matter that ends with dots": (
        "---\ntitle: A\ndescription: B\n...\n# T\n\n---\n",
        f"docs/page.md:1: no front matter {WANTED}",
    ),
    "front matter without an end": ("---\ntitle: A\n", f"docs/page.md:1: no front matter {WANTED}"),
    "front matter that is not YAML": (
        "---\ntitle: A\ndescription: [\n---\n",
        f"docs/page.md:3: the front matter is not YAML {WANTED}",
    ),
    "front matter with a number too large for a character": (
        '---\ntitle: "\\UFFFFFFFF"\ndescription: B\n---\n',
        f"docs/page.md:2: the front matter is not YAML {WANTED}",
    ),
    "no title": ("---\ndescription: B\n---\n", f"docs/page.md:1: no title of one line in the front matter {WANTED}"),
    "a title of two lines": (
        "---\ntitle: |\n  A\n  import os\ndescription: B\n---\n",
        f"docs/page.md:1: no title of one line in the front matter {WANTED}",
    ),
    "a title with half a character": (
        '---\ntitle: "\\uD800"\ndescription: B\n---\n',
        f"docs/page.md:1: no title of one line in the front matter {WANTED}",
    ),
    "words for the search that are no list": (
        "---\ntitle: A\ndescription: B\nsearch: {words: GPU}\n---\n",
        "docs/page.md:1: search: no list of words (search: {words: [class imbalance, GPU]})",
    ),
    "words for the search at no key": (
        "---\ntitle: A\ndescription: B\nsearch: [GPU]\n---\n",
        "docs/page.md:1: search: no list of words (search: {words: [class imbalance, GPU]})",
    ),
    "a boost that is no number": (
        "---\ntitle: A\ndescription: B\nsearch: {boost: high}\n---\n",
        "docs/page.md:1: search: boost 'high' is no factor (search: {boost: 0.5})",
    ),
    "an empty description": (
        "---\ntitle: A\ndescription:\n---\n",
        f"docs/page.md:1: no description of one line in the front matter {WANTED}",
    ),
    "front matter with a key twice": (
        "---\ntitle: A\ndescription: B\ntitle: C\n---\n",
        "docs/page.md:4: a second title in the front matter (one of each)",
    ),
    "a title with a control character": (
        '---\ntitle: "a\\rb"\ndescription: B\n---\n',
        f"docs/page.md:1: no title of one line in the front matter {WANTED}",
    ),
    "related pages and tags that are no lists": (
        "---\ntitle: A\ndescription: B\nrelated: fit.md\ntags: {a: b}\n---\n",
        "docs/page.md:1: related is no list (related: [one, another])",
        "docs/page.md:1: tags is no list (tags: [one, another])",
    ),
    "front matter that is a list": (
        "---\n- A\n---\n",
        f"docs/page.md:1: no description of one line in the front matter {WANTED}",
        f"docs/page.md:1: no title of one line in the front matter {WANTED}",
    ),
}

# A snippet that is wrong.
BAD_SNIPPETS = {
    "a section that ends before it starts": (
        "# --8<-- [end:fit]\nx = 1\n",
        "snippets/bad.py:1: section 'fit' ends before it starts (put [start:fit] above [end:fit])",
    ),
    "two sections of one name": (
        "# --8<-- [start:fit]\nx = 1\n# --8<-- [end:fit]\n# --8<-- [start:fit]\nx = 2\n# --8<-- [end:fit]\n",
        "snippets/bad.py:4: a second section 'fit' (give each section its own name)",
    ),
    "a section in itself": (
        "# --8<-- [start:fit]\n# --8<-- [start:fit]\nx = 2\n# --8<-- [end:fit]\n",
        "snippets/bad.py:2: a second section 'fit' (give each section its own name)",
    ),
    "a section that does not end": (
        "x = 1\n# --8<-- [start:fit]\nx = 2\n",
        "snippets/bad.py:2: section 'fit' has no end (add # --8<-- [end:fit] below it)",
    ),
    "a marker that is none": (
        "# --8<-- [begin:fit]\nx = 1\n",
        "snippets/bad.py:1: '# --8<-- [begin:fit]' is no marker (write # --8<-- [start:name] or [end:name])",
    ),
}


@pytest.fixture
def snippets(project: Project) -> Project:
    project.snippet(
        "# --8<-- [start:load]\nimport os\n\nhere = os.curdir\n# --8<-- [end:load]\n\n"
        "# --8<-- [start:split]\nhalf = 1 / 2\n# --8<-- [end:split]\n"
    )
    project.snippet("more = 1\n", "deep/more.py")
    secret = project.write("secret.py", "secret = 1\n")
    (project.root / "snippets" / "link").symlink_to(secret)
    return project


@pytest.mark.parametrize(("text", "told"), [(text, told) for text, *told in BAD_PAGES.values()], ids=BAD_PAGES)
def test_a_bad_page(text: str, told: list[str], snippets: Project) -> None:
    assert faults(lambda: snippets.read(text)) == told


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("my-page.md", "my_page"),
        ("queue.md", "queue_page"),
        ("numpy.md", "numpy_page"),
        ("a/sklearn.md", "sklearn_page"),
    ],
)
def test_a_program_is_called_as_no_module_that_it_would_hide(name: str, program: str, project: Project) -> None:
    lesson = project.read(CELL, name)
    assert lesson.program == program
    assert [path.name for path in lesson.downloads] == [f"{program}.py", f"{program}.ipynb"]


@pytest.mark.parametrize(("text", "told"), [(text, told) for text, *told in BAD_HEADS.values()], ids=BAD_HEADS)
def test_bad_front_matter(text: str, told: list[str], tmp_path: Path) -> None:
    assert faults(lambda: read_lesson(text, "docs/page.md", tmp_path)) == told


@pytest.mark.parametrize(("text", "told"), [(text, told) for text, *told in BAD_SNIPPETS.values()], ids=BAD_SNIPPETS)
def test_a_bad_snippet(text: str, told: list[str], project: Project) -> None:
    project.snippet(text, "bad.py")
    assert faults(lambda: project.read('```python\n--8<-- "bad.py"\n```\n')) == told


def test_a_snippet_that_is_not_python_is_told_where_it_is_wrong(project: Project) -> None:
    project.snippet('"""About."""\n# --8<-- [start:fit]\nx = 1\ny = (\n# --8<-- [end:fit]\n')
    told = ["snippets/data.py:4: not Python: '(' was never closed (mend the code)"]
    assert faults(lambda: project.read('```python\n--8<-- "data.py:fit"\n```\n')) == told


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes("---\ntitle: A\n---\nCaf\xe9\n".encode("latin-1"))
    told = ["page.md:4: byte 0xe9 is not UTF-8 (save the file as UTF-8)"]
    assert faults(lambda: read_file(path, "page.md")) == told


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert faults(lambda: read_file(tmp_path, "page.md")) == [
        "page.md:1: cannot be read: Is a directory (a readable file)"
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_accepted(project: Project) -> None:
    text = HEAD + "# A page\n\n" + CELL
    windows = decode(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "docs/page.md")
    assert windows == text
    assert read_lesson(windows, "docs/page.md", project.root).cells[0].code == "x = 1"


def test_the_parts_of_a_page_in_order(snippets: Project) -> None:
    lesson = snippets.read(
        "# A page\n\n"
        '```python\n--8<-- "data.py:load"\nx = 1\n```\n\n'
        "It is `{python} x`, so `y`.\n<!-- claim: x\n< 2 -->\n\n"
        "![A\ncurve.](@figure)\n\n"
        "<!-- shown: it is no Python -->\n```console\n$ ls\n```\n\n"
        "<!-- raises: ValueError: no such -->\n```python\nint('a')\n```\n"
    )
    path = "docs/page.md"
    value, claim = Expression("value", 12, "x"), Expression("claim", 13, "x < 2")
    figure = Figure(16, "A curve.")
    first = Cell(
        7,
        "import os\n\nhere = os.curdir\nx = 1",
        (*(("snippets/data.py", n) for n in (2, 3, 4)), (path, 9)),
        expressions=(value, claim),
        figures=(figure,),
    )
    assert lesson.parts == (
        Prose(("# A page\n",)),
        first,
        Prose(("\nIt is ", value, ", so `y`.\n", claim, "\n\n", figure, "\n")),
        Shown(20, "console", "$ ls", "it is no Python"),
        Prose(("",)),
        Cell(25, "int('a')", ((path, 26),), "ValueError", "no such"),
        Prose(("",)),
    )
    assert lesson.head == HEAD.rstrip("\n")
    assert lesson.meta == {"title": "A page", "description": "What it is about."}
    assert lesson.embeds == {("data.py", "load")}
    assert lesson.ledger() == {
        "run": 1,
        "must raise": 1,
        "shown": 1,
        "values": 1,
        "claims": 1,
        "rules": 0,
        "figures": 1,
    }


def test_a_whole_file_is_embedded_without_its_markers(snippets: Project) -> None:
    (cell,) = snippets.read('```python\n--8<-- "data.py"\n```\n').cells
    assert cell.code == "import os\n\nhere = os.curdir\n\nhalf = 1 / 2"
    assert [line for _, line in cell.origins] == [2, 3, 4, 6, 8]


def test_expressions_below_a_shown_fence_ask_the_cell_above_it(project: Project) -> None:
    lesson = project.read(f"{CELL}\n<!-- shown: why -->\n```text\nx\n```\n\n`{{python}} x`\n")
    assert [expression.source for expression in lesson.cells[0].expressions] == ["x"]


def test_expressions_and_figures_ask_the_nearest_cell_above(project: Project) -> None:
    below = "`{python} x` <!-- claim: x -->\n![A line.](@figure)\n\n"
    first, second = project.read(f"{CELL}\n{below}{CELL}{below}").cells
    assert [each.line for each in first.expressions] == [9, 9]
    assert [each.line for each in second.expressions] == [15, 15]
    assert (first.figures, second.figures) == ((Figure(10, "A line."),), (Figure(16, "A line."),))


def test_fences_in_folded_text_run(project: Project) -> None:
    lesson = project.read(f'<details markdown="1"><summary>Answer</summary>\n\n{CELL}\n</details>\n')
    assert lesson.ledger()["run"] == 1


def test_what_the_policy_of_a_page_lets_through_is_no_fault(project: Project) -> None:
    project.read(
        "`<iframe>` and ``style='x'``, [a link](https://example.org), <a href='//example.org'>one</a>, $a <b style$, "
        "if a <b and on=1, <video src='own.mp4' controls></video> ![a](data:image/png;base64,AAAA) <!-- <base> -->\n\n"
        "[one]: https://example.org/1.png\n\n{.a style} and {: .on }\n"
    )


def test_a_cell_may_hold_a_fence(project: Project) -> None:
    (cell,) = project.read('````python\nx = """\n```python\n"""\n````\n').cells
    assert cell.code == 'x = """\n```python\n"""'


def test_a_guarded_cell_leaves_the_names_of_the_program_alone(project: Project) -> None:
    (cell,) = project.read("<!-- raises: ValueError -->\n```python\nerror = 3\n\nint('a')\n```\n").cells
    names: dict[str, object] = {}
    exec(guarded(cell), names)
    assert names["error"] == 3


# Texts for the properties: a page made of pieces that parsers are known to read in different ways.

PREFIXES = st.sampled_from(["", "", "", "", " ", "   ", "    ", "\t", "> ", ">", "- ", "* ", "1. ", "- > ", "\u00a0"])
CORES = st.sampled_from(
    [
        *(
            "",
            "",
            "a",
            "a b",
            "# a",
            "---",
            "===",
            "| a | b |",
            "[a]: b",
            "\\",
            "\u00a0",
            "\u2028",
            "x = 1",
            "1",
            "`",
            "``",
        ),
        *(
            "```",
            "````",
            "`````",
            "~~~",
            "~~~~",
            "```python",
            "````python",
            "```text",
            "```py",
            "~~~python",
            "``` python",
        ),
        *(
            "```python x",
            "```a```",
            "`a",
            "a`",
            "`a`",
            "`` ` ``",
            "\\`",
            "<!--",
            "-->",
            "<!-- a",
            "<!-->",
            "<!-- a -->",
        ),
        *("<!-- a --> b", "<div>", "</div>", "<pre>", "</pre>", "<details>", "<b>a</b>", "<a", "a <b>", "<!a>", "<?a"),
        *(
            "<!-- raises: ValueError -->",
            "<!-- shown: a -->",
            "<!-- shown: -->",
            "<!-- claim: x -->",
            "<!-- claim: x =",
        ),
        *("`{python} x`", "`{python} x", "x`", "{python}", "`` `{python} x` ``", "`{python} x", "` {python} x `"),
        *("![a](@figure)", "![](@figure)", "![a", "](@figure)", "![a](<@figure>)", "[a](@figure)", "\\![a](@figure)"),
        *('--8<-- "a.py"', '--8<-- "a.py:b"', '--8<-- "c.py"', "--8<--", "\x00", "\x0c", "raise ValueError"),
    ]
)
SUFFIXES = st.sampled_from(["", "", "", "", " ", "\t", "\u00a0", "`", " <!-- claim: x -->", " `{python} x`", "\\"])
LINES = st.builds(lambda *parts: "".join(parts), PREFIXES, CORES, SUFFIXES) | st.text(max_size=8)
GOOD = st.sampled_from(
    [
        *(CELL, CELL, "````python\nx = '```'\n````\n", "<!-- raises: NameError -->\n```python\nx\n```\n"),
        *("```python\n1\n```\t\n", '```python\n--8<-- "a.py"\n```\n', '```python\n--8<-- "a.py:b" \n```\n'),
        *("<!-- shown: a -->\n```text\n<!--\n```\n", "<!-- shown: a -->\n```\n> ~~~\n```\n"),
        *("", "\n", "`{python} x`\n", "<!-- claim: x -->\n", "![a](@figure)\n", "# a\n", "<details>\n\n", "a `b` c\n"),
        *("<!-- a\n\nb -->\n", "- a\n", "> a\n", "\n    a\n", "| `{python} x` |\n", "`a\nb`\n", "1. `` a ` b ``\n"),
    ]
)
WILD = st.lists(LINES, max_size=25).map("\n".join)
ODD = st.lists(LINES, max_size=2).map(lambda lines: "".join(f"{line}\n" for line in lines))
NEARLY_GOOD = st.tuples(st.lists(GOOD, max_size=6), ODD, st.lists(GOOD, max_size=6)).map(
    lambda parts: CELL + "".join([*parts[0], parts[1], *parts[2]])
)
HEADS = st.sampled_from([HEAD, HEAD, HEAD, "", "---\n", "\ufeff" + HEAD])
TEXTS = st.tuples(HEADS, WILD | NEARLY_GOOD).map("".join)
PAGES = NEARLY_GOOD.map(HEAD.__add__)

MARKDOWN = MarkdownIt("commonmark").enable("table")
PROPERTY = settings(max_examples=600, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def embeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snippets")
    (folder / "a.py").write_text("x = 1\n# --8<-- [start:b]\nx = 2\n# --8<-- [end:b]\n")
    return folder


def read_or_none(text: str, folder: Path) -> Lesson | None:
    try:
        return read_lesson(text, "page.md", folder)
    except LessonError as error:
        told = error.faults
    assert told
    for fault in told:
        assert fault.path in ("page.md", "snippets/a.py")
        assert 1 <= fault.line <= text.count("\n") + 1
        assert re.search(r"\(.+\)", fault.message)  # it says what would be right
    return None


@PROPERTY
@given(text=st.text() | TEXTS)
def test_any_text_gives_a_lesson_or_a_lesson_error(text: str, embeds: Path) -> None:
    lesson = read_or_none(text, embeds)
    event("accepted" if lesson else "refused")


YAML_CHARACTERS = st.sampled_from([*"abU0 '\"\\:{}[]&*!|>%@`#-?,\n\t", "title: ", "description: ", "\\u", "\\x", "<<"])


@PROPERTY
@given(inside=st.lists(YAML_CHARACTERS, max_size=30).map("".join))
def test_any_front_matter_gives_a_lesson_or_a_lesson_error(inside: str, embeds: Path) -> None:
    read_or_none(f"---\ntitle: A\ndescription: B\n{inside}\n---\n# A\n", embeds)


@PROPERTY
@given(data=st.binary())
def test_any_bytes_give_a_text_or_a_lesson_error(data: bytes) -> None:
    try:
        told = "\r" in decode(data, "page.md")
    except LessonError as error:
        told = [fault.path for fault in error.faults] != ["page.md"]
    assert not told


def body(lesson: Lesson, text: str) -> str:
    return text.removeprefix(lesson.head).removeprefix("\n")


@PROPERTY
@given(text=PAGES | TEXTS)
def test_the_ledger_counts_the_fences_that_a_markdown_parser_counts(text: str, embeds: Path) -> None:
    lesson = read_or_none(text, embeds)
    if not lesson:
        return
    fences = [token for token in MARKDOWN.parse(body(lesson, text)) if token.type == "fence"]
    embedded = {'--8<-- "a.py"': "x = 1\nx = 2", '--8<-- "a.py:b"': "x = 2"}
    theirs = [
        (fence.info, "\n".join(embedded.get(line.rstrip(), line) for line in fence.content.split("\n")[:-1]))
        for fence in fences
    ]
    parts = [part for part in lesson.parts if not isinstance(part, Prose)]
    assert theirs == [("python" if isinstance(part, Cell) else part.info, part.code) for part in parts]
    ledger = lesson.ledger()
    assert len(fences) == ledger["run"] + ledger["must raise"] + ledger["shown"]
    event(f"fences: {min(len(fences), 4)}")


@PROPERTY
@given(text=PAGES | TEXTS)
def test_no_value_claim_or_figure_that_a_markdown_parser_sees_is_missed(text: str, embeds: Path) -> None:
    lesson = read_or_none(text, embeds)
    if not lesson:
        return
    tokens = MARKDOWN.parse(body(lesson, text))
    spans = [*tokens, *(child for token in tokens for child in token.children or ())]
    values = [span.content for span in spans if span.type == "code_inline" and "{python}" in span.content]
    html = "".join(span.content for span in spans if span.type in ("html_block", "html_inline"))
    claims = re.findall(r"<!--\s*claim:(.*?)-->", html, re.DOTALL)
    images = [span for span in spans if span.type == "image" and span.attrs["src"] == "@figure"]
    pieces = [piece for part in lesson.parts if isinstance(part, Prose) for piece in part.pieces]
    ours = [piece for piece in pieces if isinstance(piece, Expression)]
    assert contains([each.source for each in ours if each.kind == "value"], [v[8:].strip() for v in values])
    assert contains(
        [each.source for each in ours if each.kind == "claim"], [" ".join(c.split("\n")).strip() for c in claims]
    )
    assert sum(isinstance(piece, Figure) for piece in pieces) >= len(images)
    event(f"seen: {min(len(values) + len(claims) + len(images), 4)}")


def contains(ours: list[str], theirs: list[str]) -> bool:
    return all(theirs.count(each) <= ours.count(each) for each in theirs)


SNIPPET_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", " ", "    "]),
        st.sampled_from(["", "x = 1", "if x:", "    y", "'''", "```", "\u2028", "# [start:a]", "--8<", "\x0c", "\x85"]),
    ).map("".join),
    max_size=6,
)


@PROPERTY
@given(
    parts=st.lists(
        st.tuples(st.sampled_from(["", "a", "b-1", "c_"]), SNIPPET_LINES), max_size=4, unique_by=lambda part: part[0]
    )
)
def test_embeds_keep_every_line(parts: list[tuple[str, list[str]]]) -> None:
    lines: list[str] = []
    for name, inside in parts:
        marked = [f"# --8<-- [start:{name}]", *inside, f"# --8<-- [end:{name}]"]
        lines += marked if name else inside
    snippet = read_snippet("\n".join(lines), "a.py")
    everything = [line for _, inside in parts for line in inside]
    assert blank_ends_off(everything) == [text for _, text in snippet.lines]
    assert set(snippet.sections) == {name for name, _ in parts if name}
    for name, inside in parts:
        if name:
            plain = blank_ends_off(inside)
            moved = textwrap.dedent("\n".join(plain)).split("\n") if plain else []
            assert [text for _, text in snippet.sections[name]] in (plain, moved)
    assert all(lines[number - 1] == text for number, text in snippet.lines)
    for section in snippet.sections.values():
        assert all(lines[number - 1].strip() == text.strip() for number, text in section)


def test_a_section_inside_a_class_stands_at_the_margin(project: Project) -> None:
    project.snippet("class A:\n    # --8<-- [start:f]\n    def f(self):\n\n        return 1\n    # --8<-- [end:f]\n")
    (cell,) = project.read('```python\n--8<-- "data.py:f"\n```\n').cells
    assert cell.code == "def f(self):\n\n    return 1"
    assert [line for _, line in cell.origins] == [3, 4, 5]


def test_a_section_whose_string_would_change_stays_where_it_is(project: Project) -> None:
    project.snippet('def f():\n    # --8<-- [start:s]\n    x = """a\n    b"""\n    # --8<-- [end:s]\n')
    told = ["snippets/data.py:3: not Python: unexpected indent (mend the code)"]
    assert faults(lambda: project.read('```python\n--8<-- "data.py:s"\n```\n')) == told


def blank_ends_off(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def test_sections_may_overlap() -> None:
    text = "# --8<-- [start:a]\n1\n# --8<-- [start:b]\n2\n# --8<-- [end:a]\n3\n# --8<-- [end:b]\n"
    sections = read_snippet(text, "a.py").sections
    assert sections == {"a": ((2, "1"), (4, "2")), "b": ((4, "2"), (6, "3"))}
