"""Finish the built site: formulas as MathML, a strict Content-Security-Policy, and the size of every figure."""

import base64
import functools
import hashlib
import html
import re
from pathlib import Path

from coursebuild.lesson import Fault, LessonError

INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>(.*?)</script>", re.DOTALL)
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\(?P<kind>[(\[])(?P<latex>.*?)\\[)\]]</\1>', re.DOTALL)
FIGURE = re.compile(r'<img[^>]* src="(?P<path>[^":]+\.svg)#only-(?:light|dark)"')
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"')


def finish(site: Path, policy: bool = True) -> None:
    """Rewrite every page of `site`. Without `policy` (while serving, MkDocs puts a script of its own into pages)."""
    for path in site.rglob("*.html"):
        page = FIGURE.sub(functools.partial(sized, path.parent), path.read_text(encoding="utf-8"))
        if policy:
            before, head, after = page.partition("<head>")
            if not head:
                raise LessonError([Fault(str(path), 1, "has no <head> for its policy (a whole HTML page)")])
            page = f"{before}{head}{security(page)}{after}"
        path.write_text(page, encoding="utf-8")
    (site / "sitemap.xml.gz").unlink(missing_ok=True)  # bears the day of the build
    index = site / "search" / "search_index.json"
    if index.is_file():  # opened from a folder, pages ask for it as a script
        index.with_suffix(".js").write_text(f"var __index = {index.read_text(encoding='utf-8')}", encoding="utf-8")


def sized(folder: Path, image: re.Match[str]) -> str:
    """An image of a figure with its width and height in CSS pixels (96 to the inch; matplotlib's unit is 1/72 inch)."""
    size = SIZE.search((folder / image["path"]).read_text(encoding="utf-8"))
    assert size, image["path"]
    width, height = (round(float(size[side]) * 96 / 72) for side in ("width", "height"))
    return f'{image[0]} width="{width}" height="{height}" loading="lazy"'


def security(page: str) -> str:
    """The policy of a page: everything from the site itself, and just the inline scripts that the page has."""
    digests = [hashlib.sha256(script.encode()).digest() for script in INLINE.findall(page)]
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    policy = (
        f"default-src 'none'; script-src 'self'{hashes}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


def with_formulas(page: str) -> str:
    """A page's HTML with its formulas as MathML. Raises ValueError with the LaTeX that cannot be read."""
    return FORMULA.sub(mathml, page)


def mathml(formula: re.Match[str]) -> str:
    return as_mathml(html.unescape(formula["latex"]), formula["kind"] == "[")


def as_mathml(latex: str, block: bool) -> str:
    """A formula as MathML. Raises ValueError with the LaTeX if it cannot be read."""
    from latex2mathml.converter import convert  # slow to load, and few pages need it

    latex = latex.strip()
    try:
        made = convert(latex, display="block" if block else "inline")
    except Exception as error:
        raise ValueError(latex) from error
    if "\\" in made:  # a command that it does not know
        raise ValueError(latex)
    return f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{made}</div>' if block else made
