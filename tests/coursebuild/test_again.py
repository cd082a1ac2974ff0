"""What is built again while serving is byte for byte the site of a build that knows nothing, after every edit."""

import logging
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from coursebuild.site import again
from coursebuild.site.again import BuiltAgain
from coursebuild.site.plugin import CoursePlugin
from coursebuild.site.serve import AWAITED
from tests.coursebuild.conftest import HEAD, Project
from tests.coursebuild.test_question import RIGHT

ADDRESS = "http://127.0.0.1:8000/"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"><rect width="9" height="9"/></svg>\n'
EXERCISE = "```python\nn = ...\n### BEGIN SOLUTION\nn = 2\n### END SOLUTION\n```\n\n"
PAGES = {
    "index.md": "# Home { #home }\n\nSome text. [One](one.md#end), [the lab](lab.ipynb).\n\n![A box](box.svg)\n",
    "one.md": '# One { #one }\n\n```python\n--8<-- "one.py:add"\n```\n\nIt is `{python} total`.\n'
    "<!-- claim: total > 1 -->\n\n## End { #end }\n\nThe end. [Home](index.md)\n",
    "two.md": f"# Two {{ #two }}\n\n```python\nprint(1 + 1)\n```\n\nText of two.\n\n{RIGHT}",
    "sub/three.md": "# Three { #three }\n\n[Two](../two.md)\n",
    "lab.md": f"# Lab {{ #lab }}\n\nMake `n` two.\n\n{EXERCISE}```python\nassert n == 2, 'n is not 2'\n```\n",
    "list.md": "# List { #list }\n\n<!-- material/tags -->\n",
    "all.md": "# All { #all }\n\n<!-- questions -->\n\n<!-- record -->\n",
}
SNIPPET = "# --8<-- [start:add]\ntotal = 1 + 2\nprint(total)\n# --8<-- [end:add]\n"
NAV = ["index.md", {"Part": ["one.md", "two.md", "sub/three.md"]}, "lab.ipynb", "list.md", "all.md"]
SETTINGS: dict[str, Any] = {
    "site_name": "Course",
    "use_directory_urls": False,
    "theme": {"name": "material", "custom_dir": "theme", "font": False},
    "extra_css": ["extra.css"],
    "plugins": ["coursebuild", "tags", {"mkdocs-jupyter": {"include": ["*.ipynb"], "execute": False, "cache": False}}],
    "markdown_extensions": ["attr_list", "md_in_html", {"toc": {"permalink": True}}],
    "strict": True,
    "nav": NAV,
}


class Server:
    """What `mkdocs serve` does at each edit, in this process; and which of MkDocs's passes over all files it took."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.site = root, root / "site"
        self.cache: dict[str, Any] = {}
        self.patch, self.passes = monkeypatch, 0
        find = mkdocs.get_files

        def get_files(config: MkDocsConfig) -> Any:
            self.passes += Path(config.site_dir).parent == self.root
            return find(config)

        monkeypatch.setattr(mkdocs, "get_files", get_files)
        self.config().plugins.on_startup(command="serve", dirty=False)

    def config(self) -> MkDocsConfig:
        option = next(option for name, option in MkDocsConfig._schema if name == "plugins")
        self.patch.setattr(option, "plugin_cache", self.cache)
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.site))
        config.site_url = ADDRESS
        return config

    @property
    def plugin(self) -> CoursePlugin:
        found = self.cache["coursebuild"]
        assert isinstance(found, CoursePlugin)
        return found

    def build(self) -> list[str] | None:
        """What was told, or None where the build ended with a fault."""
        told: list[str] = []
        ear = logging.Handler(logging.WARNING)
        ear.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("mkdocs").addHandler(ear)
        config = self.config()
        try:
            mkdocs.build(config, serve_url=ADDRESS)
        except BuiltAgain:
            pass
        except Abort:
            return None
        finally:
            logging.getLogger("mkdocs").removeHandler(ear)
        return told

    def files(self, ask: bool) -> dict[str, bytes]:
        """The site as somebody sees it who asks for each page; `ask` in earnest, so that no page waits any more."""
        waiting = self.plugin.waiting
        found = {}
        for path in sorted(path for path in self.site.rglob("*") if path.is_file()):
            name, content = path.relative_to(self.site).as_posix(), path.read_bytes()
            if re.match(AWAITED.format("(.+)").encode(), content):
                if ask:
                    waiting.render(name)
                content = path.read_bytes() if ask else waiting.pages[name]().encode()
            found[name] = content
        return found


def clean(root: Path, to: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes] | None:
    """The site of a server that has just begun, with the runs of `root`."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(root, to, ignore=shutil.ignore_patterns("site", "build", "*.stamp"))
    server = Server(to, monkeypatch)
    return None if server.build() is None else server.files(ask=False)


def edits(project: Project, choose: random.Random) -> Iterator[tuple[str, bool, bool | None]]:
    """A series of edits in any order: what was done, whether there is a site then, and whether MkDocs had to pass over
    all files for it (None: it may).
    """

    def change(name: str, old: str, new: str) -> Callable[[], None]:
        def edit() -> None:
            path = project.root / name
            text = path.read_text()
            assert old in text, (name, old)
            path.write_text(text.replace(old, new, 1))

        return edit

    def renamed() -> None:
        (project.root / "docs/sub/three.md").rename(project.root / "docs/sub/trois.md")
        change("mkdocs.yml", "sub/three.md", "sub/trois.md")()

    one, two, home = "docs/one.md", "docs/two.md", "docs/index.md"
    box = project.root / "docs/box.svg"
    free: dict[str, tuple[Callable[[], None], bool | None]] = {
        "prose": (change(home, "Some text", "Some other text"), False),
        "prose of a page with cells": (change(one, "The end.", "The very end."), False),
        "prose of a lab": (change("docs/lab.md", "Make `n` two", "Let `n` be two"), False),
        "prose of a list": (change("docs/list.md", "<!-- material", "All:\n\n<!-- material"), True),
        "a heading": (change(one, "## End", "## Middle { #middle }\n\n## End"), False),
        "a heading's text": (change(two, "Text of two.", "Text of two.\n\n## Deux { #deux }"), False),
        "a question": (change(two, "**B.** So it is.", "**B.** So it must be."), False),
        "a link": (change("docs/sub/three.md", "[Two]", "[One](../one.md#end), [two]"), False),
        "a title": (change(one, "title: A page", "title: Another page"), False),
        "a title of a lab": (change("docs/lab.md", "title: A page", "title: Our lab"), False),
        "a title of a list": (change("docs/list.md", "title: A page", "title: A list"), True),
        "a description": (change(two, "What it is about", "What two is about"), False),
        "a boost": (change(two, "---\n", "---\nsearch: {boost: 2}\n"), False),
        "out of search": (change(one, "---\n", "---\nsearch: {exclude: true}\n"), False),
        "tags": (change(two, "tags: [b]", "tags: [b, c]"), True),
        "a tag gone": (change("docs/sub/three.md", "tags: [a, b]\n", ""), True),
        "code": (change("snippets/one.py", "1 + 2", "1 + 3"), False),
        "code of a page": (change(two, "print(1 + 1)", "print(1 + 5)"), False),
        "more blocks": (change(two, "Text of two", "```python\nprint(7)\n```\n\nText of two"), None),
        "a drawing": (lambda: (box.write_text(box.read_text().replace('"9"', '"8"', 1)), None)[1], False),
        "a drawing's size": (lambda: (box.write_text(box.read_text().replace('"10"', '"30"')), None)[1], True),
        "css": (change("docs/extra.css", "red", "blue"), False),
        "a template": (change("theme/main.html", 'content="1"', 'content="2"'), True),
        "an option": (change("mkdocs.yml", "site_name: Course", "site_name: Our course"), True),
        "an option of ours": (change("pyproject.toml", "cell_seconds = 50", "cell_seconds = 51"), True),
        "nothing": (lambda: None, False),
        "a page added": (lambda: (project.page("# New { #new }\n\nText.\n", "new.md"), None)[1], True),
        "a page removed": (lambda: (project.root / "docs/loose.md").unlink(), True),
    }
    names = choose.sample(sorted(free), len(free))
    if (project.root / "mkdocs.yml").read_text().endswith("- all.md\n"):
        for name, edit in (
            ("another order", change("mkdocs.yml", "- index.md\n", "- loose.md\n- index.md\n")),
            ("the order before", change("mkdocs.yml", "- loose.md\n", "")),
            ("a page renamed", renamed),
        ):
            names.append(name)
            free[name] = edit, True
    names.remove("a page removed")
    names.append("a page removed")
    for number, name in enumerate(names):
        edit, passes = free[name]
        edit()
        yield name, True, passes
        if number % 9 == 5:
            change(home, "title: A page", "title: Another title")()
            yield "a title for a while", True, None
            change(home, "title: Another title", "title: A page")()
            yield "the title before", True, False
        if number % 9 == 2:
            for path, text in ((home, "[gone](gone.md)"), (two, "<!-- claim: 1 > 2 -->"), (one, "template: no.html")):
                whole = (project.root / path).read_text()
                wrong = whole.replace("---\n", f"---\n{text}\n", 1) if "template" in text else f"{whole}\n{text}\n"
                (project.root / path).write_text(wrong)
                yield text, False, None
                change("docs/list.md", "# List", "# List")()
                yield f"{text}, and nothing else", False, None
                (project.root / path).write_text(whole)
                yield f"{text} mended", True, None


@pytest.fixture
def course(project: Project) -> Project:
    tags = {"one.md": "[a]", "two.md": "[b]", "sub/three.md": "[a, b]"}
    for name, text in (PAGES | {"loose.md": "# Loose { #loose }\n\nIn no menu.\n"}).items():
        page = HEAD + text
        project.write(f"docs/{name}", page.replace("---\n# ", f"tags: {tags[name]}\n---\n# ") if name in tags else page)
    project.snippet(SNIPPET, "one.py")
    project.write("docs/extra.css", "p { color: red }\n")
    project.write("docs/box.svg", DRAWING)
    project.write(
        "theme/main.html",
        '{% extends "base.html" %}{% block extrahead %}<meta name="x" content="1">{% for each in pages %}'
        '<meta name="page" content="{{ each.page.title }}">{% endfor %}{% endblock %}',
    )
    project.write("pyproject.toml", "[tool.coursebuild]\ncell_seconds = 50\n")
    project.write("mkdocs.yml", yaml.safe_dump(SETTINGS, sort_keys=False))
    return project


@pytest.mark.parametrize("seed", [2, 6])
def test_after_every_edit_the_site_is_that_of_a_clean_build(
    course: Project, seed: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed == 2:  # pages in folders of their own, in the order of their names
        settings = {name: value for name, value in SETTINGS.items() if name != "nav"} | {"use_directory_urls": True}
        course.write("mkdocs.yml", yaml.safe_dump(settings, sort_keys=False))
    choose, other = random.Random(seed), tmp_path_factory.mktemp("clean") / "course"
    server = Server(course.root, monkeypatch)
    assert server.build() == []
    expected = clean(course.root, other, monkeypatch) or {}
    for what, stands, passes in edits(course, choose):
        passed = server.passes
        told = server.build()
        assert (told is not None) == stands, (what, told)
        assert passes is None or (server.passes > passed) == passes, what
        wanted = clean(course.root, other, monkeypatch)
        assert (wanted is not None) == stands, what
        expected = expected if wanted is None else wanted
        if choose.random() < 0.4:  # that nobody looks at it before the next edit
            continue
        found = server.files(ask=choose.random() < 0.3)
        assert sorted(found) == sorted(expected), what
        assert [name for name in found if found[name] != expected[name]] == [], what


def test_every_so_often_all_is_built_and_what_nobody_uses_goes_from_memory(
    course: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "EDITS", 2)
    server = Server(course.root, monkeypatch)
    assert server.build() == []
    passes = []
    for number in range(9):
        course.page(f"# Home {{ #home }}\n\nEdit {number}.\n", "index.md")
        assert server.build() == []
        assert b"Edit %d." % number in server.files(ask=False)["index.html"]
        passes.append(server.passes)
    assert passes == [1, 1, 2, 2, 2, 3, 3, 3, 4]
    assert not any("Edit 1." in str(kept) for kept in server.plugin.kept.store.memory.values())
