"""python -m coursebuild: weave lessons into plain pages, or check them without running any."""

import argparse
import sys
from pathlib import Path

from coursebuild.build import Course, check, weave
from coursebuild.lesson import LessonError
from coursebuild.run import Limits


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m coursebuild", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    weaving = commands.add_parser("weave", help="run the lessons and write their pages, figures and downloads")
    weaving.add_argument("docs", type=Path, help="the folder of the lessons")
    weaving.add_argument("--to", type=Path, required=True, help="the folder to write, in place of what is there")
    weaving.add_argument("--seconds", type=float, default=Limits.seconds, help="the most a cell may take (%(default)s)")
    checking = commands.add_parser("check", help="account for every fence and embed, without running anything")
    checking.add_argument("docs", type=Path, nargs="?", default=Path("docs/en"), help="the folder (%(default)s)")
    for command in (weaving, checking):
        command.add_argument("--snippets", type=Path, help="the folder of the snippets (snippets)")
    options = parser.parse_args()
    course = Course.at(Path.cwd(), options.docs, options.snippets)
    try:
        if options.command == "weave":
            weave(course, options.to, Limits(seconds=options.seconds))
        else:
            for lesson in check(course).values():
                print(
                    f"{lesson.path}:", ", ".join(f"{count} {what}" for what, count in lesson.ledger().items() if count)
                )
    except LessonError as error:
        print(error, file=sys.stderr)
    except OSError as error:  # a folder that cannot be written, a full disk
        if not error.filename:
            raise
        print(f"{error.filename}:1: {error.strerror} (a folder that can be written)", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
