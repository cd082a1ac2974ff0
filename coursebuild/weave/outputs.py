"""What a cell gave, and what surrounds it, as HTML and Markdown that stand alone in a page."""

import html
import re
from collections.abc import Mapping
from urllib.parse import quote

import yaml

from coursebuild.read.model import Shown
from coursebuild.run.worker import Output, Table
from coursebuild.weave.parts import Data, Picture, Ran, error_lines

FOLDED = 24  # lines; longer output is folded


def front_matter(meta: Mapping[str, object]) -> str:
    return f"---\n{yaml.safe_dump(dict(meta), sort_keys=False, allow_unicode=True, width=10_000)}---"


def fence(info: str, code: str) -> str:
    ticks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", code))])
    return f"{ticks}{info}\n{code}\n{ticks}\n"


def not_run(part: Shown) -> str:
    return f'{fence(part.info or "text", part.code)}\n<p class="not-run">Not run: {html.escape(part.reason)}</p>\n'


def card(part: Ran | Shown, inner: str) -> str:
    """A block and what belongs to it as one card: a number and a language stand at its head."""
    if isinstance(part, Shown):
        opening = f'class="cell cell--shown" data-head="Not run{part.info and f", {html.escape(part.info)}"}"'
    else:
        opening = f'class="cell" id="cell-{part.number}" data-head="{part.number:02}  Python"'
    return f'\n<div {opening} markdown="1">\n\n{inner.strip()}\n\n</div>\n'


def given(part: Ran) -> str:
    """What a cell gave, as HTML that offers no copy button."""
    output, blocks = part.output, []
    whole, late = printed(output, bool(part.table))
    if whole:
        blocks.append(preformatted("Output", whole))
    if part.table:
        blocks.append(f'<div class="output" tabindex="0" role="group" aria-label="Output">\n{part.table}\n</div>\n')
    if output.error:
        blocks.append(preformatted("Error", "\n".join(error_lines(output))))
    if late:
        blocks.append(preformatted("Output", late))
    return "".join(f"\n{block}" for block in blocks)


def printed(output: Output, tabled: bool = False) -> tuple[str, str]:
    """What a cell printed, with its last value unless that is `tabled`, and what comes after its table or error."""
    value = "" if tabled or output.text is None else f"{output.text}\n"
    said = output.stdout + value
    parts = (said, output.late) if tabled or output.error else (said + output.late, "")
    return parts[0].rstrip("\n"), parts[1].rstrip("\n")


def preformatted(label: str, content: str) -> str:
    escaped = inert(content)
    kind = "output error" if label == "Error" else "output"
    if "━━━ - " in content:  # Keras's progress, whose long lines may be broken; columns of figures may not
        kind += " progress"
    block = f'<pre class="{kind}" tabindex="0" role="group" aria-label="{label}">{escaped}</pre>\n'
    lines = content.count("\n") + 1
    if lines <= FOLDED:
        return block
    return f'<details class="output">\n<summary>{label}, {lines} lines</summary>\n\n{block}\n</details>\n'


def data(each: Data) -> str:
    """What an explorer shows, as a block of HTML that nothing runs and no Markdown is in."""
    safe = each.json.replace("<", "\\u003c").replace("\n", " ")
    return f'<script type="application/json" data-play="{each.explorer}">{safe}</script>'


def inert(content: str) -> str:
    """Text as HTML in which Markdown sees no fence, formula or attribute list, which it looks for in blocks too."""
    escaped = html.escape(content, quote=False)
    for mark in "`~{$":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped


def sides(picture: Picture, folder: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The paths of a picture's two files, and the part of a link that says for which palette each is."""
    path = f"{folder}/figure-{picture.number}"
    return (f"{path}.svg", "#only-light"), (f"{path}-dark.svg", "#only-dark")


def figure(picture: Picture, images: str) -> str:
    """A figure with its number and, for the eye, what a screen reader hears of its image."""
    plain = html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"\s+", " ", picture.alt)))
    told = re.sub(r"[!*`\[\]\\_$~{}]", lambda mark: f"&#{ord(mark[0])};", html.escape(plain))
    caption = f'<figcaption><b>Figure {picture.number}.</b> <span aria-hidden="true">{told}</span></figcaption>'
    written = "" if images.startswith("<") else ' markdown="1"'
    inside = "\n\n".join(filter(None, (images, numbers(picture), caption)))  # a caption is the first or the last part
    return f'<figure class="figure" id="figure-{picture.number}"{written}>\n\n{inside}\n\n</figure>\n'


def image(picture: Picture, folder: str) -> str:
    """A figure's two images as HTML."""
    alt = html.escape(picture.alt)
    place = f'width="{picture.width}" height="{picture.height}" loading="lazy"'
    return "".join(f'<img alt="{alt}" src="{quote(path)}{end}" {place}>' for path, end in sides(picture, folder))


def images(picture: Picture, folder: str) -> str:
    """A figure's two images as Markdown."""
    alt = re.sub(r"\\?([\[\]`])", r"\\\1", picture.alt)
    place = f"{{ width={picture.width} height={picture.height} loading=lazy }}"
    return "".join(f"![{alt}]({quote(path)}{end}){place}" for path, end in sides(picture, folder))


def numbers(picture: Picture) -> str:
    """The tables of a picture as one block of HTML without an empty line; "" if it has none."""
    if not picture.tables:
        return ""
    title = f"The numbers behind figure {picture.number}"
    return (
        f'<details class="numbers" data-search-exclude>\n<summary>{title}</summary>\n'
        f'<div class="output" tabindex="0" role="group" aria-label="{title}">\n'
        f"{''.join(map(table, picture.tables))}</div>\n</details>"
    )


def table(each: Table) -> str:
    what, head, rows = each
    top = "".join(f'<th scope="col">{inert(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{inert(first)}</th>{"".join(f"<td>{inert(cell)}</td>" for cell in rest)}</tr>\n'
        for first, *rest in rows
    )
    caption = f"<caption>{inert(what)}</caption>" if what else ""
    return f'<table class="values">{caption}<thead><tr>{top}</tr></thead><tbody>\n{body}</tbody></table>\n'
