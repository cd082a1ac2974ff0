"""A built site as a book: one EPUB 3, and one ZIP that works from a folder. Both are the same for the same site."""

import io
import mimetypes
import posixpath
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from coursebuild.faults import Fault, LessonError, writing

FIRST = "index.html"
GONE = (
    "script, style, link, button, input, label, nav, [hidden], [src$='#only-dark'], "
    ".headerlink, .downloads, .with, .md-tags, .note, .seal"
)
FOREIGN = re.compile(
    "data-|on|aria-(?:describedby|pressed|checked)$|(?:markdown|download|loading|tabindex|align|role|translate)$"
)
TYPES = mimetypes.MimeTypes(filenames=())  # Python's own, and none of the machine's
for made, ending in (("application/xhtml+xml", ".xhtml"), ("image/webp", ".webp")):
    TYPES.add_type(made, ending)
XHTML = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><meta charset="utf-8"/><title>{title}</title>{sheet}</head>
<body>{body}</body>
</html>
"""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{lang}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:uuid:{number}</dc:identifier>
<dc:title>{title}</dc:title><dc:language>{lang}</dc:language>
<meta property="dcterms:modified">{date}T00:00:00Z</meta></metadata>
<manifest>{items}</manifest><spine>{spine}</spine>
</package>
"""


class Leaf:
    """A page of the book: its title, the section of the menu that it stands in, and its article."""

    def __init__(self, path: str, soup: BeautifulSoup, article: Tag) -> None:
        self.path, self.soup, self.article = path, soup, article
        section = article.select_one(".md-tags > b")
        self.section = section.get_text() if section else ""
        for each in article.select(GONE):
            each.decompose()
        heading = article.find("h1")
        self.title = heading.get_text() if heading else path
        self.name = f"{path.removesuffix('.html')}.xhtml"


def leaves(site: Path) -> Iterator[Leaf]:
    """The pages, from the first on by `rel="next"`; without those that bear a `<meta name="book" content="no">`."""
    path, seen = FIRST, set[str]()
    while path not in seen:
        seen.add(path)
        if not (site / path).is_file():
            raise LessonError([Fault(str(site / path), 1, "no such page (build the site first)")])
        soup = BeautifulSoup((site / path).read_text("utf-8"), "html.parser")
        following = soup.select_one('[rel~="next"][href]')
        article = soup.find("article") or soup.find("main") or soup.body
        if isinstance(article, Tag) and not soup.select('meta[name="book"][content="no"]'):
            yield Leaf(path, soup, article)
        path = target(path, str(following["href"]))[0] if following else path


def target(page: str, address: str) -> tuple[str, str]:
    """The file that an address on a page leads to, from the root of the site ("" for elsewhere), and the part of it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return "", ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    return f"{path}/{FIRST}" if parts.path.endswith("/") else path, parts.fragment


def epub(site: Path) -> bytes:
    """The pages of a built site as an EPUB.

    Raises LessonError if there is no site.
    """
    found = list(leaves(site))
    names = {leaf.path: leaf.name for leaf in found}
    anchors = {leaf.path: {str(each["id"]) for each in leaf.article.select("[id]")} for leaf in found}
    files: dict[str, bytes] = {}
    for leaf in found:
        for link in leaf.article.select("a[href]"):
            path, part = target(leaf.path, str(link["href"]))
            if path and (path not in names or (part and part not in anchors[path])):
                link.unwrap()
            elif path:
                link["href"] = relative(names[path], leaf.name) + f"#{quote(part)}" * bool(part)
        for image in leaf.article.select("img[src]"):
            path, _ = target(leaf.path, str(image["src"]))
            if path and (site / path).is_file():
                files[path] = (site / path).read_bytes()
                image["src"] = relative(path, leaf.name)
        for each in leaf.article.find_all(True):
            each.attrs = {key: value for key, value in each.attrs.items() if not FOREIGN.match(key)}
        for table in leaf.article.select("details"):  # most readers of books cannot unfold
            table["open"] = "open"
    head = found[0].soup
    lang = str(head.html.get("lang", "en")) if head.html else "en"
    named = head.select_one('meta[property="og:site_name"]')
    title = str(named["content"]) if named else head.title.get_text() if head.title else found[0].title
    if (site / "book.css").is_file():
        files["book.css"] = (site / "book.css").read_bytes()
    pages = {leaf.name: page(leaf.title, leaf.article.decode_contents(), lang, leaf.name, files) for leaf in found}
    dates = [str(each["datetime"]) for leaf in found for each in leaf.soup.select("time[datetime]")]
    toc = page(title, f'<nav epub:type="toc"><h1>{escape(title)}</h1>{contents(found)}</nav>', lang, "toc.xhtml", files)
    items = [f'<item id="toc" href="toc.xhtml" media-type="{kind("toc.xhtml")}" properties="nav"/>']
    for number, (name, text) in enumerate([*pages.items(), *files.items()]):
        holds = ' properties="mathml"' if isinstance(text, str) and "<math" in text else ""
        items.append(f'<item id="i{number}" href="{quote(name)}" media-type="{kind(name)}"{holds}/>')
    package = PACKAGE.format(
        lang=lang,
        number=uuid.uuid5(uuid.NAMESPACE_URL, "".join(pages.values())),
        title=escape(title),
        date=max(dates, default="2000-01-01"),
        items="".join(items),
        spine="".join(f'<itemref idref="i{number}"/>' for number in range(len(pages))),
    )
    whole: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    whole |= {"EPUB/book.opf": package, "EPUB/toc.xhtml": toc}
    whole |= {f"EPUB/{name}": text for name, text in pages.items()}
    return packed(whole | {f"EPUB/{name}": data for name, data in files.items()})


def kind(name: str) -> str:
    return TYPES.guess_type(name)[0] or "application/octet-stream"


def relative(path: str, page: str) -> str:
    return quote(posixpath.relpath(path, posixpath.dirname(page) or "."))


def page(title: str, body: str, lang: str, name: str, files: dict[str, bytes]) -> str:
    sheet = f'<link rel="stylesheet" href="{relative("book.css", name)}"/>' if "book.css" in files else ""
    return XHTML.format(lang=lang, title=escape(title), sheet=sheet, body=body)


def contents(found: list[Leaf]) -> str:
    """The table of contents, by the sections of the menu."""
    told, section = "", ""
    for leaf in found:
        if leaf.section != section:
            told += "</ol></li>" * bool(section)
            told += f"<li><span>{escape(leaf.section)}</span><ol>" * bool(leaf.section)
            section = leaf.section
        told += f'<li><a href="{quote(leaf.name)}">{escape(leaf.title)}</a></li>'
    return f"<ol>{told}{'</ol></li>' * bool(section)}</ol>"


def zipped(site: Path, name: str) -> bytes:
    """The whole site below a folder of that name."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    return packed({f"{name}/{path.relative_to(site).as_posix()}": path.read_bytes() for path in paths})


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP, its first file as it is and the others deflated, without the time of day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files.items()):
            kind = zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return buffer.getvalue()


def book(site: Path, to: Path) -> list[Path]:
    """Write both beside each other, `course.epub` and `course.zip`."""
    made = {to / "course.epub": epub(site), to / "course.zip": zipped(site, "course")}
    for path, content in made.items():
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
    return list(made)
