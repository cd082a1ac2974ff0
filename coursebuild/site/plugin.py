"""The MkDocs side: weave the lessons, let MkDocs build the woven pages, then put the finished site in its place."""

import contextlib
import dataclasses
import functools
import json
import logging
import os
import posixpath
import re
import shutil
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from html import escape, unescape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_build_date, get_relative_url

from coursebuild.faults import Fault, LessonError, writing
from coursebuild.read.course import Course, options_of, read
from coursebuild.read.files import read_file
from coursebuild.read.model import PROOFS, TRACE
from coursebuild.read.policy import check_extra
from coursebuild.run.cache import state
from coursebuild.run.process import pinned
from coursebuild.site.again import Built, BuiltAgain, simple
from coursebuild.site.finish import finish_index, finished_page
from coursebuild.site.kept import (
    HARMLESS,
    Environment,
    Kept,
    Later,
    OpaqueError,
    Stamp,
    in_packages,
    lazily,
    settings,
    write,
)
from coursebuild.site.listing import listing
from coursebuild.site.readers import mended
from coursebuild.site.search import INDEX, Search
from coursebuild.site.serve import AWAITED, Waiting, follow
from coursebuild.weave.course import WRITTEN, replaceable, weave
from coursebuild.weave.folder import files_and_folders, scratch, swap

PLAY = re.compile(r'<script(?=[^>]*\sdata-play="([\w-]+)")[^>]*>.*?</script>')
log = logging.getLogger("mkdocs.plugins.coursebuild")
lazily("mkdocs_jupyter.convert", "jupytext")  # which mkdocs-jupyter imports though no notebook has changed


class CoursePlugin(BasePlugin):
    """Weaves the lessons of `docs_dir` into a folder from which MkDocs then builds, into a folder beside the site's.

    `plugins: [coursebuild: {…}]` may say what read/course.py's Options has; they are checked there, with their types.
    """

    site: Path
    pages: Path
    waiting: Waiting
    awaited: dict[str, Callable[[], str]]
    search: Search
    built: Built | None = None
    command = ""

    def load_config(self, options: Any, config_file_path: str | None = None) -> Any:
        self.chosen = dict(options)
        return [], []

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        root = Path(config.config_file_path).resolve().parent
        self.warnings = CountHandler(level=logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self.warnings)
        with told():
            self.sources = course = self.course(root, config)
            self.site, self.docs = Path(config.site_dir).resolve(), Path(config.docs_dir)
            replaceable(course, self.site)
            for extension in ("attr_list", "md_in_html", "tables"):  # what woven pages are written in
                if extension not in config.markdown_extensions:
                    config.markdown_extensions.append(extension)
            self.kept = Kept.open(root / ".cache" / "site", self)
            self.kept.use(config)
            self.facts = self.facts_of(course, config)
            serving = self.command == "serve"
            stamp = None if serving else self.stamp_of(course, config, self.read_before(course))
            if self.command == "build" and stamp and stamp.holds():
                log.info("Nothing has changed; the site is as it was")
                raise SystemExit(0)
            self.begun = None if serving else self.stamp_of(course, config)
            if not serving or not hasattr(self, "pages"):
                self.pages = scratch(root / "build" / "pages")
                self.waiting, self.theme = Waiting(self.site), ""
            self.kept.later = serving and self.kept.theme == self.theme  # which has rendered pages
            self.read = weave(course, self.pages, note=lambda fault: log.info(str(fault)), again=serving)
            if serving:
                self.build_again(course, config)
            self.search, self.awaited = Search(), {}
            config.docs_dir = str(self.pages)
            config.site_dir = str(scratch(self.site))
        return config

    def build_again(self, course: Course, config: MkDocsConfig) -> None:
        """Build only what an edit touched, if nothing but the content of files may differ."""
        text = read_file(Path(config.config_file_path), str(course.config))
        inherited = time.time_ns() if "INHERIT" in text else 0  # of which MkDocs does not tell
        facts = [self.facts, self.kept.theme, text, inherited, course.options, get_build_date()]
        woven, was, self.built = WRITTEN[self.pages.resolve()], self.built, None
        sources = {name: state(self.docs / name) for name in woven if name.endswith(".md")}
        self.building = Built(facts, woven, sources, config)
        files = was.touched(facts, woven) if was else None
        if was is None or files is None:
            return
        with was.tried(self.search):
            self.again(was, files, config)

    def again(self, was: Built, files: list[File], config: MkDocsConfig) -> None:
        """Build what these files changed, and end MkDocs's build; do nothing where more may be touched."""
        woven, sources = self.building.woven, self.building.sources
        was.config.docs_dir, was.config.site_dir = str(self.pages), str(self.site)
        pages, later = was.parted(files, woven, sources)
        if (other := was.populated(pages)) is None:
            return
        made = {file.dest_uri: woven[file.src_uri] for file in files if not file.page}
        if other is pages:
            other = [*pages, *later]
        else:
            made |= {name: output.encode() for name, output in was.templates()}
            made |= {} if "llms.txt" in woven else {"llms.txt": listing(was.config, was.nav, self.site).encode()}
        for page in other:
            page.file.abs_dest_path = str(self.site / page.file.dest_uri)
        made |= {name: output.encode("utf-8", "xmlcharrefreplace") for name, output in was.outputs(pages, other)}
        self.check_warnings(config)
        with writing(self.site):
            for name, content in made.items():
                write(self.site / name, content)
            write(self.site / INDEX, AWAITED.format(INDEX).encode())
        self.awaited[INDEX] = functools.partial(self.searched, self.search, was)
        was.woven, was.sources = woven, sources
        self.built = None if self.warnings.get_counts() else was  # which are told each time
        log.info(f"Built again: {', '.join(page.file.src_uri for page in [*pages, *later])}")
        raise BuiltAgain

    def searched(self, search: Search, built: Built) -> str:
        """What search knows of a site, some pages of which may be read only now."""
        for page, _ in [*built.stale.values()]:
            search.add(page, built.fresh(page).content or "", self.kept.made)
        return search.text()

    def check_warnings(self, config: MkDocsConfig) -> None:
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        if config.strict and self.warnings.get_counts():
            raise PluginError("warnings in strict mode; the site is as it was")

    def course(self, root: Path, config: MkDocsConfig) -> Course:
        path = Path(config.config_file_path)
        name = os.path.relpath(path, root)
        text = read_file(path, name)
        options = options_of(root).changed(self.chosen, name, text)
        if faults := [*check_extra(map(str, [*config.extra_css, *config.extra_javascript]), name, text)]:
            raise LessonError(faults)
        course = Course.at(root, Path(config.docs_dir), options=options)

        @functools.cache
        def left_out(name: str) -> bool:
            file = File(name, "", "", use_directory_urls=False)
            set_exclusions([file], config)
            return file.inclusion.is_excluded() and not (self.command == "serve" and file.inclusion.is_in_serve())

        return dataclasses.replace(
            course,
            nav=tuple(listed(config.nav)),
            sections=dict(sections(config.nav)),
            config=path,
            left_out=left_out,
        )

    def stamp_of(self, course: Course, config: MkDocsConfig, read: Iterable[str] = ()) -> Stamp | None:
        """What tells whether nothing has changed since the last build; None where that cannot be known."""
        plugins = [type(plugin).__module__ for plugin in config.plugins.values() if plugin is not self]
        hooks = [Path(hook).name for hook in config.hooks]
        if not HARMLESS.issuperset(plugins) or not {"mkdocs_hook.py"}.issuperset(hooks):
            return None
        paths = [
            self.docs,
            course.snippets,
            course.root / "pyproject.toml",
            course.config,
            course.lock,
            course.cache.with_name("others"),
            *config.theme.dirs,
        ]
        inputs = [Path(path) for path in (*paths, *read) if path and not in_packages(str(path))]
        return Stamp(course.cache.parent / "site.stamp", inputs, self.site, self.facts)

    def facts_of(self, course: Course, config: MkDocsConfig) -> list[str]:
        """What else a site depends on: the configuration as it is before the plugins change it, and the environment."""
        try:
            return [settings(config), json.dumps([self.chosen, pinned(course.options.environment)])]
        except OpaqueError:
            return [str(time.time_ns())]  # what cannot be told apart is never the same

    def read_before(self, course: Course) -> list[str]:
        """The files outside the course that its runs read, as the last build noted."""
        try:
            return [str(file) for file in json.loads((course.cache.parent / "read.json").read_text("utf-8"))]
        except (OSError, ValueError, TypeError):
            return []

    def keep(self, config: MkDocsConfig) -> None:
        """Keep what was made, and note what it was made of, unless that has changed meanwhile."""
        self.kept.close(write=self.command != "serve")
        config.docs_dir = str(self.docs)
        now = self.begun and self.stamp_of(self.sources, config)
        if self.begun and now and now.inputs == self.begun.inputs:
            write(self.sources.cache.parent / "read.json", json.dumps(self.read).encode())
            if (stamp := self.stamp_of(self.sources, config, self.read)) and not self.warnings.get_counts():
                stamp.write()

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """The Markdown of a page stands beside it, under its own name, which MkDocs would take for another page; its
        proofs and its trace are no pages of the menu. No two files go to one place.
        """
        places: dict[str, str] = {}
        taken = [
            (file.src_uri, other)
            for file in files
            if (other := places.setdefault(file.dest_uri, file.src_uri)) != file.src_uri
        ]
        for name in places.values():  # MkDocs leaves out a README.md beside an index.md
            readme = re.sub("(^|/)index[.]md$", r"\1README.md", name)
            if readme != name and os.path.exists(self.pages / readme):
                taken.append((readme, name))
        taken += [(places[name], places[below]) for name, below in files_and_folders(places)]
        with told():
            if taken:
                raise LessonError(
                    Fault(
                        f"{os.path.relpath(self.docs)}/{self.source(name)}",
                        1,
                        f"goes where {other} goes (a file by another name)",
                    )
                    for name, other in taken
                )
        for file in files:
            made = (file.abs_src_path or "").startswith(f"{self.pages}{os.sep}")
            if made and not os.path.exists(f"{self.docs}/{file.src_uri}"):
                file.edit_uri = self.source(file.src_uri)
                if PurePosixPath(file.src_uri).name in (PROOFS, TRACE):
                    file.inclusion = InclusionLevel.NOT_IN_NAV
                elif file.inclusion.is_excluded():  # by a pattern that is about the author's own files
                    file.inclusion = InclusionLevel.INCLUDED
            if made and not file.is_documentation_page():
                setattr(file, "copy_file", functools.partial(linked, file))  # noqa: B010
            if file.src_uri.endswith(".md.txt"):
                file.dest_uri = file.url = file.src_uri.removesuffix(".txt")
                file.abs_dest_path = os.path.join(config.site_dir, file.dest_uri)
        return files

    def source(self, woven: str) -> str | None:
        """The file below the author's pages of which one below the woven pages was made."""
        page = re.sub("((-solved)?[.]ipynb|[.]md[.]txt)$", ".md", woven)
        known = dict.fromkeys((woven, page, f"{posixpath.dirname(woven)}.md"))
        return next((each for each in known if os.path.exists(f"{self.docs}/{each}")), None)

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
        self.nav = nav
        if self.command == "serve":
            self.building.listed(nav, files)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        self.kept.index(config)

    @event_priority(-100)  # after the others have taken it in hand
    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> None:
        self.kept.page(page, config)

    @event_priority(-100)
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        env = self.kept.environment(env, config)
        if self.command == "serve" and isinstance(env, Environment):
            self.building.env = env
        return env

    @event_priority(100)  # before the tags are read
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        """The front matter of a lab, which MkDocs does not find in its notebook."""
        page.meta.update(self.lab(page) or {})

    def lab(self, page: Page) -> dict[str, Any] | None:
        """What a notebook that was woven says of its page; None for another page, or an author's own notebook."""
        if not page.file.src_uri.endswith(".ipynb"):
            return None
        facts: dict[str, Any] | None = json.loads(said_by((self.pages / page.file.src_uri).read_bytes()))
        return facts

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        """Labs as other pages look; and an explorer's stylesheet and script beside its data."""
        html = self.played(html, page) if "data-play" in html else html
        if (facts := self.lab(page)) is None:
            return html

        def make() -> str:
            from coursebuild.site.notebook import tidy  # slow to load, and only a notebook that is new needs it

            return tidy(html)

        tidied: str = self.kept.made("tidy", html, make)
        return led(tidied.replace("</h1>", "</h1>" + facts.get("about", ""), 1), page, files)

    def played(self, html: str, page: Page) -> str:
        """An explorer's data with its script, which finds them before it and draws before what follows is shown.
        If they share a `play.js`, it comes first, and loads those below the first heading when they are near.
        """
        folder = self.sources.root / self.sources.options.play
        shared, below = (folder / "play.js").is_file(), html.find("<h2") % (len(html) + 1)

        def script(name: str, how: str = "") -> str:
            return f'<script src="{get_relative_url(f"play/{name}.js", page.url)}"{how}></script>'

        def sheet(name: str) -> str:
            path = get_relative_url(f"play/{name}.css", page.url)
            return f'<link rel="stylesheet" href="{path}">' if (folder / f"{name}.css").is_file() else ""

        def put(data: re.Match[str]) -> str:
            now, first = not shared or data.start() < below, shared and not PLAY.search(html, 0, data.start())
            if not now:
                later = "css" if sheet(data[1]) else ""
                waiting = data[0].replace("<script", f'<script data-later="{later}"', 1)
                return waiting + (script("play", " defer") if first else "")
            return f"{sheet(data[1])}{script('play') if first else ''}{data[0]}{script(data[1])}"

        return PLAY.sub(put, html)

    @event_priority(-100)
    def on_page_context(self, context: Any, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
        self.search.add(page, page.content or "", self.kept.made)

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        if isinstance(output, Later):
            name = page.file.dest_uri
            self.awaited[name] = functools.partial(self.afterwards, output, self.site / name)
            return AWAITED.format(name)
        with told():
            self.preview(output, page, config)
            path = Path(page.file.abs_dest_path)
            return finished_page(output, path, self.command != "serve", self.mended)

    def afterwards(self, output: Later, path: Path) -> str:
        """A page that is rendered when somebody asks for it. What keeps it from that is told, there too."""
        try:
            return finished_page(output.make(), path, policy=False, mend=self.mended)
        except Exception as error:
            fault = str(self.broken(error))
            log.error(fault)
            return f"<!doctype html><title>{escape(fault)}</title><p>{escape(fault)}"

    def mended(self, output: str) -> str:
        made: str = self.kept.made("mended", output, lambda: mended(output))
        return made

    def preview(self, output: str, page: Page, config: MkDocsConfig) -> None:
        """The picture of a link to the page that is shared elsewhere, if the page names one."""
        name = str(PurePosixPath("previews", page.file.src_uri).with_suffix(".png"))
        if self.command != "build" or f'content="{config.site_url}{name}"' not in output:
            return
        texts = (str(page.title), str(page.meta.get("description") or ""), config.site_name)

        def draw() -> bytes:
            from coursebuild.site.preview import preview  # slow to load, and only a title that is new needs it

            return preview(*texts)

        path = Path(config.site_dir, name)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.kept.made("preview", json.dumps(texts), draw))

    @event_priority(-100)
    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str | None:
        if not template_name.endswith(".html"):
            return None
        with told():
            return finished_page(output, Path(config.site_dir, template_name), policy=self.command != "serve")

    @event_priority(-100)  # after the search index is written
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Put the finished site in its place, unless there were warnings and they count."""
        new = Path(config.site_dir)
        config.site_dir = str(self.site)  # where others, such as gh-deploy, look for it
        try:
            self.check_warnings(config)
            with told():
                finish_index(new)
                if not {"search", "material/search"} & {*config.plugins}:
                    with writing(new / INDEX):
                        write(new / INDEX, self.search.text().encode())
                if not (new / "llms.txt").exists():  # an author's own
                    with writing(new / "llms.txt"):
                        (new / "llms.txt").write_text(listing(config, self.nav, new), encoding="utf-8")
                with writing(self.site):
                    swap(new, self.site)
            self.waiting.pages, self.theme = self.awaited, self.kept.theme
            self.keep(config)
            if self.command == "serve" and simple(config, self) and not self.warnings.get_counts():
                self.built = self.building
        finally:
            self.clear(new, self.command != "serve")

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing half made; tell of a full disk as of any other fault."""
        logging.getLogger("mkdocs").removeHandler(getattr(self, "warnings", logging.NullHandler()))
        for folder in ("pages", "site"):
            if hasattr(self, folder):
                self.clear(Path(f"{getattr(self, folder)}.{os.getpid()}.new"))
        if isinstance(error, MkDocsException):
            return
        log.debug("What is told came of this:", exc_info=error)
        log.error(f"the site is as it was\n\n{self.broken(error)}\n")
        raise Abort("Aborted with a BuildError!")

    def broken(self, error: Exception) -> Fault:
        """What keeps MkDocs from building, at the line of the course's own hook or template, or else at the page that
        it has in hand; what the system refuses it, at the site.
        """
        frames = list(traceback.walk_tb(error.__traceback__))
        pages = [frame.f_locals.get("page") for frame, _ in frames]
        at = [(f"{self.docs}/{self.source(page.file.src_uri)}", 1) for page in pages if isinstance(page, Page)]
        if isinstance(error, TemplateNotFound) and not at:  # an icon, say, which each page's menu shows
            known, name = read(self.sources)[0].values(), str(error.name)
            at = [(str(self.sources.root / each.path), 1) for each in known if f"/{each.meta.get('icon')}." in name]
        lines = [(frame.f_code.co_filename, line) for frame, line in frames]
        if isinstance(error, TemplateSyntaxError):
            lines.append((error.filename or "", error.lineno))
        root, ours = self.sources.root if hasattr(self, "sources") else Path.cwd(), Path(__file__).parents[1]
        own = [
            (name, line)
            for name, line in lines
            if Path(name).is_relative_to(root) and not in_packages(name) and not Path(name).is_relative_to(ours)
        ]
        if isinstance(error, OSError) and not isinstance(error, TemplateError) and not own:
            right = "a folder that can be written, on a disk with room"
            return Fault(
                os.path.relpath(getattr(self, "site", "site")),
                1,
                f"cannot be written: {error.strerror or error} ({right})",
            )
        where, line = [("mkdocs.yml", 1), *at, *own][-1]
        said = f"{type(error).__name__}: {error}"
        what = f"cannot be built: {said} (what MkDocs and its plugins can take; mkdocs -v tells more)"
        if isinstance(error, TemplateError):
            named = error.name if isinstance(error, TemplateNotFound) else error
            what = f"no template that can be used: {named} (one that the theme has)"
        return Fault(os.path.relpath(where), line, what)

    def clear(self, site: Path, pages: bool = True) -> None:
        for folder in (site, getattr(self, "pages", site)) if pages else (site,):
            shutil.rmtree(folder, ignore_errors=True)

    def on_shutdown(self) -> None:
        if hasattr(self, "pages"):
            self.kept.store.write()
            self.clear(self.pages)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Watch the sources, not the woven pages."""
        server.unwatch(config.docs_dir)
        server.unwatch(config.config_file_path)
        root = self.sources.root
        paths = (config.config_file_path, self.docs, self.sources.snippets, root / "pyproject.toml")
        follow(server, self.waiting, paths, builder)
        return server


def linked(file: File, dirty: bool = False) -> None:
    """Put a woven file into the site without copying it: its own folder is not written to, and goes."""
    folder = os.path.dirname(file.abs_dest_path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    try:
        os.link(str(file.abs_src_path), file.abs_dest_path)
    except OSError:  # another disk
        type(file).copy_file(file, dirty)


@functools.lru_cache(200)
def said_by(notebook: bytes) -> str:
    """What a notebook says of its page, as JSON."""
    return json.dumps(json.loads(notebook)["metadata"].get("course"))


def led(html: str, page: Page, files: Files) -> str:
    """The page of a notebook with its addresses as MkDocs gives them: `../fit.md#train` is `../fit.html#train`, say."""

    def address(match: re.Match[str]) -> str:
        path, mark, rest = re.fullmatch("([^?#]*)([?#]?)(.*)", match[2], re.DOTALL).groups()  # type: ignore[union-attr]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), unquote(unescape(path))))
        file = files.get_file_from_path(place) if path else None
        return f"{match[1]}{escape(file.url_relative_to(page.file)) if file else path}{mark}{rest}"

    return re.sub(r'(<(?:a|img)\b[^>]*? (?:href|src)=")([^"]*)', address, html)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Faults as MkDocs tells what stops a build."""
    try:
        yield
    except LessonError as error:
        raise PluginError(f"{len(error.faults)} to mend; the site is as it was\n\n{error}\n") from None


def sections(nav: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The sections of a `nav`, each with its pages."""
    for each in nav or ():
        for title, below in each.items() if isinstance(each, dict) else ():
            if isinstance(below, list):
                yield str(title), tuple(listed(below))


def listed(nav: Any) -> Iterator[str]:
    """The pages of a `nav`, in its order."""
    if isinstance(nav, str):
        yield nav.removeprefix("./")
    else:
        for each in nav.values() if isinstance(nav, dict) else nav or ():
            yield from listed(each)
