"""What a page asks for in vain: its Content-Security-Policy (`site/finish.py`) keeps it from the page, and no reader is
told. So the author is.
"""

import re
from collections.abc import Iterable, Iterator

from coursebuild.faults import Fault
from coursebuild.read.links import ATTRIBUTE, ATTRIBUTES, REFERENCE, TAG, TARGET

IMAGE = re.compile(rf"!\[[^\]]*\](?:\({TARGET}|\[(?P<label>[^\]\n]*)\])")
ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
SCRIPT = re.compile(r"\]\([ \t]*<?(javascript:)", re.IGNORECASE)
FRAMED = {"iframe", "frame", "object", "embed", "applet", "portal"}
LOADS = {"src", "srcset", "poster", "data", "background"}


def kept_from_readers(text: str) -> Iterator[tuple[int, str]]:
    """For some prose (code spans and comments masked) where in it something is blocked, and what would do."""
    for tag in TAG.finditer(text):
        name = tag["name"].lower()
        if name in ("script", "style"):
            yield tag.start(), f"raw HTML '<{tag['name']}' (use Markdown; a page has no inline script)"
        elif name in FRAMED:
            yield tag.start(), f"<{name}> stays empty: a page frames nothing (a link to it)"
        elif name in ("base", "meta", "link"):
            yield tag.start(), f"<{name}> has no place in a text (front matter, or mkdocs.yml)"
        else:
            for what in attributes(tag["rest"], name):
                yield tag.start(), what
    for braces in ATTRIBUTES.finditer(text):
        for what in attributes(braces[0], "{: }"):
            yield braces.start(), what
    for link in SCRIPT.finditer(text):
        yield link.start(1), "a link that is a script: a page has none inline (a link to a page or a file)"
    remote = {
        label(found[0]): found["bare"] or found["angled"]
        for found in REFERENCE.finditer(text)
        if ELSEWHERE.match(found["bare"] or found["angled"] or "")
    }
    for image in IMAGE.finditer(text):
        address = image["bare"] or image["angled"] or remote.get(label(image["label"] or image[0][1:]), "")
        if ELSEWHERE.match(address):
            yield image.start(), elsewhere(address)


def check_extra(addresses: Iterable[str], config: str, text: str) -> Iterator[Fault]:
    """Each stylesheet or script that every page is to load from elsewhere. `text` is that of the file `config`."""
    for address in filter(ELSEWHERE.match, addresses):
        yield Fault(config, text.count("\n", 0, max(text.find(address), 0)) + 1, elsewhere(address, "loaded"))


def attributes(text: str, name: str) -> Iterator[str]:
    """What is blocked among the attributes of an element."""
    for found in ATTRIBUTE.finditer(text):
        key, value = found["name"].lower(), found["a"] or found["b"] or found["c"] or ""
        if key == "style":
            yield "the attribute style is not heeded (a class, and a rule for it in a file of extra_css)"
        elif re.fullmatch("on[a-z]+", key) or value.strip().lower().startswith("javascript:"):
            yield f"the attribute {key} is a script: a page has none inline (a file of extra_javascript)"
        elif key in LOADS and ELSEWHERE.match(value):
            yield elsewhere(value.strip())
        elif key in ("action", "formaction"):
            yield f"the attribute {key} of <{name}>: a page sends nothing (a link)"


def elsewhere(address: str, what: str = "shown") -> str:
    return f"'{address}' is not {what}: a page loads from its own site alone (a copy among the pages)"


def label(text: str) -> str:
    """The label in the first brackets of a reference, as Markdown compares it."""
    return " ".join(text.lstrip(" ![").partition("]")[0].lower().split())
