"""What a terminal would show of what a program printed."""

import re

CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
CONTROLS = re.compile(r"[\x00-\x06\x07\x0b\x0c\x0e-\x1f\x7f]")
# Keras tells the seconds it took and the time a step: after a bar, `1s 2ms/step`; without one, `- 1s - 2ms/step`.
KERAS = re.compile(
    r"(━{3,}|/Unknown|^ *\d+/\d+(?= -)) (?:- )?\d+(?:s|:\d\d)+ (?:- )?\d+(?:s|ms|us)/(?:step|epoch)", re.M
)
ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,}\b")


def clean(text: str) -> str:
    """Printed text as it stands on the screen in the end: carriage returns and backspaces carried out, colours gone.

    Left out is what differs from run to run and teaches nothing: the times in Keras's progress bars, and addresses.
    What no text in UTF-8 can hold is as standard error has it: a lone surrogate as its escape.
    """
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    lines = [screen(line) for line in CODES.sub("", text).replace("\r\n", "\n").split("\n")]
    return ADDRESS.sub("0x…", KERAS.sub(r"\1", "\n".join(lines)))


def screen(line: str) -> str:
    """One line, written over itself where it goes back."""
    if "\r" not in line and "\b" not in line:
        return CONTROLS.sub("", line)
    shown: list[str] = []
    place = 0
    for run in re.findall(r"[\r\b]|[^\r\b]+", line):
        if run == "\r":
            place = 0
        elif run == "\b":
            place = max(0, place - 1)
        else:
            run = CONTROLS.sub("", run)
            shown[place : place + len(run)] = run
            place += len(run)
    return "".join(shown).rstrip()
