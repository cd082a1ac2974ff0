"""python -m coursebuild: check lessons, run them, weave them into plain pages, finish a built site, bind it."""

import argparse
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from coursebuild.faults import Fault, LessonError
from coursebuild.read.course import Course, check, options_of
from coursebuild.read.files import PAGES, walk
from coursebuild.read.model import OTHERS
from coursebuild.run.seeds import MOST


def main() -> int:
    """Exit status 0: all is right; 1: what is wrong was told; 2: no such command; 130: interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pages are UTF-8, whatever the locale
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parser().parse_args()
    try:
        options.does(options, lambda fault: tell(fault, options.format, "warning"))
        sys.stdout.flush()
    except LessonError as error:
        for fault in error.faults:
            tell(fault, options.format, "error")
        return 1
    except OSError as error:  # all that is read and written is told as LessonError: this is where it stands and prints
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what the stream still has
        if not isinstance(error, BrokenPipeError):
            right = "a folder that is there, and a place to print to"
            print(Fault(str(error.filename or "."), 1, f"{error.strerror} ({right})"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def tell(fault: Fault, form: str, kind: str) -> None:
    if form == "github":
        print(fault.annotation(kind), flush=True)
    else:
        print(fault, file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m coursebuild", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True)
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--format", choices=("text", "github"), default="text", help="how faults are told (%(default)s)")
    lessons = argparse.ArgumentParser(add_help=False, parents=[every])
    lessons.add_argument(
        "paths", type=Path, nargs="*", metavar="PATH", help="the folder of the lessons, or some of them"
    )
    lessons.add_argument("--snippets", type=Path, help="the folder of the snippets (snippets)")
    running = argparse.ArgumentParser(add_help=False, parents=[lessons])
    running.add_argument("--seconds", type=positive, dest="cell_seconds", help="the most that a cell may take (120)")
    running.add_argument("--memory", type=positive, help="the most that a lesson may use, in GiB (3)")
    running.add_argument("--characters", type=count, help="the most that a cell may print (1000000)")
    running.add_argument("--jobs", type=count, help="lessons that run side by side (one a core)")
    running.add_argument("--no-cache", action="store_true", help="run the lessons though they have run as they are")
    checks = commands.add_parser(
        "check", parents=[lessons], help="account for every fence, embed and link, run nothing"
    )
    checks.set_defaults(does=checking)
    runs = commands.add_parser("run", parents=[running], help="run what has not run, and keep it")
    runs.add_argument("--shard", type=part, default=(1, 1), metavar="2/4", help="a part of the lessons, of so many")
    runs.set_defaults(does=filling)
    again = commands.add_parser("replicate", parents=[running], help="run the lessons again, with other seeds")
    again.add_argument("--runs", type=count, default=OTHERS, help="how often (%(default)s)")
    again.add_argument(
        "--first", type=number_of_run, default=1, metavar="N", help="the number of the first run (%(default)s)"
    )
    again.set_defaults(does=replicating)
    weaves = commands.add_parser("weave", parents=[running], help="run the lessons and write their pages and files")
    weaves.add_argument("--to", type=Path, required=True, help="the folder to write, in place of what is there")
    weaves.set_defaults(does=weaving)
    ends = commands.add_parser("finish", parents=[every], help="give the pages of a built site their policy and sizes")
    ends.add_argument("site", type=Path, help="the folder of the site")
    ends.add_argument("--docs", type=Path, help="the folder of the lessons, whose own HTML stays as it is")
    ends.set_defaults(does=finishing)
    books = commands.add_parser("book", parents=[every], help="a built site as an EPUB, and as a ZIP for a folder")
    books.add_argument("site", type=Path, help="the folder of the site")
    books.add_argument("--to", type=Path, default=Path("build"), help="the folder to write them to (%(default)s)")
    books.set_defaults(does=binding)
    return whole


def positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return number


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of 1 or more")
    return number


def number_of_run(text: str) -> int:
    number = count(text)
    if number > MOST:
        raise argparse.ArgumentTypeError(f"{text} is no number up to {MOST} (seeds end)")
    return number


def part(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text} is no part of a whole, such as 2/4")
    return int(found[1]), int(found[2])


def course_of(options: argparse.Namespace) -> tuple[Course, list[Path]]:
    """The course that the paths lie in, and those of them that are single lessons."""
    root = Path.cwd()
    chosen = options_of(root)
    given = {name: getattr(options, name, None) for name in ("cell_seconds", "memory", "characters", "jobs")}
    chosen = chosen.changed({name: value for name, value in given.items() if value is not None}, "command")
    paths = [Path(os.path.abspath(path)) for path in options.paths]
    usual = root / chosen.docs
    if all(path.is_relative_to(usual) for path in paths):
        docs = usual
    elif len(paths) == 1 and not paths[0].is_file():
        docs = paths[0]
    else:
        docs = paths[0].parent
    for path in paths:
        where = os.path.relpath(path)
        if not path.exists():
            raise LessonError([Fault(where, 1, "no such folder (name the folder of the lessons, or some of them)")])
        if path.is_file() and path.suffix not in PAGES:
            raise LessonError([Fault(where, 1, "is no lesson (name the folder of the lessons, or some of them)")])
        if not path.is_relative_to(docs):
            raise LessonError([Fault(where, 1, f"is not below {os.path.relpath(docs)} (lessons of one folder)")])
    single = [each for path in paths if path != docs for each in ([path] if path.is_file() else pages(path))]
    return Course.at(root, docs, options.snippets and Path(os.path.abspath(options.snippets)), chosen), single


def pages(folder: Path) -> list[Path]:
    return [folder / name for name in walk(folder) if name.suffix in PAGES]


Note = Callable[[Fault], None]


def checking(options: argparse.Namespace, note: Note) -> None:
    for lesson in check(*course_of(options)).values():
        print(f"{lesson.path}:", ", ".join(f"{count} {what}" for what, count in lesson.ledger().items() if count))


def filling(options: argparse.Namespace, note: Note) -> None:
    from coursebuild.run.course import run_all, shard

    course, only = course_of(options)
    lessons = [lesson for lesson in check(course, only).values() if lesson.cells]
    mine = shard(lessons, options.shard)
    runs, faults = run_all(course, mine, options.no_cache, note)
    for path, run in sorted(runs.items()):
        print(f"{path}: {run.seconds:.1f} s")
    if faults:
        raise LessonError(faults)


def replicating(options: argparse.Namespace, note: Note) -> None:
    from coursebuild.run.replicate import replicate

    course, only = course_of(options)
    lessons = check(course, only).values()
    if faults := replicate(course, lessons, options.runs, options.first, options.no_cache):
        raise LessonError(faults)


def weaving(options: argparse.Namespace, note: Note) -> None:
    from coursebuild.weave.course import weave

    course, only = course_of(options)
    weave(course, options.to, only, options.no_cache, note)


def finishing(options: argparse.Namespace, note: Note) -> None:
    from coursebuild.site.finish import finish

    finish(options.site, options.docs)


def binding(options: argparse.Namespace, note: Note) -> None:
    from coursebuild.site.book import book

    for path in book(options.site, options.to):
        print(path)


if __name__ == "__main__":
    sys.exit(main())
