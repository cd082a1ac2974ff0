"""The MkDocs side: weave the lessons, let MkDocs build the woven pages, then put the finished site in its place."""

import contextlib
import dataclasses
import json
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from coursebuild.faults import Fault, LessonError, writing
from coursebuild.read.course import Course, options_of
from coursebuild.read.files import read_file
from coursebuild.site.finish import finish_index, finished_page
from coursebuild.weave.course import weave
from coursebuild.weave.folder import scratch, swap

log = logging.getLogger("mkdocs.plugins.coursebuild")


class CoursePlugin(BasePlugin):
    """Weaves the lessons of `docs_dir` into a folder from which MkDocs then builds, into a folder beside the site's.

    `plugins: [coursebuild: {…}]` may say what read/course.py's Options has; they are checked there, with their types.
    """

    site: Path
    pages: Path
    serving = False

    def load_config(self, options: Any, config_file_path: str | None = None) -> Any:
        self.chosen = dict(options)
        return [], []

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        root = Path(config.config_file_path).resolve().parent
        with told():
            course = self.course(root, config)
            self.site, self.docs = Path(config.site_dir), Path(config.docs_dir)
            self.pages = scratch(root / "build" / "pages")
            weave(course, self.pages, note=lambda fault: log.info(str(fault)))
            config.docs_dir = str(self.pages)
            config.site_dir = str(scratch(self.site))
        return config

    def course(self, root: Path, config: MkDocsConfig) -> Course:
        path = Path(config.config_file_path)
        name = os.path.relpath(path, root)
        options = options_of(root).changed(self.chosen, name, read_file(path, name))
        course = Course.at(root, Path(config.docs_dir), options=options)
        excluded = config.exclude_docs
        return dataclasses.replace(
            course,
            nav=tuple(listed(config.nav)),
            config=path,
            left_out=lambda file: bool(excluded and excluded.match_file(file)),
        )

    @event_priority(100)  # before the tags are read
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        """The front matter of a lab, which MkDocs does not find in its notebook."""
        if page.file.src_uri.endswith(".ipynb"):
            notebook = json.loads((self.pages / page.file.src_uri).read_bytes())
            page.meta.update(notebook["metadata"].get("course", {}))

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        """Labs as other pages look."""
        from coursebuild.site.notebook import tidy

        return tidy(html) if page.file.src_uri.endswith(".ipynb") else None

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        with told():
            return finished_page(output, Path(page.file.abs_dest_path), policy=not self.serving)

    @event_priority(-100)
    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str | None:
        if not template_name.endswith(".html"):
            return None
        with told():
            return finished_page(output, Path(config.site_dir, template_name), policy=not self.serving)

    @event_priority(-100)  # after the search index is written
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Put the finished site in its place, unless there were warnings and they count."""
        new = Path(config.site_dir)
        config.site_dir = str(self.site)  # where others, such as gh-deploy, look for it
        try:
            counters = [each for each in logging.getLogger("mkdocs").handlers if isinstance(each, CountHandler)]
            if any(counter.get_counts() for counter in counters):
                raise PluginError("warnings in strict mode; the site is as it was")
            with told():
                finish_index(new)
                with writing(self.site):
                    swap(new, self.site)
        finally:
            self.clear(new)

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing half made; tell of a full disk as of any other fault."""
        for folder in ("pages", "site"):
            if hasattr(self, folder):
                self.clear(Path(f"{getattr(self, folder)}.{os.getpid()}.new"))
        if isinstance(error, OSError):
            path = os.path.relpath(getattr(self, "site", Path("site")))
            right = "a folder that can be written, on a disk with room"
            fault = Fault(path, 1, f"cannot be written: {error.strerror or error} ({right})")
            raise PluginError(f"the site is as it was\n\n{fault}\n")

    def clear(self, site: Path) -> None:
        for folder in (site, getattr(self, "pages", site)):
            shutil.rmtree(folder, ignore_errors=True)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
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
        server.watch(str(self.docs))

        def rebuild() -> None:
            with contextlib.suppress(Abort):
                builder()

        server.builder = rebuild
        return server


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Faults as MkDocs tells what stops a build."""
    try:
        yield
    except LessonError as error:
        raise PluginError(f"{len(error.faults)} to mend; the site is as it was\n\n{error}\n") from None


def listed(nav: Any) -> Iterator[str]:
    """The pages of a `nav`, in its order."""
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else nav or ():
            yield from listed(each)
