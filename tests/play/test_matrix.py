"""The matrix builder: every metric and its interval, as SciPy and scikit-learn have them."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn import metrics

from tests.play.conftest import code_of, come, fits, printed, put, static, weight, without_scripts
from tests.site.conftest import quiet

TAG = "play-matrix"
COUNTS = [(50, 10, 5, 35), (1, 0, 0, 1), (0, 4, 0, 9), (3, 2, 0, 0), (0, 0, 0, 0), (90_000, 7, 12, 100_000)]


def test_every_metric_is_what_the_python_prints(either_page: Page) -> None:
    page = either_page
    page.goto("/confusion-matrix.html")
    come(page, "matrix")
    assert {each.input_value() for each in page.locator(f"{TAG} input").all()} == {"50", "10", "5", "35"}
    for tp, fn, fp, tn in COUNTS:
        put(page, TAG, tp=tp, fn=fn, fp=fp, tn=tn)
        rows = [each.locator("th, td").all_inner_texts() for each in page.locator(f"{TAG} tbody tr").all()]
        shown = {row[0]: (row[2], row[3]) for row in rows}
        lines = [
            re.fullmatch(r"(.+?) (-?\d+\.\d+(?:, .*)?)", line) for line in printed(code_of(page, TAG), {}).splitlines()
        ]
        told = {line[1]: line[2] for line in lines if line}
        assert len(told) == len(lines)
        for name, (value, ends) in shown.items():
            if value == "none":
                assert name not in told
            else:
                assert told.pop(name) == (value if ends == "–" else f"{value}, {ends}")
        assert told == {}
        expect(page).to_have_url(re.compile(f"#play=matrix&tp={tp}&fn={fn}&fp={fp}&tn={tn}$"))
        said = page.locator(f"{TAG} [role=status]").inner_text()
        assert f"Precision {shown['Precision'][0]}" in said or "Precision: none" in said
        assert said.count("with 1 such row it") == (tp + fp == 1) + (tp + fn == 1)
    truth, answers = np.repeat([1, 1, 0, 0], COUNTS[0]), np.repeat([1, 0, 1, 0], COUNTS[0])
    put(page, TAG, tp=50, fn=10, fp=5, tn=35)
    expected = {
        "Accuracy": metrics.accuracy_score(truth, answers),
        "Precision": metrics.precision_score(truth, answers),
        "Recall": metrics.recall_score(truth, answers),
        "Specificity": metrics.recall_score(truth, answers, pos_label=0),
        "Negative predictive value": metrics.precision_score(truth, answers, pos_label=0),
        "F1": metrics.f1_score(truth, answers),
        "Balanced accuracy": metrics.balanced_accuracy_score(truth, answers),
        "MCC": metrics.matthews_corrcoef(truth, answers),
    }
    for name, value in expected.items():
        row = page.locator(f"{TAG} tr", has=page.locator("th", has_text=re.compile(f"^{name}$")))
        assert row.locator("b").inner_text() == f"{value:.3f}", name


def test_the_address_and_what_is_no_count(either_page: Page) -> None:
    page = either_page
    page.goto("/confusion-matrix.html#play=matrix&tp=7&fn=x&fp=-1&tn=3.5")
    expect(page.locator(f"{TAG} [name=tp]")).to_have_value("7")
    assert [page.locator(f"{TAG} [name={name}]").input_value() for name in ("fn", "fp", "tn")] == ["10", "5", "35"]
    before = page.locator(f"{TAG} [role=status]").inner_text()
    page.locator(f"{TAG} [name=tp]").fill("")
    assert page.locator(f"{TAG} [role=status]").inner_text() == before
    page.locator(f"{TAG} [name=tp]").press("Enter")  # sends nothing anywhere
    assert "confusion-matrix.html" in page.url


def test_it_works_opened_from_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / "confusion-matrix.html").as_uri() + "#play=matrix&tp=3")
        expect(page.locator(f"{TAG} [name=tp]")).to_have_value("3")
        assert page.locator(f"{TAG} code").evaluate("each => each.translate") is False
        top = page.locator(TAG).evaluate("each => each.getBoundingClientRect().top")
        assert 40 < top < 200  # in sight, below the header
        assert wrong == []


def test_every_reader_can_use_it(browser: Browser, address: str) -> None:
    fits(browser, address, "confusion-matrix", "matrix")


def test_it_weighs_little_and_waits_below(either_page: Page, site: Path) -> None:
    assert weight(site, "confusion-matrix.html", "matrix") < 10_000
    assert len(gzip.compress((site / "play" / "play.js").read_bytes())) < 2_500
    asked: list[str] = []
    either_page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    either_page.set_viewport_size({"width": 390, "height": 500})
    either_page.goto("/confusion-matrix.html")
    quiet(either_page)
    assert not {"matrix.js", "matrix.css", "threshold.js"} & set(asked)
    come(either_page, "matrix")
    assert {"matrix.js", "matrix.css"} <= set(asked)


@pytest.mark.parametrize("name", ["matrix", "threshold"])
def test_without_scripts_a_sentence_stands_there(browser: Browser, address: str, name: str) -> None:
    for page in without_scripts(browser, address, "confusion-matrix"):
        assert re.search(r"\d", static(page, name))
