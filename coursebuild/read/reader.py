"""Read a lesson: expand its embeds and account for every fence.

A lesson is Markdown (coursebuild/README.md has the form). The reader accepts the part of Markdown on which parsers
agree, and refuses whatever one tool would run and another would skip: fences that are indented, quoted, in raw HTML or
of tildes, and code that is only indented.
"""

import ast
import itertools
import os
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import yaml

from coursebuild.faults import Fault, LessonError
from coursebuild.read.files import PAGES, read_file, walk
from coursebuild.read.formula import mathml
from coursebuild.read.links import anchors_of, links_of
from coursebuild.read.model import (
    LEAST,
    OTHERS,
    Cell,
    Dollar,
    Expression,
    Figure,
    Formula,
    Lesson,
    Made,
    Piece,
    Prose,
    Shown,
)
from coursebuild.read.policy import kept_from_readers
from coursebuild.read.question import check_questions
from coursebuild.read.snippet import Snippet, read_snippet

FENCE = re.compile(r"[\s>]*(?:(?:[-+*]|\d+[.)])[\s>]+)*(`{3,}|~{3,})(.*)")
LOOKALIKE = re.compile(r"\W*i?py", re.IGNORECASE)
EMBED = re.compile(r'--8<-- "([^":]*)(?::([^"]*))?"')
RAW_HTML = re.compile(r" {0,3}<(?:(pre|script|style|textarea)\b|[?]|!(?!--)|[A-Za-z/])", re.IGNORECASE)
DIRECTIVE = re.compile(r"<!--\s*(raises|shown):(.*?)-->\s*")
RAISES = re.compile(r"([A-Za-z_][\w.]*)(?::\s*(.+))?")
TOKEN = re.compile(
    r"(?P<comment><!--(?P<inside>.*?)-->)"
    r"|(?P<ticks>(?<!`)`+(?!`))(?P<code>(?:(?!\n[ \t]*\n).)+?)(?<!`)(?P=ticks)(?!`)"
    r"|!\[(?P<alt>(?:(?!\]\(|!\[|\n[ \t]*\n).)*)\]\(@figure\)"
    r"|(?<=\]\()@file/(?P<file>[\w.-]+)(?=\))"
    r"|(?P<escape>\\[\\`*_{}\[\]()#+.!$-])"
    r"|(?P<ends>\${1,2})(?![\s$])(?P<latex>(?:\\.|`[^$`]*`|(?!\n[ \t]*\n)[^$`\\])+?)(?<!\s)(?P=ends)(?![$\d])"
    r"|(?P<block>\$\$)(?P<display>(?:\\.|(?!\n[ \t]*\n)[^$\\])+?)\$\$"
    r"|(?P<dollar>\$)"
    r"|(?P<stray><!--|@figure|@file|\{python\}|--8<--)",
    re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CLOSED = ("inside", "code", "alt", "latex", "display")  # of a token: what nothing else can stand in
HIDDEN = re.compile(r"<!--|@figure|@file|\{python\}")
LIST = re.compile(r"(\s*)(?:[-+*]|\d+[.)]|:|\[\^[^\]]+\]:|!!!|[?]{3}\+?|===[!+]?)(?:\s|$)")
FILES = r"(?:figure-\d+(?:-dark)?[.]svg|block-\d+[.]py|proofs[.]js|cards[.]txt)"  # of a page, beside it
UNPRINTED = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Reader:
    """Reads one lesson; gathers faults as it goes."""

    path: str
    name: PurePosixPath
    snippets: Path
    snippets_as: str
    faults: list[Fault] = field(default_factory=list)
    embeds: set[tuple[str, str]] = field(default_factory=set)
    opened: dict[str, Snippet] = field(default_factory=dict)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.path, line, message))

    def read(self, text: str) -> Lesson:
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            if found := CONTROL.search(line):
                self.fault(number, f"control character {found[0]!r} (remove it)")
        meta, start = self.front_matter(lines)
        self.indented_code(lines, start)
        texts = list(self.split(lines, start))
        parts = self.pair(texts)
        self.whole(parts)
        prose = [text for text in texts if isinstance(text, tuple)]
        plain = [(line, masked(text)) for line, text in prose]
        for first, said in plain:
            for at, message in kept_from_readers(said):
                self.fault(first + said.count("\n", 0, at), message)
        for number, message in check_questions(plain):
            self.fault(number, message)
        if self.faults:
            raise LessonError(self.faults)
        head = "\n".join(lines[:start])
        links = tuple(link for line, text in plain for link in links_of(text, line))
        anchors = anchors_of("\n".join(COMMENT.sub("", text) for _, text in prose))
        return Lesson(self.path, self.name, meta, head, parts, frozenset(self.embeds), links, anchors)

    def whole(self, parts: tuple[Prose | Cell | Shown, ...]) -> None:
        """What is wrong with the cells together: they are one program, as a file."""
        cells = [part for part in parts if isinstance(part, Cell)]
        for cell, check in itertools.zip_longest(cells, cells[1:]):
            if cell.exercise and not (check and "assert " in check.code):
                self.fault(
                    cell.line, "an exercise without a check (a cell with asserts below it, each with its message)"
                )
        if self.faults:
            return
        for cell in cells[1:]:
            if any(
                isinstance(each, ast.ImportFrom) and each.module == "__future__" for each in ast.parse(cell.code).body
            ):
                self.fault(cell.line, "a __future__ import below the first cell (put it at the top of the first)")
                return
        sources = [guarded(cell) if cell.raises else cell.code for cell in cells]
        try:
            compiled("\n".join(sources))
        except SyntaxError as error:
            line = error.lineno or 1
            for cell, source in zip(cells, sources, strict=True):
                count = source.count("\n") + 1
                if line <= count:
                    at = cell.origins[min(max(line - bool(cell.raises), 1), len(cell.origins)) - 1]
                    self.faults.append(Fault(*at, f"not Python: {error.msg} (mend the code)"))
                    return
                line -= count

    def indented_code(self, lines: list[str], start: int) -> None:
        """Find code that is only indented: parsers show it as code, and nothing would run it."""
        above, inside, fence, folded = "", 0, "", 0
        for number, line in enumerate(lines[start:], start + 1):
            if (found := FENCE.match(line)) and (not fence or line.strip() == fence):
                fence = "" if fence else found[1]
            elif not fence and line.strip():
                line = re.sub(r"^ {0,3}(?:> ?)+", "", line)
                width = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
                folded += line.count("<!--") - line.count("-->")
                if width >= inside + 4 and not above.strip() and not LIST.match(line) and not folded:
                    self.fault(number, "code that is only indented never runs (put it in a fence, at the margin)")
                    inside = width  # told once
                elif marked := LIST.match(line):
                    inside = (len(marked[1].expandtabs(4)) // 4 + 1) * 4
                elif width < 4 and not above.strip():
                    inside = 0
            above = line

    def front_matter(self, lines: list[str]) -> tuple[dict[str, object], int]:
        """The front matter and the index of the line after it."""
        wanted = "(begin the page with --- / title: … / description: … / ---)"
        rest = [line.rstrip(" \t") for line in lines]
        end = next((at for at, line in enumerate(rest) if at and line in ("---", "...")), 0)
        if not end or not rest[0] == rest[end] == "---":  # MkDocs ends it at ... too, others do not
            self.fault(1, f"no front matter {wanted}")
            return {}, 0
        try:
            # BaseLoader makes no objects: everything is text, a list or a mapping.
            loader = yaml.BaseLoader("\n".join(lines[1:end]))
            node: Any = loader.get_single_node()
            meta = loader.construct_document(node) if node else None
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            self.fault(2 + (mark.line if mark else 0), f"the front matter is not YAML {wanted}")
            return {}, end + 1
        meta, keys = (meta, [key for key, _ in node.value]) if isinstance(meta, dict) else ({}, [])
        for at, key in enumerate(keys):
            if key.value in [each.value for each in keys[:at]]:
                self.fault(key.start_mark.line + 2, f"a second {key.value} in the front matter (one of each)")
        for key in ("title", "description"):
            said = meta.get(key)
            if not isinstance(said, str) or not said.strip() or UNPRINTED.search(said.strip()):
                self.fault(1, f"no {key} of one line in the front matter {wanted}")
        for key in ("tags", "related"):
            if not isinstance(said := meta.get(key) or [], list) or not all(isinstance(each, str) for each in said):
                self.fault(1, f"{key} is no list ({key}: [one, another])")
        search = meta.get("search", {})
        words, boost = (search.get("words", []), search.get("boost", "1")) if isinstance(search, dict) else (None, "")
        if not isinstance(words, list) or not all(isinstance(each, str) and each.strip() for each in words):
            self.fault(1, "search: no list of words (search: {words: [class imbalance, GPU]})")
        elif not isinstance(boost, str) or not re.fullmatch(r"\d+(\.\d+)?|\.\d+", boost):
            self.fault(1, f"search: boost {boost!r} is no factor (search: {{boost: 0.5}})")
        return meta, end + 1

    def split(self, lines: list[str], start: int) -> Iterator[tuple[int, str] | Cell | Shown]:
        """Cut the page at its fences: prose as (line, text), and fences."""
        index, begun, in_html = start, start, False
        while index < len(lines):
            line = lines[index]
            fence = FENCE.match(line)
            if not fence:
                raw = RAW_HTML.match(line)
                if raw and (raw[1] or raw[0].lstrip()[1] in "?!"):
                    self.raw_html(index + 1, raw[0].strip())
                in_html = bool(line.strip(" \t")) and (in_html or bool(raw))
                index += 1
                continue
            known = len(self.faults)
            end, code = self.fence_body(lines, index, fence[1])
            directive = DIRECTIVE.fullmatch(lines[index - 1]) if index > begun else None
            yield begun + 1, "\n".join(lines[begun : index - bool(directive)])
            if in_html:
                self.fault(index + 1, "a fence in raw HTML (leave a blank line above it)")
            for part in self.fence(index + 1, line, fence, directive, code):
                if isinstance(part, Cell) and len(self.faults) == known:
                    self.compiles(part)
                yield part
            index = begun = end
            in_html = False
        yield begun + 1, "\n".join(lines[begun:])

    def raw_html(self, number: int, tag: str) -> None:
        self.fault(number, f"raw HTML '{tag}' (use Markdown; a page has no inline script)")

    def fence_body(self, lines: list[str], opened: int, ticks: str) -> tuple[int, list[tuple[int, str]]]:
        """The index after a fence's closing line, and its numbered lines."""
        around = " \t>" * (not lines[opened].startswith(ticks))  # of one that is told, so that the rest is read
        for index in range(opened + 1, len(lines)):
            if lines[index].rstrip(" \t").lstrip(around) == ticks:
                return index + 1, [(number + 1, lines[number]) for number in range(opened + 1, index)]
            if lines[index].strip(" \t>").startswith(ticks):
                self.fault(index + 1, f"does this line end the fence of line {opened + 1}? (end it with {ticks} alone)")
        self.fault(opened + 1, f"the fence has no end (add a line {ticks})")
        return len(lines), []

    def fence(
        self,
        number: int,
        line: str,
        fence: re.Match[str],
        directive: re.Match[str] | None,
        body: list[tuple[int, str]],
    ) -> Iterator[Cell | Shown]:
        """Account for one fence."""
        ticks, info = fence.groups()
        kind, said = (directive[1], directive[2].strip()) if directive else ("", "")
        if not line.startswith(ticks):
            self.fault(number, "a fence that is indented or quoted, which some tools skip (move it to the margin)")
        elif ticks[0] == "~" or (info != "python" and LOOKALIKE.match(info)):
            self.fault(number, f"'{line}' looks like a cell, but would not run (write ```python and no more)")
        elif info == "python":
            raises = RAISES.fullmatch(said) if kind == "raises" else None
            if kind == "shown":
                self.fault(number - 1, "a python fence always runs (show it as ```text, or drop the comment)")
            elif kind == "raises" and not raises:
                self.fault(number - 1, f"'{said}' names no error (write <!-- raises: ValueError -->)")
            lines, exercise = self.solve(list(self.expand(body)))
            name, message = (raises[1], raises[2] or "") if raises else ("", "")
            code = "\n".join(text for _, text in lines)
            yield Cell(number, code, tuple(at for at, _ in lines), name, message, exercise)
        elif not re.fullmatch(r"[\w+-]*", info):
            self.fault(number, f"'{info}' after the backticks (one word, the language)")
        elif kind != "shown" or not said:
            self.fault(number, "a fence that is not run needs a reason (<!-- shown: the reason --> on the line above)")
        else:
            code = "\n".join(text for _, text in self.expand(body, shown=True))
            yield Shown(number, info, code.replace(";--8<--", "--8<--"), said)

    def expand(self, body: list[tuple[int, str]], shown: bool = False) -> Iterator[tuple[tuple[str, int], str]]:
        """The lines of a cell with its embeds expanded, each with its origin."""
        for number, text in body:
            if "--8<--" not in text or (shown and not text.lstrip().startswith("--8<--")):
                yield (self.path, number), text
            elif embed := EMBED.fullmatch(text.rstrip()):
                yield from self.embed(number, embed[1], embed[2])
            else:
                self.fault(number, f"'{text.strip()}' is no embed (write --8<-- \"file.py:section\" alone on a line)")

    def embed(self, number: int, name: str, section: str | None) -> Iterator[tuple[tuple[str, int], str]]:
        shown_as = f"{self.snippets_as}/{name}"
        root = self.snippets.resolve()
        if not re.fullmatch(r"[\w./-]+", name) or not (root / name).resolve().is_relative_to(root):
            self.fault(number, f"'{name}' is not in {self.snippets_as}/ (name a file there)")
            return
        if not os.path.isfile(root / name):  # Path.is_file raises for a name that is too long
            files = ", ".join(map(str, walk(root))) or "nothing yet"
            self.fault(number, f"no file {shown_as} ({self.snippets_as}/ has: {files})")
            return
        try:
            if name not in self.opened:
                self.opened[name] = read_snippet(read_file(root / name, shown_as), shown_as)
        except LessonError as error:
            self.faults += error.faults
            return
        snippet = self.opened[name]
        if section is not None and section not in snippet.sections:
            sections = ", ".join(snippet.sections) or "no section"
            self.fault(number, f"no section '{section}' in {shown_as} (it has: {sections})")
            return
        self.embeds.add((name, section or ""))
        for at, text in snippet.lines if section is None else snippet.sections[section]:
            yield (shown_as, at), text

    def solve(self, lines: list[tuple[tuple[str, int], str]]) -> tuple[list[tuple[tuple[str, int], str]], str]:
        """The lines of a lab's cell as they are solved, and as the learner gets them.

        The line above `### BEGIN SOLUTION` (nbgrader's marks) is the learner's; those down to `### END SOLUTION` take
        its place.
        """
        solved, exercise, begun = [], [], None
        for at, text in lines:
            mark = text.strip()
            if mark not in ("### BEGIN SOLUTION", "### END SOLUTION"):
                solved.append((at, text))
                if not begun:
                    exercise.append(text)
            elif (mark == "### BEGIN SOLUTION") == bool(begun):
                self.faults.append(Fault(*at, f"'{mark}' out of place (### BEGIN SOLUTION … ### END SOLUTION)"))
            elif begun:
                begun = None
            else:
                begun = at
                if not solved or "..." not in solved.pop()[1]:
                    wanted = "(what the learner gets in place of the solution)"
                    self.faults.append(Fault(*at, f"no line with ... above {wanted}"))
        if begun:
            self.faults.append(Fault(*begun, "the solution has no end (add a line ### END SOLUTION)"))
        return solved, "\n".join(exercise) if len(exercise) < len(lines) else ""

    def compiles(self, cell: Cell) -> None:
        """Find what is no Python without running it, and an error cell that could not be put in a `try`."""
        if not cell.code.strip():
            self.fault(cell.line, "an empty cell (write its code, or embed it)")
            return
        try:
            ast.parse(cell.exercise)
            body = compiled(cell.code).body
            if cell.raises and [*map(ast.dump, body)] != [*map(ast.dump, compiled(guarded(cell)).body[0].body)]:
                self.fault(cell.line, "a cell that must raise is put in a `try` (keep strings on one line in it)")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = error.lineno if isinstance(error, SyntaxError) and error.lineno else 1
            path, number = cell.origins[min(line, len(cell.origins)) - 1]
            self.faults.append(Fault(path, number, f"not Python: {getattr(error, 'msg', error)} (mend the code)"))

    def pair(self, parts: list[tuple[int, str] | Cell | Shown]) -> tuple[Prose | Cell | Shown, ...]:
        """Cut the prose into pieces, and give each cell the expressions and figures below it.

        Prose above the first cell asks the page's end: its expressions are the first ones of the last cell.
        """
        done: list[Prose | Cell | Shown] = []
        above: int | None = None
        early: tuple[Expression, ...] = ()
        cells = [part for part in parts if isinstance(part, Cell)]
        for part in parts:
            if isinstance(part, Cell):
                above = len(done)
                done.append(part)
            elif isinstance(part, Shown):
                done.append(part)
            else:
                prose = Prose(tuple(self.pieces(*part)))
                done.append(prose)
                asked = [piece for piece in prose.pieces if isinstance(piece, Expression | Made | Figure)]
                if above is None:
                    early += tuple(piece for piece in asked if cells and isinstance(piece, Expression))
                    what = "cell above that made it" if cells else "cell to ask"
                    for piece in asked:
                        if piece not in early:
                            self.fault(piece.line, f"there is no {what} (put it below the cell that it is about)")
                elif asked:
                    cell = done[above]
                    assert isinstance(cell, Cell)
                    expressions = cell.expressions + tuple(p for p in asked if isinstance(p, Expression))
                    made = cell.made + tuple(p for p in asked if isinstance(p, Made))
                    figures = cell.figures + tuple(p for p in asked if isinstance(p, Figure))
                    done[above] = replace(cell, expressions=expressions, made=made, figures=figures)
        if early and above is not None:
            last = done[above]
            assert isinstance(last, Cell)
            done[above] = replace(last, expressions=early + last.expressions)
        return tuple(done)

    def pieces(self, line: int, text: str) -> Iterator[Piece]:
        """Cut prose at its values, claims, figures and formulas."""
        end = 0
        for token in TOKEN.finditer(text):
            number = line + text.count("\n", 0, token.start())
            piece: Piece | None = None
            if token["stray"]:
                right = {
                    "<!--": "close the comment with --> before the next fence",
                    "@figure": "write ![What there is to see.](@figure)",
                    "@file": "write [Download name.xlsx](@file/name.xlsx)",
                    "{python}": "write it in a code span: `{python} expression`",
                }
                self.fault(
                    number, f"a stray '{token['stray']}' ({right.get(token['stray'], 'embed in a python fence')})"
                )
            elif hidden := HIDDEN.search(
                next(filter(None, (token[each] for each in CLOSED)), "").removeprefix("{python}")
            ):
                what = "in a code span, comment, formula or alt text (take it out, or show it in a fence)"
                self.fault(number, f"'{hidden[0]}' {what}")
            elif token["comment"]:
                word, _, rest = token["inside"].strip().partition(":")
                if word == "claim":
                    piece = self.expression("claim", number, rest)
                elif found := re.fullmatch(r"holds(?: +(\d+))?", word):
                    piece = self.rule(number, found[1], rest)
                elif word == "play":
                    piece = self.play(number, rest, text[token.start() - 1 : token.start()] + text[token.end() :][:1])
                elif re.match(r"(claim|hold|raise|show|play)(s|d|ed|n|ing)?\b", word, re.IGNORECASE):
                    above = "<!-- raises: … --> or <!-- shown: … --> on the line above a fence"
                    wanted = f"<!-- claim: … -->, <!-- holds: … -->, <!-- play: … -->, or {above}"
                    self.fault(number, f"a comment '{word.split()[0]}' with no effect ({wanted})")
            elif token["code"] and (mark := re.match(r"\{ *python *\}", token["code"], re.IGNORECASE)):
                if mark[0] != "{python}":
                    self.fault(number, "a value that is not read (write it as `{python} expression`)")
                if text[token.end() :].startswith("{"):
                    self.fault(number, "a value has no attributes (put it in ** or *, and the attributes behind)")
                piece = self.expression("value", number, token["code"][mark.end() :])
            elif token["file"]:
                if self.own(token["file"]):
                    self.fault(number, f"'{token['file']}' is what a file of the page is called (another name)")
                piece = Made(number, token["file"])
            elif token["escape"] == "\\$" or token["dollar"]:
                piece = Dollar(token[0])
            elif token["latex"] or token["display"]:
                piece = self.formula(number, text, token)
            elif token["alt"] is not None:
                if not token["alt"].strip():
                    self.fault(number, "a figure without alt text (write ![What there is to see.](@figure))")
                if text[token.end() :].startswith("{"):
                    self.fault(number, "a figure has its own attributes (write ![What there is to see.](@figure))")
                piece = Figure(number, " ".join(token["alt"].split()))
            if piece:
                yield text[end : token.start()]
                yield piece
                end = token.end()
        yield text[end:]

    def own(self, name: str) -> bool:
        """Whether a file beside the page is its own: a program, a figure, or what generators take for a page."""
        stem = re.escape(self.name.stem)
        names = rf"(?:{stem}|{stem.replace('-', '_')}(?:_page)?)[.]py|{FILES}"
        return bool(re.fullmatch(names, name)) or PurePosixPath(name).suffix.lower() in {*PAGES, ".ipynb"}

    def formula(self, line: int, text: str, token: re.Match[str]) -> Formula | None:
        """A formula; one between `$$` has its paragraph to itself."""
        latex, block = token["latex"] or token["display"], (token["ends"] or token["block"]) == "$$"
        around = text[: token.start()].rpartition("\n\n")[2] + text[token.end() :].partition("\n\n")[0]
        if block and around.strip():
            self.fault(line, "a formula between $$ in a line of text (a blank line above and below, or one $)")
            return None
        try:
            return Formula(line, latex, block, mathml(latex, block))
        except ValueError:
            self.fault(line, f"not LaTeX: {' '.join(latex.split())} (a formula that latex2mathml reads)")
            return None

    def play(self, line: int, said: str, around: str) -> Expression | None:
        """The explorer that a comment names, with the expression that gives its data."""
        name, _, source = said.strip().partition(" ")
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or not source.strip() or around.strip("\n"):
            wanted = "<!-- play: NAME expression --> alone on a line"
            self.fault(line, f"'{said.strip()}' is no explorer with its data ({wanted})")
            return None
        found = self.expression("play", line, source)
        return replace(found, explorer=name) if found else None

    def rule(self, line: int, least: str | None, source: str) -> Expression | None:
        """What holds in other runs: in as many as the build asks for, or in more."""
        if least and not LEAST <= int(least) <= OTHERS:
            self.fault(line, f"a rule that holds in {least} of {OTHERS} other runs (ask for {LEAST} or {OTHERS})")
            return None
        found = self.expression("holds", line, source)
        return replace(found, least=int(least or LEAST)) if found else None

    def expression(self, kind: Literal["value", "claim", "holds", "play"], line: int, source: str) -> Expression | None:
        source = " ".join(source.split("\n")).strip()
        try:
            compiled(source, "eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.fault(line, f"the {kind} '{source}' is no Python expression (write one, such as: loss < 1)")
            return None
        return Expression(kind, line, source)


def compiled(code: str, mode: str = "exec") -> Any:
    """The syntax tree of code that compiles, which finds more than parsing, such as a `return` outside a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the run tells
        tree: Any = ast.parse(code, mode=mode)
        compile(tree, "<cell>", mode, dont_inherit=True)
        return tree


def masked(text: str) -> str:
    """Prose in which code spans, comments and formulas are blank, place for place."""
    return TOKEN.sub(
        lambda found: (
            re.sub(r"[^\n]", " ", found[0])
            if any(found[each] for each in ("comment", "code", "latex", "display"))
            else found[0]
        ),
        text,
    )


def guarded(cell: Cell) -> str:
    """A cell that must raise, as a program can hold it: the error is caught and printed."""
    return (
        f"try:\n{textwrap.indent(cell.code, '    ')}\nexcept {cell.raises} as _error:\n"
        f'    print(f"{{type(_error).__name__}}: {{_error}}")'
    )


def read_lesson(
    text: str, path: str, snippets: Path, snippets_as: str = "snippets", name: PurePosixPath | None = None
) -> Lesson:
    """Read a lesson's text. `path` and `snippets_as` are the names that faults are told with.

    Raises LessonError with every fault of the page.
    """
    return Reader(path, name or PurePosixPath(PurePosixPath(path).name), snippets, snippets_as).read(text)
