"""Where on a page a value, a claim or a rule stands: an element without a look of its own, which a script may mark.

While a text is made, a value is in it as `VALUE` and a claim or a rule as `CLAIM` has it: no lesson and no value holds
such characters. A value's element is around it. That of a claim or a rule ends the text beside its comment; where there
is none, as below a block of code, it has a place of its own.
"""

import re

CLAIM = re.compile(r"\0(\d+);")
VALUE = re.compile(r"\x01(\d+);([^\x01]*)\x01")
GONE = re.compile(r"^[ \t]*(?:\0\d+;[ \t]*)+\n|[ \t]*\0\d+;", re.MULTILINE)
VALUES = r"\x01[^\x01]*\x01"
TITLE = r"""[ \t](?:"[^"\n]*"|'[^'\n]*')(?=[ \t]*\))"""
TO = rf"\((?:{VALUES}|{TITLE}|[^)\n])*+\)"  # where a link leads
LIST = r"\{:?(?:[ \t]*[.#]|[^{}\n]*=)[^{}\n]*\}"  # of attributes
# Where no element can be: in a definition of a link or an abbreviation, in what an image is called, in where a link
# leads, in a tag, among attributes.
CLOSED = re.compile(
    r"^ {0,3}(?P<definition>\*?\[[^\]^\n][^\]\n]*\]:.*)$"
    rf"|^(?P<line>[ \t>]*{LIST}[ \t]*)$|(?P<block>[ \t]+{LIST})"
    rf"|(?:!\[(?:\\.|[^\\\]])*\]{TO}|\]{TO}|<[A-Za-z/][^<>]*>)(?:\{{[^{{}}\n]*\}})?"
    rf"|{LIST}",
    re.MULTILINE,
)
ATTRIBUTES = re.compile(r"[ \t>]*\{:?[^{}]*\}[ \t]*")
END = re.compile(r"(?:[ \t]+\{:?[^{}]*\})?[ \t]*$")
END_OF_ROW = re.compile(r"(?:[ \t]+\{:?[^{}]*\})?[ \t]*\|?[ \t]*$")
# What begins a block of its own below a comment, and would not below the text that the comment follows.
BEGINS = re.compile(
    r"(?P<list>[-+*][ \t]|\d+[.)][ \t])|(?P<table>\|)|[-=*_]{3,}[ \t]*$"
    r"|.+\n(?::[ \t]|[-=:|][-=:| \t]*$)",
    re.MULTILINE,
)
# No text that a mark could end: a heading, a line drawn, a reference, a figure, a title, the edge of a block of HTML.
NO_TEXT = re.compile(
    r"[\s>]*(?:#{1,6}\s.*|(?:!!!|[?]{3}|===).*|[-=*_:|\s>]*|\*?\[[^\]]+\]:.*|!\[.*\]\(.*\)(?:\{.*\})?"
    r"|.*</?(?:details|div|dl|figure|figcaption|h\d|li|ol|p|pre|script|section|summary|table|tr|td|ul)\b[^<>]*>.*)"
)


def plain(text: str) -> str:
    """The text without marks; a claim goes with the line that it had."""
    return GONE.sub("", VALUE.sub(r"\2", text))


def placed(text: str) -> str:
    """The text with each mark where an element can be."""
    return "\n".join(lines(CLOSED.sub(freed, text).split("\n")))


def lines(given: list[str]) -> list[str]:
    done: list[str] = []
    for number, line in enumerate(given):
        found = CLAIM.findall(line)
        marks = "".join(f"\0{number};" for number in found)
        if not found:
            done.append(line)
        elif CLAIM.sub("", line).strip(" \t>"):
            line = re.sub(r"[ \t]*(\0\d+;)", r"\1", line)
            if ended := re.search(r"[ \t]+\{:?[^{}\0]*\}((?:\0\d+;)+)[ \t]*$", line):  # of a heading, say
                line = ending(line[: ended.start(1)], marks)
            done.append(line)
        else:
            at = len(done) - 1
            while at >= 0 and ATTRIBUTES.fullmatch(done[at]):
                at -= 1
            indent = re.match(r"[ \t>]*", line)
            before = indent[0] if indent else ""
            if at >= 0 and not NO_TEXT.fullmatch(done[at]):
                done[at] = ending(done[at], marks)
                below = BEGINS.match("\n".join(given[number + 1 : number + 3]))
                above = BEGINS.match("\n".join(done[: at + 1]).rpartition("\n\n")[2].lstrip("\n"))
                if not before and below and (not above or above.lastgroup != below.lastgroup):
                    done.append("")
            elif len(done) > 1 and done[-1] == "" and CLAIM.match(done[-2].lstrip()):
                done[-2] += marks
            else:
                blank = before.rstrip()
                done += [blank] * bool(done and done[-1].strip(" \t>")) + [before + marks, blank]
    return done


def ending(line: str, marks: str) -> str:
    """A line with marks at the end of its text."""
    end = (END_OF_ROW if line.lstrip(" \t>").startswith("|") else END).search(line)
    at = end.start() if end else len(line)
    return line[:at] + marks + line[at:]


def freed(closed: re.Match[str]) -> str:
    """Where no element can be: without marks, which come behind it, or before the attributes of a block."""
    numbers = [number for number, _ in VALUE.findall(closed[0])] + CLAIM.findall(closed[0])
    marks = "".join(f"\0{number};" for number in numbers)
    inert = VALUE.sub(lambda value: re.sub("[\"'()]", lambda mark: f"&#{ord(mark[0])};", value[0]), closed[0])
    if closed["block"]:
        return marks + plain(inert)
    return plain(inert) + "\n" * bool(marks and (closed["definition"] or closed["line"])) + marks


def elements(text: str) -> str:
    """The text with its elements. Marks that have a line to themselves are a block, which is nothing to see."""
    text = re.sub(r"^(?:\0\d+;)+$", lambda block: f"<div>{block[0]}</div>", text, flags=re.MULTILINE)
    return CLAIM.sub(r'<span id="proof-\1"></span>', VALUE.sub(r'<span id="proof-\1">\2</span>', text))
