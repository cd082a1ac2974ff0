"""Questions: a paragraph that asks, choices in a list, and the folded answer, which has a reason for each of them."""

import re
from collections.abc import Iterable, Iterator

ANSWER = '<details markdown="1"><summary>Answer</summary>'
CHOICE = re.compile(r"- \*\*([A-Z])\.\*\*")
RIGHT = re.compile(r"\*\*([A-Z])\.\*\*")
REASON = re.compile(r"- Not ([A-Z]):")
ASKS = re.compile(r"(?!#|[-+*] |\||<|>)\S")
FORM = 'a question, a blank line, - **A.** …, a blank line, <details markdown="1"><summary>Answer</summary>'

Lines = list[tuple[int, str]]
Faults = Iterator[tuple[int, str]]


def paragraphs(line: int, text: str) -> Iterator[Lines]:
    """The numbered lines of a text that begins at `line`, cut where one is blank."""
    found: Lines = []
    for number, said in enumerate([*text.split("\n"), ""], line):
        if said.strip():
            found.append((number, said))
        elif found:
            yield found
            found = []


def check_questions(prose: Iterable[tuple[int, str]]) -> Faults:
    """What is wrong with a page's questions, by line. `prose` is the text between fences, comments and code masked."""
    choices: dict[str, int] = {}  # their lines, by letter
    answer: Lines | None = None
    for line, text in prose:
        above = ""  # a fence asks nothing
        for block in paragraphs(line, text):
            number, first = block[0]
            letters = [(at, found[1]) for at, said in block if (found := CHOICE.match(said))]
            if answer is not None:
                answer += block
            elif choices and first == ANSWER:
                answer = block
            elif letters:
                if not choices and (letters[0][0] != number or not ASKS.match(above)):
                    yield letters[0][0], f"choices below no question ({FORM})"
                for at, letter in letters:
                    if letter != (wanted := chr(ord("A") + len(choices))):
                        yield at, f"choice {letter} where {wanted} comes next (- **{wanted}.** …)"
                    choices.setdefault(letter, at)
                for at in (at for at, said in block if said == ANSWER):
                    yield at, f"an answer in a choice ({FORM})"
            elif choices:
                yield choices.popitem()[1], f"choices without an answer ({FORM})"
                choices = {}
            if answer and "</details>" in (said for _, said in block):
                yield from check_answer(choices, answer)
                choices, answer = {}, None
            above = first.lstrip()
    if answer:
        yield from check_answer(choices, answer)
    elif choices:
        yield choices.popitem()[1], f"choices without an answer ({FORM})"


def check_answer(choices: dict[str, int], answer: Lines) -> Faults:
    """What is wrong with an answer, a line of `<details>` and those below it, to choices."""
    letters, begun = ", ".join(choices), answer[1:2] or answer
    found = RIGHT.match(begun[0][1])
    if not found or found[1] not in choices:
        what = f"the answer is {found[1]}, which is no choice" if found else "the answer names no choice"
        yield begun[0][0], f"{what} (begin it with **{min(choices)}.** or another of {letters})"
        return
    told = {found[1]}
    for number, said in answer:
        if reason := REASON.match(said):
            if reason[1] not in choices:
                yield number, f"a reason against {reason[1]}, which is no choice (one of {letters})"
            elif reason[1] in told:
                what = "the answer itself" if reason[1] == found[1] else f"{reason[1]} a second time"
                yield number, f"a reason against {what} (one for each other choice)"
            told.add(reason[1])
    for letter, number in choices.items():
        if letter not in told:
            yield number, f"choice {letter} has no reason (- Not {letter}: … in the answer)"
