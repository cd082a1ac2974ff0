"""Let MkDocs do again only what an edit touches, from build to build of one process and from process to process.

What a build makes is kept under a digest of all that it was made from: a page's HTML, what search reads of it, its
whole output, a compiled template. So nothing has to be told that it is out of date: what depends on other things has
another name. Each thing is a file of its own in one folder, JSON (or bytes) below a line with the digest of its name
and content. A file that is damaged, foreign or of another version is as good as none; nothing is unpickled. Deleting
the folder is always safe. In one process the things stay in memory too.

What is kept, and when it is not:

- The HTML of a Markdown page: by its text, and by each file that its links asked for. Not if the rendering told
  anything (a broken link has to be told each time), nor if an extension is not Python-Markdown's or pymdownx's own,
  or reads other files (pymdownx.snippets, pymdownx.b64).
- The HTML of a notebook: by all of it but our own metadata, unless mkdocs-jupyter is to execute it.
- The output of a template: by the page, the titles, addresses and front matter of all pages, the navigation, the
  configuration, the theme's files and the installed packages. One rule keeps it safe: if a plugin or hook that is not
  in HARMLESS takes part in `env`, `pre_template`, `template_context` or `page_context`, no output is kept. A template
  of the theme's `custom_dir` may read anything but the content and table of contents of pages other than its own, the
  time of the build, and the folders `docs_dir` and `site_dir`.

`on_page_markdown`, `on_page_content`, `on_post_page` and all other events run in every build. With `later` (a new title
is on every page), what gives a page's output goes to `on_post_page` in its place, if only harmless ones take part.
"""

import contextlib
import functools
import hashlib
import importlib.util
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import Path, PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import jinja2
import markdown
from jinja2.bccache import Bucket, BytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.localization import Locale
from mkdocs.plugins import BasePlugin
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc
from mkdocs.theme import Theme

FORMAT = "2"
LONG = 5_000  # characters of a text whose digest is remembered
HARMLESS = {f"material.plugins.{name}.plugin" for name in ("search", "tags", "meta", "offline")}
HARMLESS |= {"mkdocs_jupyter.plugin", "mkdocs.contrib.search"}
READERS = {"pymdownx.snippets", "pymdownx.b64"}  # extensions that read other files
SETTINGS = ("markdown_extensions", "mdx_configs", "validation", "use_directory_urls")  # what a rendering depends on
UNSEEN = {"docs_dir", "site_dir", "config_file_path", "watch", "dev_addr", "hooks", "strict"}  # no page shows them
UNSEEN |= {"exclude_docs", "draft_docs", "not_in_nav"}  # seen in the list of pages
ENTRY = re.compile(r"[.]?[a-z]+-[0-9a-f]{32}([.]\d+)?")


log = logging.getLogger("mkdocs.plugins.coursebuild")


class OpaqueError(Exception):
    """Something of which it cannot be told whether it is the same as before."""


def digest(*parts: str | bytes) -> str:
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(b"%d:" % len(part))
        made.update(digest_of_long(part) if len(part) > LONG else encoded(part))
    return made.hexdigest()


@functools.lru_cache(500)  # pages, which are asked for in each build and several times in one
def digest_of_long(part: str | bytes) -> bytes:
    return hashlib.blake2b(encoded(part)).digest()


def encoded(part: str | bytes) -> bytes:
    return part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part


def packages() -> list[str]:
    """Name and version of everything installed, as the folders tell it, and Python's own version."""
    folders = {os.path.realpath(path) for path in sys.path if os.path.isdir(path)}
    found = (name for folder in folders for name in os.listdir(folder))
    return [sys.version, *sorted(name for name in found if name.endswith((".dist-info", ".egg-info")))]


@functools.cache
def installed(module: str) -> bool:
    """Whether a module's code is told by `packages()` or, if it is this package's, by `Kept.base`."""
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root == __name__.partition(".")[0] or in_packages(file)


@functools.cache
def own_code() -> str:
    return digest(*(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py"))))


def in_packages(path: str) -> bool:
    return not {"site-packages", "dist-packages"}.isdisjoint(Path(path).parts)


def described(value: Any, above: tuple[int, ...] = ()) -> str:
    """A text that is the same exactly when `value` is. Raises OpaqueError where that cannot be known."""
    if value is None or isinstance(value, str | bytes | int | float | date | PurePath | Enum):
        return f"{type(value).__name__}:{value!r}"
    if id(value) in above:
        return f"above:{above.index(id(value))}"
    parts: Iterable[Any]
    name = ""
    if isinstance(value, Mapping):
        parts = [each for pair in value.items() for each in pair]
    elif isinstance(value, list | tuple):
        parts = value
    elif isinstance(value, set | frozenset):
        return f"set({sorted(described(each, above) for each in value)})"
    elif isinstance(value, ModuleType):  # a hook
        return f"module:{value.__name__}"
    elif isinstance(value, Locale | re.Pattern):
        return f"{value!s}"
    elif isinstance(value, File | Page):
        return f"{type(value).__name__}:{value.url}:{getattr(value, 'title', '')}"
    elif isinstance(value, Link):
        parts = [value.title, value.url]
    elif isinstance(value, Files | Navigation | StructureItem):
        raise OpaqueError(type(value))
    elif isinstance(value, BasePlugin):
        parts = [value.config]
    elif isinstance(value, functools.partial):
        parts = [value.func, value.args, value.keywords]
    elif isinstance(value, MethodType):
        parts = [value.__func__, value.__self__]
    elif isinstance(value, type | FunctionType | BuiltinFunctionType):
        if not installed(value.__module__ or ""):
            raise OpaqueError(value)
        name = f"{value.__module__}.{value.__qualname__}"
        parts = [cell.cell_contents for cell in getattr(value, "__closure__", None) or ()]
    elif installed(type(value).__module__) and hasattr(value, "__dict__"):
        parts = [each for pair in vars(value).items() for each in pair]
    else:
        raise OpaqueError(type(value))
    name = name or f"{type(value).__module__}.{type(value).__qualname__}"
    return f"{name}({','.join(described(each, (*above, id(value))) for each in parts)})"


class Store:
    """Values by name, in memory and on disk. A value is JSON, bytes, or made of them by `json`; None is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.used: set[str] = set()
        self.before: set[str] = set()
        self.fresh: set[str] = set()

    def get(self, name: str) -> Any:
        self.used.add(name)
        if name not in self.memory:
            with contextlib.suppress(OSError, ValueError):
                self.memory[name] = self.opened(name, (self.folder / name).read_bytes())
        return self.memory.get(name)

    def put(self, name: str, value: Any) -> None:
        self.used.add(name)
        self.fresh.add(name)
        self.memory[name] = value

    @staticmethod
    def sealed(name: str, value: Any) -> bytes:
        body = b"b" + value if isinstance(value, bytes) else b"j" + json.dumps(value).encode()
        return digest(FORMAT, name, body).encode() + b"\n" + body

    @staticmethod
    def opened(name: str, file: bytes) -> Any:
        seal, _, body = file.partition(b"\n")
        if seal != digest(FORMAT, name, body).encode():
            raise ValueError(name)
        return body[1:] if body[:1] == b"b" else json.loads(body[1:])

    def close(self) -> None:
        """End a build: let go from memory what the last two did not use."""
        self.memory = {name: self.memory[name] for name in (self.used | self.before) & self.memory.keys()}
        self.before, self.used = self.used, set()

    def write(self) -> None:
        """Write what is new and in memory, and let go from disk what is neither, but for as much again."""
        for name in self.fresh & self.memory.keys():
            with contextlib.suppress(OSError, TypeError):  # a full disk, no folder of ours, not JSON: made again then
                write(self.folder / name, self.sealed(name, self.memory[name]))
        if self.fresh:
            with contextlib.suppress(OSError):
                rest = [each for each in os.scandir(self.folder) if ENTRY.fullmatch(each.name)]
                rest = [each for each in rest if each.name not in self.memory]
                for each in sorted(rest, key=lambda each: -each.stat().st_mtime_ns)[len(self.before) :]:
                    os.unlink(each)
        self.fresh = set()


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


STORES: dict[str, Store] = {}  # for the life of the process


class Kept:
    """What one build takes from those before it, and leaves to those after it."""

    def __init__(self, store: Store, owner: object) -> None:
        self.store, self.owner, self.base = store, owner, digest(own_code(), *packages())
        self.theme = ""
        self.templates: list[str] = []
        self.settings: str | None = None
        self.later = False  # whether a page may be rendered when somebody asks for it

    @classmethod
    def open(cls, folder: Path, owner: object) -> "Kept":
        """What is kept in `folder`, for one build. `owner` is the plugin that asks; its own events are harmless."""
        return cls(STORES.setdefault(str(folder.resolve()), Store(folder)), owner)

    def name(self, kind: str, *parts: str | bytes) -> str:
        return f"{kind}-{digest(self.base, kind, *parts)}"

    def made(self, kind: str, key: str | bytes, make: Callable[[], Any]) -> Any:
        """What `make` made of `key` before, or makes now: a string, bytes or JSON, which nobody may change.

        `kind` is a word of small letters. `key` has to hold all that the result depends on but for the code of this
        package and the installed ones.
        """
        name = self.name(kind, key)
        if (value := self.store.get(name)) is None:
            self.store.put(name, value := make())
        return value

    def close(self, write: bool = True) -> None:
        """For the end of a build that went well. Without `write`, what is new is written by `store.write` later."""
        self.store.close()
        if write:
            self.store.write()

    # The theme

    def use(self, config: MkDocsConfig) -> None:
        """Read the theme once, and compile its templates once. For `on_config`, before any other plugin's."""
        found = {folder: list(templates(folder)) for folder in config.theme.dirs}
        self.theme = digest(*(theme_state(folder, names) for folder, names in found.items()))
        self.templates = sorted({name for names in found.values() for name in names})
        setattr(config.theme, "get_env", functools.partial(self._theme_env, config.theme))  # noqa: B010
        notebooks = plugin_of(config, "mkdocs_jupyter.plugin")
        if notebooks and all(pattern.endswith((".ipynb", ".py")) for pattern in notebooks.config["include"]):
            ends = {pattern.rpartition(".")[2] for pattern in notebooks.config["include"]}
            notebooks._supported_extensions = [f".{end}" for end in ends]  # it would read each page to refuse it
        remember_code()

    def _theme_env(self, theme: Theme) -> jinja2.Environment:
        env = type(theme).get_env(theme)
        if type(env.loader) is jinja2.FileSystemLoader:
            env.loader = Templates(theme.dirs, self.templates)
        env.bytecode_cache = Compiled(self)
        return env

    # Pages

    def page(self, page: Page, config: MkDocsConfig) -> None:
        """Render a page only if it has to be. For `on_pre_page`, after all other plugins'."""
        render = page.render
        if type(page) is Page and "render" not in vars(page):
            source = self._markdown
        elif getattr(render, "__module__", "") == "mkdocs_jupyter.plugin":
            source = self._notebook
        else:
            return
        setattr(page, "render", functools.partial(self._rendered, page, render, source))  # noqa: B010

    def _markdown(self, page: Page, config: MkDocsConfig) -> str:
        if self.settings is None:
            for name in config.markdown_extensions:
                if not isinstance(name, str) or not pure(name):
                    raise OpaqueError(name)
            self.settings = described([config[name] for name in SETTINGS])
        level = logging.getLogger("mkdocs.structure.pages").getEffectiveLevel()  # what is told, and so noted
        return digest(self.settings, str(level), page.markdown or "")

    def _notebook(self, page: Page, config: MkDocsConfig) -> str:
        plugin = plugin_of(config, "mkdocs_jupyter.plugin")
        if plugin is None or plugin.config["execute"]:
            raise OpaqueError(page)
        return digest(described(plugin.config), without_ours(page.file.content_bytes))

    def _rendered(
        self,
        page: Page,
        render: Callable[[MkDocsConfig, Any], None],
        source: Callable[[Page, MkDocsConfig], str],
        config: MkDocsConfig,
        files: Files,
    ) -> None:
        try:
            place = f"{page.file.src_uri} {page.file.url} {page.file.inclusion}"
            name = self.name("html", source.__name__, place, source(page, config))
        except OpaqueError as error:
            log.debug("not kept, since it cannot be told whether it changed: %r", error)
            return render(config, files)
        kept = self.store.get(name)
        if not kept or any(known(files.get_file_from_path(uri)) != was for uri, was in kept["asked"].items()):
            given = vars(page).pop("title", None)  # by nav; a notebook brings its own
            asking = Asking(files)
            with listening() as told:
                render(config, asking)
            kept = {
                "content": page.content,
                "toc": [token(each) for each in page.toc],
                "title": vars(page).pop("title", None),
                "heading": page._title_from_render,
                "anchors": None if page.present_anchor_ids is None else sorted(page.present_anchor_ids),
                "links": None
                if page.links_to_anchors is None
                else {file.src_uri: links for file, links in page.links_to_anchors.items()},
                "asked": asking.asked,
            }
            if given is not None:
                page.title = given
            if not told and not asking.otherwise:
                self.store.put(name, kept)
        page.content = kept["content"]
        page.toc = get_toc(kept["toc"])
        page._title_from_render = kept["heading"]
        page.present_anchor_ids = None if kept["anchors"] is None else set(kept["anchors"])
        if kept["links"] is not None:
            page.links_to_anchors = {
                page.file if uri == page.file.src_uri else files.src_uris[uri]: dict(links)
                for uri, links in kept["links"].items()
            }
        if kept["title"] is not None:
            page.title = kept["title"]
        return None

    # Search

    def index(self, config: MkDocsConfig) -> None:
        """Read a page for search only if it has to be. For `on_pre_build`. Any search but Material's is left alone."""
        plugin = plugin_of(config, "material.plugins.search.plugin")
        index = getattr(plugin, "search_index", None)
        if type(index).__module__ == "material.plugins.search.plugin":
            setattr(index, "add_entry_from_context", functools.partial(self._entries, index))  # noqa: B010

    def _entries(self, index: Any, page: Page) -> None:
        def read() -> list[Any]:
            start = len(index.entries)
            type(index).add_entry_from_context(index, page)
            made = index.entries[start:]
            del index.entries[start:]
            return [made]  # never None, and true

        try:
            key = digest(page.content or "", contents(page), described([page.meta, page.url, page.title]))
        except OpaqueError:
            return type(index).add_entry_from_context(index, page)
        index.entries += [dict(entry) for entry in self.made("search", key, read)[0]]
        return None

    # Templates

    def environment(self, env: jinja2.Environment, config: MkDocsConfig) -> Any:
        """The environment, with templates that render only what has to be. For `on_env`, after all other plugins'."""
        for event in ("env", "pre_template", "template_context", "page_context"):
            for method in config.plugins.events[event]:
                own = getattr(method, "__self__", None) is self.owner
                if not own and getattr(method, "__module__", "") not in HARMLESS:
                    return env
        known = {getattr(method, "__module__", "") for method in config.plugins.events["post_page"]}
        self.later = self.later and known <= HARMLESS | {type(self.owner).__module__}
        try:
            return Environment(self, env, digest(settings(config), self.theme))
        except OpaqueError as error:
            log.debug("no output is kept, since it cannot be told whether it changed: %r", error)
            return env


def settings(config: MkDocsConfig) -> str:
    """What of the configuration a page may show, with what the command line and the environment made of it.

    Raises OpaqueError where that cannot be known.
    """
    return described({name: value for name, value in config.items() if name not in UNSEEN})


@functools.lru_cache(200)
def without_ours(notebook: bytes) -> str:
    """A notebook without what stands beside its cells, and is ours."""
    read = json.loads(notebook)
    read["metadata"].pop("course", None)
    return json.dumps(read)


def plugin_of(config: MkDocsConfig, module: str) -> Any:
    return next((plugin for plugin in config.plugins.values() if type(plugin).__module__ == module), None)


def pure(extension: str) -> bool:
    """Whether what a Markdown extension makes of a text depends on nothing but the text and its options."""
    if "." not in extension:  # Python-Markdown's own have a short name, and so may others
        return Path(str(markdown.__file__)).with_name("extensions").joinpath(f"{extension}.py").is_file()
    return extension.startswith(("markdown.extensions.", "pymdownx.")) and extension not in READERS


def templates(folder: str) -> Iterator[str]:
    """The files of a theme's folder by name, without those in folders that begin with a dot: 14,000 icons of Material.

    `Files.add_files_from_theme`, for which they are listed, leaves those out too.
    """
    for path, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        place = path[len(folder) :].strip(os.sep).replace(os.sep, "/")
        yield from (f"{place}/{name}".strip("/") for name in names)


def theme_state(folder: str, names: list[str]) -> str:
    """What tells any change of a theme's folder: the content of all of it, or of an installed theme's templates."""
    if in_packages(folder):
        paths = [os.path.join(folder, name) for name in names if name.endswith((".html", ".xml"))]
    else:
        paths = [path for path, kind, *_ in entries(folder) if kind == "file"]
    return digest(*(f"{path[len(folder) :]} {content_digest(path)}" for path in sorted(paths)))


def content_digest(path: str) -> str:
    found = os.stat(path)
    return _content_digest(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@functools.lru_cache(10_000)
def _content_digest(path: str, *_: int) -> str:
    return digest(Path(path).read_bytes())


class Templates(jinja2.FileSystemLoader):
    """Loads the theme's templates, and knows their names."""

    def __init__(self, folders: list[str], names: list[str]) -> None:
        super().__init__(folders)
        self.names = names

    def list_templates(self) -> list[str]:
        return list(self.names)


class Compiled(BytecodeCache):
    """Compiled templates, by their source."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    def _name(self, bucket: Bucket) -> str:
        env = bucket.environment
        form = f"{sorted(env.extensions)} {env.autoescape!r} {env.trim_blocks} {env.lstrip_blocks} {jinja2.__version__}"
        return self.kept.name("template", bucket.key, bucket.checksum, form)

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self.kept.store.get(self._name(bucket))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept.store.put(self._name(bucket), bucket.bytecode_to_string())


def remember_code() -> None:
    """Colour each block of code once in the life of the process: of a page that changed most are as they were."""
    with contextlib.suppress(ModuleNotFoundError):
        from pymdownx.highlight import Highlight

        colour, known = Highlight.highlight, dict[str, str]()
        if colour.__name__ == "highlight":

            def coloured(self: Any, *given: Any, **named: Any) -> str:
                chosen = {name: value for name, value in vars(self).items() if name != "md"}
                key = repr((chosen, given, named))
                made = known.get(key) or colour(self, *given, **named)
                if "\2" not in made:  # a mark of what this page alone has
                    known[key] = made
                return made

            Highlight.highlight = coloured


class Asking:
    """The files of the site, which notes what a rendering asks of them."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.asked: dict[str, list[str] | None] = {}
        self.otherwise = False

    def get_file_from_path(self, path: str) -> File | None:
        file = self.files.get_file_from_path(path)
        self.asked[path] = known(file)
        return file

    def __getattr__(self, name: str) -> Any:
        self.otherwise = True
        return getattr(self.files, name)


def known(file: File | None) -> list[str] | None:
    """What a link takes from the file that it leads to."""
    return None if file is None else [file.src_uri, file.url, str(file.inclusion)]


def token(link: AnchorLink) -> dict[str, Any]:
    """An entry of a table of contents in the form from which MkDocs makes one."""
    return {"name": link.title, "id": link.id, "level": link.level, "children": [token(each) for each in link.children]}


def contents(page: Page) -> str:
    return json.dumps([token(each) for each in page.toc])


@contextlib.contextmanager
def listening() -> Iterator[list[logging.LogRecord]]:
    """What is told while it lasts, by MkDocs or Markdown."""
    told: list[logging.LogRecord] = []
    ear = logging.Handler(logging.INFO)
    ear.addFilter(lambda record: not str(record.msg).startswith("Converting notebook"))  # says only that it renders
    setattr(ear, "emit", told.append)  # noqa: B010
    loggers = [logging.getLogger(name) for name in ("mkdocs", "MARKDOWN")]
    for logger in loggers:
        logger.addHandler(ear)
    try:
        yield told
    finally:
        for logger in loggers:
            logger.removeHandler(ear)


class Environment:
    """An environment of Jinja whose templates are loaded only if something of them has to be rendered."""

    def __init__(self, kept: Kept, env: jinja2.Environment, state: str) -> None:
        self.kept, self.env, self.state = kept, env, state
        self.there = set(kept.templates)
        self.seen: tuple[Any, str] = (None, "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.env, name)

    def get_template(self, name: Any, *rest: Any, **options: Any) -> Any:
        if isinstance(name, str) and name in self.there and not rest and not options:
            return Template(self, name)
        return self.env.get_template(name, *rest, **options)

    def site(self, context: Mapping[str, Any]) -> str:
        """What any page may show of all others: the navigation, and each page's title, address and front matter."""
        pages = list(context["pages"])
        if self.seen[0] != pages:
            self.seen = (pages, digest(described([branch(each) for each in context["nav"]]), *map(about, pages)))
        return self.seen[1]


class Template:
    """A template that is loaded only if it has to be rendered."""

    def __init__(self, env: Environment, name: str) -> None:
        self.env, self.name = env, name

    @functools.cached_property
    def real(self) -> jinja2.Template:
        return self.env.env.get_template(self.name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def render(self, context: Mapping[str, Any]) -> str:
        page = context["page"]
        try:
            rest = {name: value for name, value in context.items() if name not in APART}
            own = "" if page is None else about_one(page)
            key = digest(self.name, self.env.state, self.env.site(context), own, described(rest))
        except OpaqueError as error:
            log.debug("not kept, since it cannot be told whether it changed: %r", error)
            return self.real.render(context)
        kept = self.env.kept

        def make() -> str:
            with active(page):
                output: str = kept.made("output", key, lambda: self.real.render(context))
                return output

        if not kept.later or page is None or kept.store.get(kept.name("output", key)) is not None:
            return make()
        return Later(make)


class Later(str):
    """In place of a page's output: what makes it."""

    _make: Callable[[], str]

    def __new__(cls, make: Callable[[], str]) -> "Later":
        later = super().__new__(cls)
        later._make = make
        return later

    def make(self) -> str:
        output = self._make()
        return output.make() if isinstance(output, Later) else output


@contextlib.contextmanager
def active(page: Page | None) -> Iterator[None]:
    """As MkDocs renders a page: it and what is above it in the navigation know that it is shown."""
    before = bool(page and page.active)
    if page:
        page.active = True
    try:
        yield
    finally:
        if page:
            page.active = before


APART = {"nav", "pages", "config", "page", "build_date_utc"}  # of a template's context; the last never counts


def branch(item: StructureItem) -> list[Any]:
    """An item of the navigation and all below it."""
    below = [branch(each) for each in getattr(item, "children", None) or ()]
    return [type(item).__name__, item.title, getattr(item, "url", ""), below]


def about(file: File) -> str:
    """What a page may show of another."""
    page = file.page
    assert page is not None
    facts = [file.src_uri, page.url, page.title, page.meta, page.canonical_url, page.edit_url, page.update_date]
    return described([*facts, page.is_homepage, str(file.inclusion), [each.title for each in page.ancestors]])


def about_one(page: Page) -> str:
    """All that a page may show of itself, with what plugins put on it."""
    plain = {name: value for name, value in vars(page).items() if isinstance(value, str | int | float | dict | list)}
    for name in ("content", "markdown", "toc", "_Page__active", "links_to_anchors"):
        plain.pop(name, None)
    others = [plain, page.previous_page, page.next_page]
    return digest(page.content or "", page.markdown or "", contents(page), about(page.file), described(others))


def lazily(*modules: str) -> None:
    """Load modules when something of them is first used, not when they are imported.

    mkdocs-jupyter imports nbconvert and jupytext as soon as it is named in mkdocs.yml: half a second, of which a site
    whose notebooks have not changed needs nothing. For a plugin that is named before it.
    """
    for module in modules:
        with contextlib.suppress(ModuleNotFoundError):
            if module not in sys.modules and importlib.util.find_spec(module):
                sys.modules[module] = Lazy(module)


class Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = importlib.import_module(self.__name__)
        vars(self).update(vars(real))
        return getattr(real, name)


class Stamp:
    """Tells whether nothing has changed since a build: no input, no package, no option, and nothing of the site.

    Take it first thing in a build (it reads the inputs as they are then), ask `holds`, and `write` it after a good
    build. Inputs count by size, times and number of the file, the site by size and time.
    """

    def __init__(self, path: Path, inputs: Iterable[Path], site: Path, facts: Iterable[str] = ()) -> None:
        """`inputs` are files and folders, which are followed; `facts` is what else counts (options, variables)."""
        self.path, self.site, start = path, site, time.time_ns()
        found = sorted({entry for each in inputs for entry in entries(str(each))})
        self.safe = not any(abs(start - entry[4]) < RACY for entry in found)
        self.inputs = digest(FORMAT, own_code(), *packages(), *facts, repr(found), str(site))

    def _text(self) -> bytes:
        site = sorted(entry[:4] for entry in entries(str(self.site)))
        return f"{self.inputs} {digest(repr(site))}\n".encode()

    def holds(self) -> bool:
        try:
            was = self.path.read_bytes()
        except OSError:
            return False
        return was.startswith(self.inputs.encode()) and was == self._text()

    def write(self) -> None:
        """Write it, unless an input is so new that another edit could bear the same time."""
        with contextlib.suppress(OSError):
            if self.safe:
                write(self.path, self._text())
            else:
                self.path.unlink(missing_ok=True)


RACY = 50_000_000  # nanoseconds; clocks of file systems go in steps of up to 10 ms


def entries(
    path: str, above: frozenset[tuple[int, int]] = frozenset()
) -> Iterator[tuple[str, str, int, int, int, int]]:
    """A file, or a folder and all in it, by path, kind, size, time, time of change and number; links are followed."""
    try:
        found = os.stat(path)
    except OSError:
        yield path, "none", 0, 0, 0, 0
        return
    if not os.path.isdir(path):
        yield path, "file", found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
        return
    yield path, "folder", 0, 0, 0, 0
    if (here := (found.st_dev, found.st_ino)) not in above:
        for name in os.listdir(path):
            if name != "__pycache__":
                yield from entries(f"{path}/{name}", above | {here})
