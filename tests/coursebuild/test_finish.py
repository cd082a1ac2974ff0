import base64
import hashlib
import re
from pathlib import Path

import pytest

from coursebuild.finish import finish, security, with_formulas
from coursebuild.lesson import LessonError

SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="460.8pt" viewBox="0 0 460.8 288">\n</svg>\n'
)
HEAD = '<!doctype html><html><head><meta charset="utf-8"><title>é</title></head>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "fit").mkdir()
    (tmp_path / "fit" / "figure-1.svg").write_text(SVG)
    return tmp_path


def finished(site: Path, body: str, policy: bool = True) -> str:
    page = site / "fit.html"
    page.write_text(HEAD + body, encoding="utf-8")
    finish(site, policy)
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
    page = finished(site, '<img alt="" src="fit/figure-1.svg#only-light">', policy=False)
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


def test_a_formula_is_mathml_without_style_or_script() -> None:
    page = '<p>So <span class="arithmatex">\\(a &lt; \\frac{1}{2}\\)</span>.</p>'
    page += '<div class="arithmatex">\\[\\sum_i x_i\\]</div>'
    inline, block = re.findall(r"<math.*?</math>", made := with_formulas(page))
    assert "<mfrac>" in inline
    assert "&lt;" in inline or "&#x0003C;" in inline
    assert 'display="block"' in block
    assert "arithmatex" not in made
    assert "style=" not in made


@pytest.mark.parametrize("latex", ["\\unknown{x}", "x_", "\\frac"])
def test_what_is_no_latex_is_told(latex: str) -> None:
    with pytest.raises(ValueError, match=re.escape(latex)):
        with_formulas(f'<span class="arithmatex">\\({latex}\\)</span>')
