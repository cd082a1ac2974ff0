"""The MkDocs side: weave the lessons, let MkDocs build the woven pages, then put the finished site in its place."""

import contextlib
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its file

from coursebuild.build import USUAL, Course, scratch, swap, weave
from coursebuild.finish import finish, with_formulas
from coursebuild.lab import tidy
from coursebuild.lesson import LessonError

MARK = f".{os.getpid()}.new"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Weave the lessons into a folder from which MkDocs then builds, into a folder beside the site's."""
    root = Path(config.config_file_path).parent
    pages = scratch(root / "build" / "pages")
    order = tuple(re.sub("[.]ipynb$", ".md", name) for name in listed(config.nav))  # labs become notebooks
    repository = config.extra.get("repository") or ""
    course = replace(Course.at(root, Path(config.docs_dir)), order=order, repository=repository)
    seconds = config.extra.get("cell_seconds", USUAL.seconds)
    if not isinstance(seconds, int | float) or seconds <= 0:
        raise PluginError(f"{config.config_file_path}:1: cell_seconds is {seconds!r} (a number of seconds above 0)")
    try:
        weave(course, pages, replace(USUAL, seconds=seconds))
    except LessonError as error:
        raise PluginError(f"{len(error.faults)} to mend; the site is as it was\n\n{error}\n") from None
    config.extra["docs"] = config.docs_dir  # where a page's source is
    config.docs_dir = str(pages)
    config.site_dir = str(scratch(Path(config.site_dir)))
    return config


def listed(nav: Any) -> Iterator[str]:
    """The pages of a `nav`, in its order."""
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else nav or ():
            yield from listed(each)


@event_priority(100)  # before the tags are read
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """The front matter of a lab, which MkDocs does not find in its notebook."""
    if page.file.src_uri.endswith(".ipynb"):
        notebook = json.loads(Path(config.docs_dir, page.file.src_uri).read_bytes())
        page.meta.update(notebook["metadata"]["course"])


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Formulas as MathML; labs as other pages look."""
    if page.file.src_uri.endswith(".ipynb"):
        return tidy(html)
    try:
        return with_formulas(html)
    except ValueError as error:
        path = Path(config.extra["docs"], page.file.src_uri)
        source = path.read_text(encoding="utf-8")
        line = source.count("\n", 0, max(0, source.find(str(error)))) + 1
        path = path.relative_to(Path(config.config_file_path).parent)
        raise PluginError(f"{path}:{line}: not LaTeX: {error} (a formula that latex2mathml reads)") from None


@event_priority(-100)  # after the search index is written
def on_post_build(config: MkDocsConfig) -> None:
    """Finish the site and put it in its place, unless there were warnings and they count."""
    new = Path(config.site_dir)
    counts = [c for h in logging.getLogger("mkdocs").handlers if isinstance(h, CountHandler) for c in h.get_counts()]
    if counts:
        raise PluginError("warnings in strict mode; the site is as it was")
    serving = (config.site_url or "").startswith(f"http://{config.dev_addr}")
    try:
        finish(new, policy=not serving)
    except LessonError as error:
        raise PluginError(str(error)) from None
    swap(new, Path(str(new).removesuffix(MARK)))
    shutil.rmtree(config.docs_dir)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
    """Watch the sources, not the woven pages, and by the file system's own events: MkDocs asks twice a second.

    After a build with faults, which are told, the pages that stood are served on: MkDocs would answer nothing.
    """
    from watchdog.events import FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent
    from watchdog.observers import Observer  # slow to load, and only serving needs it

    class Edits(Observer):  # type: ignore[misc, valid-type]
        """Tells of edits alone: a build reads the files, and must not set off the next one by that."""

        def schedule(self, *args: Any, **options: Any) -> Any:
            edits = [FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]
            return super().schedule(*args, **options, event_filter=edits)

    server.unwatch(config.docs_dir)
    server.unwatch(config.config_file_path)
    server.observer = Edits()
    server.watch(config.config_file_path)

    def rebuild() -> None:
        with contextlib.suppress(Abort):
            builder()

    server.builder = rebuild
    return server
