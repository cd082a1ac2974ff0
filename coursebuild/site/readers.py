"""What themes and writers of HTML leave for some readers to stumble over or to wait for, mended in a page's text."""

import html
import re

HEADING = re.compile(
    r'(<h[1-6]\b[^>]*>)((?:(?!</h[1-6]>).)*?)(<a class="headerlink"[^>]*?)(?: title="[^"]*")?>', re.DOTALL
)
EMPTY = re.compile(r"<th\b([^>]*)>\s*</th>")
CODE = re.compile(r"<((?:pre|code)\b(?![^>]*\stranslate=)[^>]*)>")
ALIGNED = re.compile(r'(<t[dh]\b[^>]*?) style="text-align:\s*(left|center|right);?"')
ALIGN = "<style>{}</style>".format(
    "".join(f"[data-align={to}]{{text-align:{to}!important}}" for to in ("left", "center", "right"))
)
HEAD = re.compile(r"(?=</head>)", re.IGNORECASE)
BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
TABLE = re.compile(r"<table(?![^>]*\sclass=)[^>]*>.*?</table>", re.DOTALL)
WRAPPED = (
    r'<div class="md-typeset__scrollwrap" tabindex="0"><div class="md-typeset__table">\g<0></div></div>'  # Material's
)
# Pygments gives each name and each blank a mark, which no theme colours.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
BLANK_AFTER, BLANK_BEFORE = re.compile(r">\s*\n\s*"), re.compile(r"\n\s*(?=<)")  # quick: they begin with one sign
VERBATIM = re.compile(r"<(pre|script|style|textarea)\b[^>]*>(.*?)</\1>", re.DOTALL)
SKIP = re.compile(r'\s*<div data-md-component="skip">.*?</div>', re.DOTALL)
INVALID = re.compile(
    r'<(?:(nav\b[^>]*?) aria-expanded="\w+"|(input\b[^>]*type="checkbox"[^>]*?) autocomplete="off")'  # quick: one start
)


def mended(page: str) -> str:
    page, aligned = ALIGNED.subn(r'\1 data-align="\2"', page)
    if aligned:  # by a style that the page's policy can name, and no attribute that is obsolete
        page = HEAD.sub(ALIGN, page, count=1)
    page = HEADING.sub(named, page)
    page = EMPTY.sub(r"<td\1></td>", page)
    page = CODE.sub(r'<\1 translate="no">', page)
    if "md-typeset" in page:
        page = TABLE.sub(WRAPPED, page)
    page = without_blanks(page)
    page = page.replace('<nav class="md-tags"', '<nav aria-label="Tags" class="md-tags"')
    page = INVALID.sub(r"<\1\2", page)
    if ' id="__toc"' not in page:
        page = page.replace(' for="__toc"', "")
    return skipping_first(page)


def without_blanks(page: str) -> str:
    """The page with one end of line for what is blank beside a tag, and without marks of code that nothing colours."""
    made, end = [], 0
    for found in VERBATIM.finditer(page):
        made += [joined(page[end : found.start(2)]), "".join(PLAIN.split(found[2]))]
        end = found.end(2)
    return "".join([*made, joined(page[end:])])


def joined(tags: str) -> str:
    """Tags and text with one end of line for what is blank beside a tag, if a line ends in it."""
    *above, last = BLANK_BEFORE.split(BLANK_AFTER.sub(">\n", tags))
    return "\n".join([*map(str.rstrip, above), last])


def named(found: re.Match[str]) -> str:
    """A heading whose permalink has its name."""
    opening, content, link = found.groups()
    name = html.unescape(re.sub(r"<[^>]+>", "", content)).strip()
    return f'{opening}{content}{link} aria-label="Link to: {html.escape(name)}">'


def skipping_first(page: str) -> str:
    """The link that skips the menu, before all that it skips."""
    body, skip = BODY.search(page), SKIP.search(page)
    if not body or not skip or skip.start() < body.end():
        return page
    return page[: body.end()] + skip[0] + page[body.end() : skip.start()] + page[skip.end() :]
