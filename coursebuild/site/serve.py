"""Serving: edits as the file system tells them, and pages, and their search, that are made when somebody asks."""

import contextlib
import functools
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from coursebuild.site.again import BuiltAgain

AWAITED = "<!-- to be rendered: {} -->"  # in place of a page, by its path


class Waiting:
    """Pages that are rendered when somebody asks for them: by the path below `site`, what renders each."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.pages: dict[str, Callable[[], str]] = {}
        self.lock = threading.Lock()  # held by a build, and while a page is rendered

    def render(self, path: str) -> None:
        with self.lock:
            if page := self.pages.get(path):
                part = self.site / f"{path}.part"
                part.write_text(page(), encoding="utf-8")
                part.replace(self.site / path)
                del self.pages[path]

    def answer(self, mkdocs: Callable[..., Iterable[bytes]], environ: Any, start_response: Any) -> Iterable[bytes]:
        """What MkDocs answers; once more, if that is a page, or what search knows, that has waited."""
        said: list[Any] = []

        def ask() -> Iterable[bytes]:
            found = mkdocs(environ, lambda *given: said.append(given))
            kind = dict(said[-1][1]).get("Content-Type", "")
            return [b"".join(found)] if kind.endswith(("/html", "/javascript")) else found

        answer = ask()
        while isinstance(answer, list) and (awaited := re.match(AWAITED.format("(.+)").encode(), b"".join(answer))):
            self.render(awaited[1].decode())
            answer = ask()
        start_response(*said[-1])
        return answer


def follow(server: LiveReloadServer, waiting: Waiting, paths: Iterable[Any], builder: Callable[[], None]) -> None:
    """Let a server watch these paths, by the file system's own events: MkDocs asks twice a second.

    After a build with faults, which are told, the pages that stood are served on: MkDocs would answer nothing.
    """
    from watchdog.events import FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent
    from watchdog.observers import Observer  # slow to load, and only serving needs it

    class Edits(Observer):  # type: ignore[misc, valid-type]
        """Tells of edits alone: a build reads the files, and must not set off the next one by that."""

        def schedule(self, *args: Any, **options: Any) -> Any:
            edits = [FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]
            return super().schedule(*args, **options, event_filter=edits)

    server.build_delay = 0.05  # seconds for an editor to be done; MkDocs waits a quarter of one
    server.observer = Edits()
    for path in paths:
        if path and os.path.exists(path):
            server.watch(str(path))

    def rebuild() -> None:
        with waiting.lock, contextlib.suppress(Abort, BuiltAgain):
            builder()

    server.builder = rebuild
    server.set_app(functools.partial(waiting.answer, server.serve_request))
