"""`llms.txt`: the site's pages as one list of links to their Markdown, with what each is about (llmstxt.org)."""

from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page


def listing(config: MkDocsConfig, nav: Navigation, site: Path) -> str:
    """The list for the site in the folder `site`; without an address the links are relative to it."""
    head = [f"# {config.site_name}", *([f"> {config.site_description}"] if config.site_description else [])]
    return "\n\n".join([*head, *sections(config, nav.items, site)]) + "\n"


def sections(config: MkDocsConfig, items: list[StructureItem], site: Path, title: str = "Pages") -> Iterator[str]:
    """A section of the menu, then those in it."""
    links = [link(config, item, site) for item in items if isinstance(item, Page)]
    if links:
        yield f"## {title}\n\n" + "\n".join(links)
    for item in items:
        if isinstance(item, Section):
            yield from sections(config, item.children, site, str(item.title))


def link(config: MkDocsConfig, page: Page, site: Path) -> str:
    plain = f"{page.file.src_uri.rsplit('.', 1)[0]}.md"
    address = plain if (site / plain).is_file() else page.file.dest_uri
    description = page.meta.get("description")
    return f"- [{page.title}]({config.site_url or ''}{address})" + (f": {description}" if description else "")
