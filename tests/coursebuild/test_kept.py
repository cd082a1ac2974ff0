"""Whatever is kept from build to build is byte for byte what a clean build gives, and tells what it tells."""

import json
import logging
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import markdown
import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from coursebuild.site import kept as module
from coursebuild.site.kept import Kept, Later, Stamp

TEXT = "Some text, a [link](b.md#two) and `code`.\n\n```python\nprint(1)\n```\n"
PAGES = {
    "index.md": f"# Home\n\n{TEXT}\n## Part\n\nSee [a](a.md), [the lab](labs/lab.ipynb) and [c](sub/c.md#end).\n",
    "a.md": f"---\ntitle: First\ntags: [one]\n---\n# A\n\n{TEXT}\n## Two {{ #two }}\n",
    "b.md": "---\ntags: [one, two]\n---\n# B\n\nText.\n\n## Two { #two }\n\nText of two, [up](#two).\n",
    "sub/c.md": "# C\n\n[Back](../index.md)\n\n## End { #end }\n\nThe end.\n",
    "loose.md": "# Loose\n\nIn no navigation. [b](b.md)\n",
    "tags.md": "# Tags\n\n<!-- material/tags -->\n",
}
SETTINGS: dict[str, Any] = {
    "site_name": "Course",
    "site_url": "https://example.org/course/",
    "strict": True,
    "use_directory_urls": False,
    "theme": {"name": "material", "custom_dir": "theme", "font": False},
    "extra_css": ["extra.css"],
    "plugins": ["search", "tags", {"mkdocs-jupyter": {"include": ["*.ipynb"], "execute": False, "cache": False}}],
    "markdown_extensions": ["attr_list", {"toc": {"permalink": True}}, "pymdownx.superfences", "pymdownx.highlight"],
    "validation": {"links": {"anchors": "warn", "unrecognized_links": "warn"}},
    "nav": [{"Start": "index.md"}, {"Part": ["a.md", "b.md", "sub/c.md"]}, "labs/lab.ipynb", "tags.md"],
}
LIGHT = SETTINGS | {"theme": {"name": "mkdocs", "custom_dir": "theme"}, "plugins": [], "nav": None}


class Keeper(BasePlugin):  # type: ignore[type-arg]
    """What a plugin does with Kept."""

    def __init__(self, folder: Path, later: bool = False) -> None:
        self.folder, self.later = folder, later
        self.awaited: dict[str, Later] = {}

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> None:
        self.kept = Kept.open(self.folder, self)
        self.kept.use(config)
        self.kept.later = self.later

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        self.kept.index(config)

    @event_priority(-100)
    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> None:
        self.kept.page(page, config)

    @event_priority(-100)
    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> Any:
        return self.kept.environment(env, config)

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        if not isinstance(output, Later):
            return output
        self.awaited[page.file.abs_dest_path] = output
        return "awaited"

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        self.kept.close()

    def render(self) -> None:
        """What a server does when somebody asks for each page, in any order."""
        for path, output in reversed(self.awaited.items()):
            Path(path).write_text(output.make(), encoding="utf-8")


def notebook(text: str) -> str:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# The lab\n\n{text}\n\n## Do it"},
        {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": [], "execution_count": None},
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def course(root: Path, settings: dict[str, Any]) -> Path:
    files = {f"docs/{name}": text for name, text in PAGES.items()} | {"docs/extra.css": "p { color: red }\n"}
    files["theme/main.html"] = '{% extends "base.html" %}{% block extrahead %}<meta name="x" content="1">{% endblock %}'
    if "material" in str(settings["theme"]):
        files["docs/labs/lab.ipynb"] = notebook("Text.")
        files["theme/partials/copyright.html"] = "<p>Ours</p>"
    else:
        files["docs/index.md"] = PAGES["index.md"].replace("[the lab](labs/lab.ipynb)", "the lab")
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "mkdocs.yml").write_text(yaml.safe_dump(settings))
    return root


DAY = re.compile(b"Build Date UTC : .*")  # in a comment of MkDocs' own theme
Built = tuple[dict[str, bytes] | None, list[str]]


def built(root: Path, site: Path, keep: Path | None = None, later: bool = False) -> Built:
    """The files of the site, if there is one, and what was told."""
    shutil.rmtree(site, ignore_errors=True)
    told: list[str] = []
    ear = logging.Handler(logging.WARNING)
    ear.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("mkdocs").addHandler(ear)
    try:
        config = load_config(str(root / "mkdocs.yml"), site_dir=str(site))
        keeper = Keeper(keep or site, later)
        if keep:
            config.plugins["coursebuild"] = keeper
        build(config)
        keeper.render()
    except Abort:
        return None, told
    finally:
        logging.getLogger("mkdocs").removeHandler(ear)
    files = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(site).as_posix(): DAY.sub(b"", path.read_bytes()) for path in files}, told


def same(one: Built, other: Built) -> None:
    assert one[1] == other[1]
    assert (one[0] is None) == (other[0] is None)
    if one[0] is not None and other[0] is not None:
        assert sorted(one[0]) == sorted(other[0])
        assert [name for name, content in one[0].items() if other[0][name] != content] == []


def edits(root: Path, choose: random.Random) -> Iterator[tuple[str, bool]]:
    """A random series of edits: what was done, and whether there is a site then."""
    docs = root / "docs"

    def change(name: str, old: str, new: str, folder: Path = docs) -> None:
        text = (folder / name).read_text()
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new, 1))

    def settings(**new: Any) -> None:
        path = root / "mkdocs.yml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | new))

    def prose() -> None:
        change(choose.choice(["index.md", "a.md"]), "Some text", f"Some text {choose.random()}")

    def nav() -> list[Any]:
        found: list[Any] = yaml.safe_load((root / "mkdocs.yml").read_text())["nav"]
        return found

    def added() -> None:
        (docs / "new.md").write_text("# New\n\n[a](a.md)\n")

    def added_to_nav() -> None:
        (docs / "d.md").write_text("# D\n\nText.\n")
        settings(nav=[*nav(), {"Dee": "d.md"}])

    def renamed() -> None:
        (docs / "sub/c.md").rename(docs / "sub/sea.md")
        change("index.md", "sub/c.md", "sub/sea.md")
        change("mkdocs.yml", "sub/c.md", "sub/sea.md", root)

    features = SETTINGS["theme"] | {"features": ["navigation.tabs", "navigation.indexes"]}
    free: dict[str, Callable[[], None]] = {
        "prose": prose,
        "prose again": prose,
        "heading": lambda: change("index.md", "## Part", "## Another part"),
        "title in front matter": lambda: change("a.md", "title: First", "title: Very first"),
        "title by heading": lambda: change("b.md", "# B\n", "# Bee\n"),
        "tags": lambda: change("a.md", "[one]", "[one, three]"),
        "list of tags gone": lambda: change("tags.md", "<!-- material/tags -->", "None."),
        "tag gone": lambda: change("b.md", "[one, two]", "[one]"),
        "description": lambda: change("a.md", "---\n", "---\ndescription: Of a\n"),
        "page added": added,
        "page added to nav": added_to_nav,
        "page removed": lambda: (docs / "loose.md").unlink(),
        "page renamed": renamed,
        "nav title": lambda: change("mkdocs.yml", "Start", "Begin here", root),
        "nav order": lambda: settings(nav=nav()[::-1]),
        "partial": lambda: change("partials/copyright.html", "Ours", "Yours", root / "theme"),
        "main template": lambda: change("main.html", 'content="1"', 'content="2"', root / "theme"),
        "css": lambda: change("extra.css", "red", "blue"),
        "notebook": lambda: change("labs/lab.ipynb", "Text.", "Other text."),
        "notebook's title": lambda: change("labs/lab.ipynb", "# The lab", "# Our lab"),
        "option": lambda: settings(copyright="Me"),
        "addresses": lambda: settings(use_directory_urls=True),
        "feature": lambda: settings(theme=features),
        "extension": lambda: change("mkdocs.yml", "permalink: true", "permalink: '#'", root),
        "link made": lambda: change("b.md", "Text of two", "Text of [two](a.md#two)"),
    }
    names = choose.sample(sorted(free), len(free))
    for number, name in enumerate(names):
        free[name]()
        yield name, True
        if number == 4:
            change("b.md", "Text of", "[gone](gone.md) Text of")
            yield "link to nothing", False
            yield "link to nothing, again", False
            prose()
            yield "link to nothing, and prose elsewhere", False
            (docs / "gone.md").write_text("# Here now\n")
            yield "what it leads to made", True
            (docs / "gone.md").unlink()
            yield "what it leads to removed", False
            change("b.md", "[gone](gone.md) ", "")
            yield "link mended", True
        if number == 9:
            change("b.md", "{ #two }", "{ #zwei }")
            change("b.md", "(#two)", "(#zwei)")
            yield "anchor removed", False
            prose()
            yield "anchor removed, and prose elsewhere", False
            change("b.md", "{ #zwei }", "{ #two }")
            change("b.md", "(#zwei)", "(#two)")
            yield "anchor back", True


def test_after_every_edit_the_site_is_that_of_a_clean_build(tmp_path: Path) -> None:
    root = course(tmp_path / "course", SETTINGS)
    series = edits(root, random.Random(7))
    step: tuple[str, bool] | None = ("start", True)
    while step:
        clean = built(root, tmp_path / "clean")
        assert (clean[0] is not None) == step[1], (step, clean[1])
        same(clean, built(root, tmp_path / "one", tmp_path / "kept in one process"))
        same(clean, built(root, tmp_path / "asked", tmp_path / "rendered when asked for", later=True))
        there = module.STORES.pop(str((tmp_path / "kept over processes").resolve()), None)
        assert (there is None) == (step[0] == "start")
        same(clean, built(root, tmp_path / "over", tmp_path / "kept over processes"))
        step = next(series, None)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts what is done: texts converted, templates rendered, templates compiled."""
    counts = {"converted": 0, "rendered": 0, "compiled": 0}

    def counted(owner: type, name: str, what: str) -> None:
        real = getattr(owner, name)

        def count(*args: Any, **options: Any) -> Any:
            counts[what] += 1
            return real(*args, **options)

        monkeypatch.setattr(owner, name, count)

    counted(markdown.Markdown, "convert", "converted")
    counted(jinja2.Template, "render", "rendered")
    counted(jinja2.Environment, "_compile", "compiled")
    return counts


def since(work: dict[str, int], root: Path, keep: Path, anew: bool) -> dict[str, int]:
    if anew:
        module.STORES.clear()
    work.update(dict.fromkeys(work, 0))
    assert built(root, root / "site", keep)[0]
    return dict(work)


@pytest.mark.parametrize("anew", [False, True], ids=["one process", "from disk"])
def test_an_edit_costs_what_it_touches(tmp_path: Path, work: dict[str, int], anew: bool) -> None:
    root, keep = course(tmp_path, LIGHT), tmp_path / "kept"
    first = since(work, root, keep, anew)
    assert first["converted"] == len(PAGES)
    assert since(work, root, keep, anew) == {"converted": 0, "rendered": 0, "compiled": 0}
    (root / "docs/a.md").write_text(PAGES["a.md"].replace("Some", "Any"))
    assert since(work, root, keep, anew) == {"converted": 1, "rendered": 1, "compiled": 0}
    (root / "docs/a.md").write_text(PAGES["a.md"].replace("First", "Very first"))  # the text is the first one again
    assert since(work, root, keep, anew) == {"converted": 0, "rendered": first["rendered"], "compiled": 0}
    (root / "docs/loose.md").rename(root / "docs/lost.md")  # nothing links to it
    assert since(work, root, keep, anew)["converted"] == 1
    (root / "docs/new.md").write_text("# New\n")
    assert since(work, root, keep, anew)["converted"] == 1


def test_what_is_not_asked_for_is_not_rendered(tmp_path: Path, work: dict[str, int]) -> None:
    root, keep = course(tmp_path, LIGHT), tmp_path / "kept"
    assert built(root, root / "site", keep)[0]
    (root / "docs/a.md").write_text(PAGES["a.md"].replace("First", "Very first"))
    work.update(dict.fromkeys(work, 0))
    config = load_config(str(root / "mkdocs.yml"), site_dir=str(root / "site"))
    config.plugins["coursebuild"] = keeper = Keeper(keep, later=True)
    build(config)
    of_no_page = work["rendered"]
    assert len(keeper.awaited) == len(PAGES)
    next(iter(keeper.awaited.values())).make()
    assert work["rendered"] == of_no_page + 1


@pytest.mark.parametrize("harm", ["cut", "empty", "noise", "swapped", "older"])
def test_a_damaged_store_is_as_good_as_none(tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root, keep = course(tmp_path, LIGHT), tmp_path / "kept"
    right = built(root, tmp_path / "site", keep)
    paths = sorted(keep.iterdir())
    for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
        content = path.read_bytes()
        if harm == "swapped":
            path.write_bytes(other.read_bytes())
        elif harm != "older":
            path.write_bytes({"cut": content[:-9], "empty": b"", "noise": b"\xff\x00" + content}[harm])
    if harm == "older":
        monkeypatch.setattr(module, "FORMAT", "0")
    module.STORES.clear()
    same(right, built(root, tmp_path / "site", keep))
    module.STORES.clear()
    same(right, built(root, tmp_path / "site", keep))


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    root, keep = course(tmp_path, LIGHT), tmp_path / "kept"
    keep.write_text("a file")
    assert built(root, tmp_path / "site", keep)[0]
    assert keep.read_text() == "a file"


def test_the_store_does_not_grow_for_ever(tmp_path: Path) -> None:
    root, keep = course(tmp_path, LIGHT), tmp_path / "kept"
    built(root, tmp_path / "site", keep)
    first = len(list(keep.iterdir()))
    for number in range(12):
        (root / "docs/a.md").write_text(PAGES["a.md"].replace("First", f"Number {number}"))
        built(root, tmp_path / "site", keep)
    assert len(list(keep.iterdir())) <= 3 * first
    assert len(module.STORES[str(keep.resolve())].memory) <= 2 * first


def test_a_hook_that_takes_part_in_a_page_is_obeyed(tmp_path: Path) -> None:
    root, keep = course(tmp_path, LIGHT | {"hooks": ["hook.py"]}), tmp_path / "kept"
    (root / "hook.py").write_text(
        "def on_page_context(context, **_):\n    context['said'] = open(__file__[:-7] + 'said').read()"
    )
    (root / "theme/main.html").write_text("{{ said }} {{ page.content }}")
    for said in ("one", "two"):
        (root / "said").write_text(said)
        files = built(root, tmp_path / "site", keep)[0]
        assert files
        assert files["a.html"].decode().startswith(said)


def test_an_extension_that_reads_files_is_obeyed(tmp_path: Path) -> None:
    (tmp_path / "part.txt").write_text("one")
    extension = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}
    root, keep = course(tmp_path, LIGHT | {"markdown_extensions": ["attr_list", extension]}), tmp_path / "kept"
    (root / "docs/a.md").write_text('# A { #two }\n\n--8<-- "part.txt"\n')
    for part in ("one", "two"):
        (tmp_path / "part.txt").write_text(part)
        files = built(root, tmp_path / "site", keep)[0]
        assert files
        assert f"<p>{part}</p>" in files["a.html"].decode()


def test_what_was_made_by_a_key_is_made_once(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> dict[str, Any]:
        made.append("")
        return {"a": [1, "ä"]}

    for anew in (False, False, True):
        if anew:
            module.STORES.clear()
        kept = Kept.open(tmp_path, None)
        assert kept.made("thing", "key", make) == {"a": [1, "ä"]}
        kept.close()
    assert len(made) == 1
    assert Kept.open(tmp_path, None).made("thing", "other key", lambda: b"\x00") == b"\x00"


def test_with_nothing_changed_nbconvert_is_not_even_loaded(tmp_path: Path) -> None:
    course(tmp_path, SETTINGS)
    program = (
        "import sys\nfrom coursebuild.site.kept import lazily\nlazily('jupytext', 'mkdocs_jupyter.convert')\n"
        "from pathlib import Path\nfrom tests.coursebuild.test_kept import built\n"
        f"root = Path({str(tmp_path)!r})\nassert built(root, root / 'site', root / 'kept')[0]\n"
        "print(*({'nbconvert', 'jupytext.formats', 'bs4'} & sys.modules.keys()))"
    )
    run = [
        subprocess.check_output([sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2]) for _ in "12"
    ]
    assert run[0].strip()
    assert not run[1].strip()


def aged(path: Path) -> None:
    os.utime(path, ns=(time.time_ns(), time.time_ns() - 10**9))


def test_the_stamp_holds_until_something_changes(tmp_path: Path) -> None:
    docs, site, yml = tmp_path / "docs", tmp_path / "site", tmp_path / "mkdocs.yml"
    for folder in (docs / "sub", site, tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
    for path in (docs / "a.md", docs / "sub/b.md", tmp_path / "elsewhere/c.md", site / "a.html", site / "b.html", yml):
        path.write_text("text")
        aged(path)
    (docs / "linked").symlink_to(tmp_path / "elsewhere")
    (docs / "round").symlink_to(docs)

    def stamp(*facts: str) -> Stamp:
        return Stamp(tmp_path / "stamp", [docs, yml, tmp_path / "none"], site, facts)

    changes: list[Callable[[], Any]] = [
        lambda: (docs / "a.md").touch(),
        lambda: (docs / "a.md").write_text("other"),
        lambda: (docs / "sub/b.md").unlink(),
        lambda: (docs / "sub/d.md").write_text(""),
        lambda: (docs / "sub/empty").mkdir(),
        lambda: (tmp_path / "elsewhere/c.md").write_text("more text"),
        lambda: yml.touch(),
        lambda: (tmp_path / "none").write_text("now there is"),
        lambda: (docs / "a.md").rename(docs / "z.md"),
        lambda: (site / "a.html").unlink(),
        lambda: (site / "b.html").write_text("other"),
        lambda: (site / "more.html").write_text(""),
    ]
    assert not stamp().holds()
    for change in changes:
        for path in [*docs.rglob("*.md"), *(tmp_path / "elsewhere").iterdir(), yml, tmp_path / "none"]:
            if path.exists():
                aged(path)
        time.sleep(0.06)
        stamp().write()
        assert stamp().holds()
        assert not stamp("another option").holds()
        change()
        assert not stamp().holds(), changes.index(change)
    (tmp_path / "stamp").write_bytes(b"\xff")
    assert not stamp().holds()


def test_no_stamp_where_an_edit_could_go_unseen(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("text")
    now = Stamp(tmp_path / "stamp", [tmp_path / "docs"], tmp_path / "site")
    now.write()
    assert not (tmp_path / "stamp").exists()
