"""Build again, while serving, only what an edit touched: MkDocs passes over all pages of a site each time.

That is done where nothing can differ but the content of pages and of other files: the configuration, the theme and the
names of files are the same, and no plugin takes part that is not in KNOWN. What an edit changes elsewhere is made when
somebody asks for it: pages that are made of others, and, if a page shows the others something else (its title is in
their menu), the output of all.
"""

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mkdocs.commands.build import _build_template, _populate_page, get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from coursebuild.site.kept import Environment, Later, about, active, plugin_of
from coursebuild.site.search import Search
from coursebuild.weave.figures import size

JUPYTER, TAGS = "mkdocs_jupyter.plugin", "material.plugins.tags.plugin"
KNOWN = {JUPYTER, TAGS}
HEAD = re.compile(rb"---\n.*?\n---\n", re.DOTALL)  # in which a page says all that others show of it
EDITS = 100  # until all pages are built once more: then what no page uses any more is let go from memory


class BuiltAgain(BaseException):
    """Ends a build of MkDocs at its beginning, since all of it is done. No fault, of which plugins would be told."""


@dataclass
class Built:
    """What a build made a site of: `facts` is all that any page depends on but the `woven` files, by their paths.
    `sources` tells what an author wrote of these.
    """

    facts: object
    woven: dict[str, bytes]
    sources: dict[str, str | None]
    config: MkDocsConfig
    files: Files = field(default_factory=lambda: Files([]))
    nav: Navigation = field(default_factory=lambda: Navigation([], []))
    titles: dict[str, Any] = field(default_factory=dict)  # as `nav` gives them, by the paths of pages
    env: Environment | None = None
    edits: int = 0
    stale: dict[str, tuple[Page, bytes]] = field(default_factory=dict)  # by their paths: what is not read yet

    def listed(self, nav: Navigation, files: Files) -> None:
        """Note what MkDocs read. For `on_nav`."""
        self.nav, self.files = nav, files
        self.titles = {file.src_uri: vars(file.page).get("title") for file in files if file.page}

    @property
    def shown(self) -> list[File]:
        return [*self.files.documentation_pages(inclusion=InclusionLevel.is_in_serve)]

    @property
    def lists(self) -> list[Page]:
        """The pages that list pages by their tags."""
        found = [listing.page for listing in getattr(plugin_of(self.config, TAGS), "listings", ())]
        return [*{page.url: page for page in found}.values()]  # one may have several

    def touched(self, facts: object, woven: dict[str, bytes]) -> list[File] | None:
        """The files that are not as they were; None if more than their content may differ."""
        self.edits += 1
        if not self.env or self.edits > EDITS or self.facts != facts or self.woven.keys() != woven.keys():
            return None
        lists = self.lists
        found = []
        for name in (name for name, content in woven.items() if self.woven[name] != content):
            file = self.files.get_file_from_path(name)
            if file is None or file.inclusion.is_excluded() or (file.is_documentation_page() and not file.page):
                return None
            if file.page in lists or (name.endswith(".svg") and drawn(self.woven[name]) != drawn(woven[name])):
                return None
            found.append(file)
        return found

    @contextlib.contextmanager
    def tried(self, search: Search) -> Iterator[None]:
        """Unless what is done here ends with BuiltAgain, all that waits to be rendered is as it was: it shows the site
        as that stands, though an edit could not be built.
        """
        pages = [(page, dict(vars(page))) for page in (file.page for file in self.shown) if page]
        stale, known = dict(self.stale), (dict(search.pages), dict(search.terms))
        try:
            yield
        except BuiltAgain:
            pages = []
            raise
        finally:
            for page, was in pages:
                vars(page).clear()
                vars(page).update(was)
            if pages:
                self.stale, (search.pages, search.terms) = stale, known

    def parted(
        self, files: list[File], woven: dict[str, bytes], sources: dict[str, str | None]
    ) -> tuple[list[Page], list[Page]]:
        """The pages among files that are not as they were: those to read now, and those to read when somebody asks for
        them, in which no author wrote, and which say of themselves what they said.
        """
        now, later = list[Page](), list[Page]()
        for page in (file.page for file in files if file.page):
            name = page.file.src_uri
            before, after = HEAD.match(self.woven[name]), HEAD.match(woven[name])
            same = before and after and before[0] == after[0] and self.sources.get(name) == sources.get(name)
            (later if same else now).append(page)
            self.stale.pop(name, None)
        self.stale |= {page.file.src_uri: (page, woven[page.file.src_uri]) for page in later}
        return now, later

    def populated(self, pages: list[Page]) -> list[Page] | None:
        """Read and render the content of pages. Gives the pages whose output may now be another: these, or all if
        they show others something else; None if that is which tags they have. Lists of tags are added to `pages`.
        """
        assert self.env
        before = [about(page.file) for page in pages]
        tags = [page.meta.get("tags") for page in pages]
        self.populate(pages)
        if before == [about(page.file) for page in pages]:
            return pages
        plugin = plugin_of(self.config, TAGS)
        if plugin and (plugin.config.tags_name_property != "tags" or tags != [page.meta.get("tags") for page in pages]):
            return None
        if lists := self.lists:
            plugin.listings.data.clear()
            self.populate(lists)
            plugin.on_env(self.env.env, config=self.config)
            pages += lists
        self.env.seen, self.env.kept.later = (None, ""), True
        return [file.page for file in self.shown if file.page]

    def populate(self, pages: list[Page]) -> None:
        for page in pages:
            for own in ("render", "title"):  # set by plugins
                vars(page).pop(own, None)
            if (title := self.titles.get(page.file.src_uri)) is not None:
                page.title = title
            _populate_page(page, self.config, self.files)

    def fresh(self, page: Page) -> Page:
        """A page, read now if it was not."""
        if (name := page.file.src_uri) in self.stale:
            page.file._content = self.stale[name][1]  # whatever the folder has by now
            try:
                self.populate([page])
            finally:
                page.file._content = None
            del self.stale[name]
        return page

    def outputs(self, pages: list[Page], others: list[Page]) -> Iterator[tuple[str, str]]:
        """The whole output of each page, with its path; of the others, later. What leads nowhere in any page is told,
        as MkDocs does, if all are read.
        """
        for page in others:
            output = self.output(page) if page in pages else Later(functools.partial(self.output, page))
            yield page.file.dest_uri, self.config.plugins.on_post_page(output, page=page, config=self.config)
        for file in () if self.stale else self.shown:
            assert file.page
            file.page.validate_anchor_links(files=self.files, log_level=self.config.validation.links.anchors)

    def output(self, page: Page) -> str:
        assert self.env
        with active(self.fresh(page)):
            context = get_context(self.nav, self.shown, self.config, page)
            template = self.env.get_template(page.meta.get("template", "main.html"))
            context = self.config.plugins.on_page_context(context, page=page, config=self.config, nav=self.nav)
            return template.render(context)

    def templates(self) -> Iterator[tuple[str, str]]:
        """The output of the templates that are no page's, such as `404.html`, which has the menu."""
        assert self.env
        for name in self.config.theme.static_templates:
            template = self.env.get_template(name)
            yield name, _build_template(name, template, self.files, self.config, self.nav)


def simple(config: MkDocsConfig, owner: object) -> bool:
    """Whether no plugin but `owner` gives a page anything from elsewhere, or takes part after the pages."""
    others = [type(plugin).__module__ for plugin in config.plugins.values() if plugin is not owner]
    jupyter = plugin_of(config, JUPYTER)
    more = jupyter and any(jupyter.config[each] for each in ("execute", "include_source", "data_files", "cache"))
    known = KNOWN.issuperset(others) and len(others) == len(set(others))
    return known and not (config.hooks or config.extra_templates or more)


def drawn(svg: bytes) -> tuple[int, int] | None:
    return size(svg.decode("utf-8", "replace"))
