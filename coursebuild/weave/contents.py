"""The course at a glance: the pages of a section of the navigation, and how long they take."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from coursebuild.faults import Fault
from coursebuild.read.model import Lesson
from coursebuild.weave.parts import literal

ASKED = re.compile(r"<!-- (contents|length): *(.*?) *-->")
Sections = Mapping[str, tuple[str, ...]]


def with_contents(
    markdown: str, page: Lesson, source: str, sections: Sections, lessons: Mapping[PurePosixPath, Lesson]
) -> tuple[str, list[Fault]]:
    """A page with the contents and lengths that its comments ask for, and what is wrong with these. `source` is the
    page as it was written.
    """
    pages = {str(name): lesson for lesson in lessons.values() for name in lesson.pages}
    known = {title: [pages[name] for name in names if name in pages] for title, names in sections.items()}
    faults: list[Fault] = []

    def answer(asked: re.Match[str]) -> str:
        titles = asked[2].split(", ") if asked[1] == "length" else [asked[2]]
        wrong = [title for title in titles if title not in known]
        if wrong:
            line = source.count("\n", 0, max(source.find(asked[0]), 0)) + 1
            faults.append(Fault(page.path, line, f"no section '{wrong[0]}' in nav (one of: {', '.join(known)})"))
            return ""
        if asked[1] == "length":
            return length([lesson for title in titles for lesson in known[title]])
        first = 1
        for title, below in known.items():
            if title == asked[2]:
                break
            first += len(below)
        return contents(known[asked[2]], 1 if all(each.lab for each in known[asked[2]]) else first, page.name)

    return (ASKED.sub(answer, markdown) if known else markdown), faults


def contents(lessons: list[Lesson], first: int, page: PurePosixPath) -> str:
    """A list of lessons, each with the place of its progress, its minutes and what it is about; then their length."""
    up = "../" * (len(page.parts) - 1)
    rows = []
    for number, lesson in enumerate(lessons, first):
        ring = f'<span class="ring" data-progress="{lesson.name.with_suffix("")}" data-state="empty"></span>'
        link = f"[{literal(lesson.title)}]({up}{quote(str(lesson.pages[0]))})"
        time = "" if lesson.lab else f' <span class="minutes">{lesson.minutes} min</span>'
        about = literal(str(lesson.meta["description"]))
        rows.append(f'{number}. {ring} {link}{time} <span class="about">{about}</span>')
    inside = "\n".join([*rows, "", f'<p class="length">{length(lessons)}</p>'])
    return f'<div class="contents" markdown="1">\n\n{inside}\n\n</div>'


def length(lessons: list[Lesson]) -> str:
    """How many lessons and labs these are, and how long the lessons take to read."""
    labs = sum(lesson.lab for lesson in lessons)
    total = sum(lesson.minutes for lesson in lessons if not lesson.lab)
    told = many(len(lessons) - labs, "lesson"), many(labs, "lab")
    hours = f"{total // 60}&nbsp;h " if total >= 60 else ""
    time = f", {hours}{total % 60}&nbsp;min" if total else ""
    return f"{' and '.join(filter(None, told))}{time}"


def many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count > 1)}" if count else ""
