import base64
import hashlib
import re
from pathlib import Path

import pytest

from coursebuild.faults import LessonError
from coursebuild.read.formula import mathml
from coursebuild.site.finish import finish, finished_page, security

SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="460.8pt" viewBox="0 0 460.8 288">\n</svg>\n'
)
HEAD = '<!doctype html><html><head><meta charset="utf-8"><title>é</title></head>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "fit").mkdir()
    (tmp_path / "fit" / "figure-1.svg").write_text(SVG)
    return tmp_path


def finished(site: Path, body: str) -> str:
    page = site / "fit.html"
    page.write_text(HEAD + body, encoding="utf-8")
    finish(site)
    return page.read_text(encoding="utf-8")


def test_a_figure_has_its_size_in_css_pixels(site: Path) -> None:
    page = finished(
        site, '<img alt="A line." src="fit/figure-1.svg#only-light" /><img alt="" src="fit/figure-1.svg#only-dark">'
    )
    assert '<img alt="A line." src="fit/figure-1.svg#only-light" width="614" height="384" loading="lazy" />' in page
    assert '<img alt="" src="fit/figure-1.svg#only-dark" width="614" height="384" loading="lazy">' in page


def test_other_images_are_left_as_they_are(site: Path) -> None:
    (site / "logo.svg").write_text("<svg></svg>")
    images = '<img src="a.png"><img src="https://a.example/b.svg"><img src="logo.svg">'
    assert images in finished(site, images)


def test_a_page_in_a_folder_finds_its_figures(site: Path) -> None:
    page = site / "fit" / "index.html"
    page.write_text(HEAD + '<img alt="" src="figure-1.svg#only-light"><img alt="" src="../fit/figure-1.svg#only-dark">')
    finish(site)
    assert page.read_text().count('width="614"') == 2


def test_the_policy_allows_the_site_and_the_inline_scripts_of_the_page_alone(site: Path) -> None:
    page = finished(
        site, '<script>one()</script><script src="a.js"></script><script type="application/json">{}</script>'
    )
    (policy,) = re.findall(
        r'<head><meta http-equiv="Content-Security-Policy" content="([^"]*)"><meta charset="utf-8">', page
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert rules["script-src"] == f"'self' 'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert {rules[each] for each in ("base-uri", "form-action")} == {"'none'"}
    assert "http" not in policy
    assert "unsafe" not in policy


def test_every_inline_script_counts_and_lines_in_it_too() -> None:
    policy = security('<script>a\nb</script><script async>c</script><script type="module">d</script>')
    assert policy.count("'sha256-") == 3


def test_while_serving_there_is_no_policy_and_figures_have_their_size(site: Path) -> None:
    page = finished_page(HEAD + '<img alt="" src="fit/figure-1.svg#only-light">', site / "fit.html", policy=False)
    assert "Content-Security-Policy" not in page
    assert 'width="614"' in page


def test_the_search_index_can_be_asked_for_as_a_script(site: Path) -> None:
    (site / "search").mkdir()
    (site / "search" / "search_index.json").write_text('{"docs": ["é"]}', encoding="utf-8")
    finish(site)
    assert (site / "search" / "search_index.js").read_text(encoding="utf-8") == 'var __index = {"docs": ["é"]}'


def test_a_page_without_a_place_for_its_policy_is_refused(site: Path) -> None:
    (site / "bare.html").write_text("<p>bare</p>")
    with pytest.raises(LessonError, match=r"bare\.html:1: has no <head> for its policy"):
        finish(site)


@pytest.mark.parametrize(
    ("drawing", "place"),
    [
        ('<svg width="400" height="200">', 'width="400" height="200"'),
        ('<svg width="3in" height="72pt">', 'width="288" height="96"'),
        ("<svg viewBox='0 0 400 200'>", 'width="400" height="200"'),
        ('<svg width="100%" viewBox="0,0,400,200">', 'width="400" height="200"'),
        ("<svg>", ""),
        ("no drawing", ""),
    ],
)
def test_a_drawing_of_an_authors_own_has_its_size_where_it_tells_one(drawing: str, place: str, site: Path) -> None:
    (site / "plan (1).svg").write_text(drawing)
    page = finished(site, '<img src="plan%20(1).svg#only-light"><img src="none.svg" alt=""><img src="a.svg" width="9">')
    sized = f' {place} loading="lazy"' if place else ""
    assert f'<img src="plan%20(1).svg#only-light"{sized}><img src="none.svg" alt=""><img src="a.svg" width="9">' in page


def test_aligned_columns_need_no_style_that_the_policy_would_block(site: Path) -> None:
    page = finished(site, '<th style="text-align: right;">a</th><td class="x" style="text-align: center;">b</td>')
    assert '<th data-align="right">a</th><td class="x" data-align="center">b</td>' in page


def test_an_authors_own_page_stays_as_it_is(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    docs = tmp_path_factory.mktemp("docs")
    pages = {"demo.html": b"<style>b {}</style>caf\xe9", "google123.html": b"google-site-verification: google123.html"}
    for name, content in pages.items():
        (site / name).write_bytes(content)
        (docs / name).write_bytes(content)
    (site / "fit.html").write_text(HEAD)
    finish(site, docs)
    assert {name: (site / name).read_bytes() for name in pages} == pages
    assert "Content-Security-Policy" in (site / "fit.html").read_text()


def test_nothing_is_written_where_one_page_cannot_be_finished(site: Path) -> None:
    (site / "a.html").write_text(HEAD)
    (site / "b.html").write_bytes(b"<head>\xff")
    with pytest.raises(LessonError, match=r"b\.html:1: is not UTF-8"):
        finish(site)
    assert (site / "a.html").read_text() == HEAD


def test_a_page_finished_twice_is_finished_once(site: Path) -> None:
    once = finished(site, "<script>one()</script>")
    finish(site)
    assert (site / "fit.html").read_text(encoding="utf-8") == once


def test_a_formula_is_mathml_without_style_or_script_or_a_mark_of_markdown() -> None:
    inline, block = mathml("a < \\frac{1}{2} * b_i", False), mathml("\\sum_i x_i", True)
    assert inline.startswith('<span class="math"><math')
    assert "<mfrac>" in inline
    assert "&lt;" in inline or "&#x0003C;" in inline
    assert block.startswith('<div class="formula"')
    assert 'display="block"' in block
    assert "style=" not in inline + block
    assert not re.search(r">[^<]*[*_`\\\[|$][^<]*<", inline + block)


@pytest.mark.parametrize("latex", ["\\unknown{x}", "x_", "\\frac"])
def test_what_is_no_latex_is_told(latex: str) -> None:
    with pytest.raises(ValueError, match=re.escape(latex)):
        mathml(latex, False)
