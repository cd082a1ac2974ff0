"""Finish a built site, whichever generator built it: a strict Content-Security-Policy on every page, the size of every
drawing, and what readers would stumble over.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

from coursebuild.faults import Fault, LessonError, standing, writing
from coursebuild.read.files import read_bytes, walk
from coursebuild.site.readers import mended
from coursebuild.weave.figures import size

INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
DRAWING = re.compile(r'<img\b(?![^>]*\swidth=)[^>]*?\ssrc="(?P<path>[^":?#]+\.svg)(?:#[^"]*)?"')
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def finish(site: Path, docs: Path | None = None) -> None:
    """Finish every page of `site`, but those that an author put in `docs` as they are."""
    if not site.is_dir():
        raise LessonError([Fault(str(site), 1, "no such folder (the folder of a built site)")])
    names = [name for name in walk(site) if name.suffix == ".html"]
    own = [name for name in names if docs and (docs / name).is_file()]
    own = [name for name in own if docs and (docs / name).read_bytes() == (site / name).read_bytes()]
    finish_pages(site, [site / name for name in names if name not in own])


def finish_pages(site: Path, pages: Iterable[Path]) -> None:
    """Finish these pages of a site. Raises LessonError with all that cannot be finished."""
    faults: list[Fault] = []
    finished: dict[Path, str] = {}
    for path in pages:
        try:
            finished[path] = finished_page(read_bytes(path, str(path)).decode("utf-8"), path)
        except UnicodeDecodeError:
            faults.append(Fault(str(path), 1, "is not UTF-8 (a page in UTF-8)"))
        except LessonError as error:
            faults += error.faults
    if faults:
        raise LessonError(faults)
    for path, page in finished.items():
        with writing(path):
            path.write_text(page, encoding="utf-8")
    finish_index(site)


def finish_index(site: Path) -> None:
    """What else a site needs: a search index that pages opened from a folder can ask for as a script."""
    (site / "sitemap.xml.gz").unlink(missing_ok=True)  # bears the day of the build
    index = site / "search" / "search_index.json"
    if index.is_file():  # opened from a folder, pages ask for it as a script
        with writing(index):
            text = index.read_text(encoding="utf-8")
            index.with_suffix(".js").write_text(f"var __index = {text}", encoding="utf-8")


def finished_page(page: str, path: Path, policy: bool = True, mend: Callable[[str], str] = mended) -> str:
    """A page that stands at `path`; without `policy` while serving, as MkDocs puts a script of its own into pages.
    `mend` is for a caller that keeps what `mended` made.
    """
    page = mend(DRAWING.sub(lambda image: sized(image, path), page))
    if not policy or 'http-equiv="Content-Security-Policy"' in page:
        return page
    head = HEAD.search(page)
    if not head:
        raise LessonError([Fault(standing(path), 1, "has no <head> for its policy (a whole HTML page)")])
    return f"{page[: head.end()]}{security(page)}{page[head.end() :]}"


def sized(image: re.Match[str], page: Path) -> str:
    """An image of a drawing with its width and height in CSS pixels, where the drawing tells them."""
    drawing = page.parent / unquote(image["path"])
    found = size(drawing.read_text("utf-8", "replace")) if drawing.is_file() else None
    return f'{image[0]} width="{found[0]}" height="{found[1]}" loading="lazy"' if found else image[0]


def security(page: str) -> str:
    """The policy of a page: everything from the site itself, and just the inline scripts and styles that it has."""
    scripts, styles = hashes(INLINE.findall(page)), hashes(STYLE.findall(page))
    policy = (
        f"default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:; "
        "media-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def hashes(texts: Iterable[str]) -> str:
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return "".join(f" 'sha256-{digest}'" for digest in dict.fromkeys(digests))
