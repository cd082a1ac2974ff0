"""The proofs of a page: what was computed and compared, as a page beside it, and as a script for its switch."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from coursebuild.read.model import OTHERS, Lesson
from coursebuild.weave.outputs import fence, front_matter, inert
from coursebuild.weave.parts import Part, Proof, Text, literal
from coursebuild.weave.plain import PAGES

TEXT = r"""(?P<text>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))"""  # in which nothing is a number
SCALAR = re.compile(TEXT + r"|\bnp\.(?:(?P<true>True|False)_|(?:float|u?int)\d+\((?P<number>[^()]*)\))")
FLOAT = re.compile(TEXT + r"|(?<![\w.])(?P<float>\d+(?:\.\d*(?:e[-+]?\d+)?|e[-+]?\d+))(?![\w.…])")
KINDS = {"value": "Value", "claim": "Claim", "holds": "Rule"}


def proofs(lesson: Lesson, made: Iterable[Part], repository: str = "") -> dict[str, bytes]:
    """The page of a lesson's proofs, and the script that its own page loads once a reader asks for them, by path."""
    all_of_it = [piece for part in made if isinstance(part, Text) for piece in part.pieces if isinstance(piece, Proof)]
    if not lesson.proofs:
        return {}
    source = f"{repository.rstrip('/')}/blob/HEAD/{quote(lesson.path)}?plain=1#L" if repository else ""
    head, text = page(lesson, all_of_it, source)
    return {
        str(lesson.proofs): f"{head}\n\n{text}\n".encode(),
        f"{lesson.proofs}.txt": f"{as_text(text)}\n".encode(),
        str(lesson.proofs.with_suffix(".js")): script(lesson, all_of_it, source).encode(),
    }


def said(proof: Proof) -> str:
    """What a proof proves, in words."""
    runs, least = proof.runs, proof.asked.least
    if proof.asked.kind == "value":
        return "Computed on this page. Nobody typed it."
    others = f"{proof.held} of {runs} other runs, each with seeds of its own"
    if proof.asked.kind == "claim":
        beyond = f"It held in {others}, too." if runs else "Other runs were not asked."
        return f"It speaks of this run, in which it is true. {beyond}"
    beyond = f"It held in {others}." if runs else "These were not run for this page."
    at_least = "all" if least == OTHERS else f"at least {least}"
    return f"A rule: it is true in this run, and has to be in {at_least} of {OTHERS} others. {beyond}"


def compared(proof: Proof) -> str:
    """What was compared, for people: numbers as such, with so many digits that those that differ are seen to."""
    if not proof.asked.proves:
        return proof.gave
    text = SCALAR.sub(lambda found: found["text"] or found["true"] or found["number"], proof.gave)
    found = {each["float"] for each in FLOAT.finditer(text) if each["float"]}
    for digits in (4, 8, 17):
        short = {each: f"{float(each):.{digits}g}" for each in found}
        if len(set(short.values())) == len({float(each) for each in found}):
            break
    return FLOAT.sub(lambda each: each["text"] or short[each["float"]], text)


def script(lesson: Lesson, given: list[Proof], source: str) -> str:
    rows = [
        {
            "kind": KINDS[proof.asked.kind],
            "line": proof.asked.line,
            "source": proof.asked.source,
            "gave": compared(proof),
            "said": said(proof),
            "held": proof.held,
            "runs": proof.runs,
        }
        for proof in given
    ]
    facts = {"path": lesson.path, "source": source, "all": rows}
    return f"var proofs = {json.dumps(facts, ensure_ascii=False, separators=(',', ':'))}\n"


def page(lesson: Lesson, given: list[Proof], source: str) -> tuple[str, str]:
    """The front matter, and the proofs in the order of the page, below the cells after which they were asked."""
    title = f"{lesson.title}: the proofs"
    about = f"What was computed and compared for the page {lesson.title}: every value, claim and rule, in order."
    head = {"title": title, "description": about, "search": {"exclude": True}, "proofs": True}
    there = f"../{quote(lesson.pages[-1].name)}"
    blocks = [
        f"# {literal(title)} {{ #proofs }}",
        f"{counted(lesson)} of the page [{literal(lesson.title)}]({there}): what was asked, and what it gave.",
    ]
    cell = None
    for proof in given:
        if proof.cell != cell:
            cell = proof.cell
            where = f"After [block {cell}]({there}#cell-{cell})" if cell else "At the end of the run"
            blocks.append(f"## {where} {{ #after-{cell} }}")
        blocks.append("\n\n".join(slip(lesson, proof, there, source)))
    return front_matter(head), "\n\n".join(blocks)


def as_text(page: str) -> str:
    """A page of proofs as plain Markdown: what was asked is a block of code."""
    page = re.sub(r"\n?</?div.*\n?|<svg.*</svg>| \{ #.* \}|[?]proofs(?=#)", "", page)
    page = re.sub("<pre><code>(.*)</code></pre>", lambda asked: fence("python", asked[1]).rstrip(), page)
    return PAGES.sub(r"\1.md", html.unescape(page))


def counted(lesson: Lesson) -> str:
    ledger = lesson.ledger()
    kinds = [(ledger[f"{kind}s"], kind) for kind in ("value", "claim", "rule") if ledger[f"{kind}s"]]
    *others, last = (f"{count} {kind}{'s' * (count > 1)}" for count, kind in kinds)
    return f"The {', '.join(others)} and {last}" if others else f"The {last}"


def slip(lesson: Lesson, proof: Proof, there: str, source: str) -> Iterator[str]:
    number, at = proof.number, f"{lesson.path}:{proof.asked.line}"
    yield f'<div class="slip" id="proof-{number}" markdown="1">'
    line = f"[{literal(at)}]({source}{proof.asked.line})" if source else literal(at)
    yield f"**{KINDS[proof.asked.kind]} {number}**, [in the text]({there}?proofs#proof-{number}), {line}"
    yield f"<pre><code>{inert(proof.asked.source)}</code></pre>"
    yield f"{literal(compared(proof))}: **true**" if proof.asked.proves else f"**{literal(proof.gave)}**"
    yield f"{strip(proof)}{said(proof)}"
    yield "</div>"


def strip(proof: Proof) -> str:
    """The other runs as a row of bars, high for those in which it held; the words say the same."""
    if not proof.asked.proves or not proof.runs:
        return ""
    high, wide = 10 * proof.held, 10 * proof.runs
    return (
        f'<svg viewBox="0 0 {wide} 12" width="{wide}" height="12" aria-hidden="true"><path d="M2 6h{high}"/>'
        f'<path class="fell" d="M{high + 2} 6h{wide - high}"/></svg>'
    )
