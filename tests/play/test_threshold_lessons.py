"""The threshold lever in lessons: each page's own scores, curves, prices, and how rare class 1 is."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn import metrics

from tests.play.conftest import ROOT, code_of, come, fits, printed, put, weight

TAG = "play-threshold"
LESSONS = {  # the names of the truth and of the scores there
    "confusion-matrix": ("y_test", "scores"),
    "precision-recall": ("is_spam", "spam_scores"),
    "roc-auc": ("y_test", "scores"),
    "threshold": ("y_validation", "validation_scores"),
}
READ = """all => [...all.querySelectorAll('.lever-matrix [data-truth] b')].map(
  each => Number(each.textContent.replace(',', '')))"""
EACH = f"""async (all, places) => {{
  const found = []
  for (const at of places) {{
    all.form.elements.t.value = at
    for (const kind of ["input", "change"]) all.form.dispatchEvent(new Event(kind, {{bubbles: true}}))
    await new Promise(requestAnimationFrame)
    found.push([({READ})(all), all.querySelector("[role=status]").innerText])
  }}
  return found
}}"""
POINT = "(all, name) => all[name][2].getAttribute('d').match(/[\\d.]+/g).slice(0, 2).map(Number)"


def point(page: Page, name: str) -> list[float]:
    at: list[float] = page.locator(TAG).evaluate(POINT, name)
    return at


@pytest.mark.parametrize("name", LESSONS)
def test_all_101_positions_equal_scikit_learns(
    browser: Browser, address: str, name: str, ran: Callable[[Path], Any]
) -> None:
    run = ran(ROOT / "docs" / "en" / f"{name}.md")
    assert run.error is None, run.error
    truth, scores = (np.asarray(run.names[each]) for each in LESSONS[name])
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto(f"/{name}.html")
        come(page, "threshold")
        for line, (counts, said) in enumerate(page.locator(TAG).evaluate(EACH, [line / 100 for line in range(101)])):
            expected = metrics.confusion_matrix(truth, scores >= line / 100)
            assert counts == expected.ravel().tolist()
            (_, alarms), (missed, _) = expected.tolist()
            assert re.findall(r"[\d,]+", said)[:2] == [f"{missed:,}", f"{alarms:,}"]
            assert ("spam e-mail gets" in said, "real one is" in said) == (missed == 1, alarms == 1)
        code = code_of(page, TAG)
        if name == "threshold":
            prices(page, truth, scores, run.names)
        else:
            told = [int(each) for each in re.findall(r"\d+", printed(code, run.names))]
            assert told == expected.ravel().tolist()
        if name != "confusion-matrix":
            curves(page, truth, scores)
        for share in ("0.001", "0.5"):
            put(page, TAG, t="0.3", share=share)
            if name != "threshold":
                told_parts = [
                    float(each) for each in re.findall(r"[\d.]+(?:e[+-]\d+)?", printed(code_of(page, TAG), run.names))
                ]
                shown = page.locator(TAG).evaluate(READ)
                assert shown == [about(each) for each in told_parts]
            weights = np.where(truth == 1, float(share) / truth.mean(), (1 - float(share)) / (1 - truth.mean()))
            precision = metrics.precision_score(truth, scores >= 0.3, sample_weight=weights)
            dials = page.locator(f"{TAG} dd b").all_inner_texts()
            said = page.locator(f"{TAG} [role=status]").inner_text()
            missed, gets = re.search(r"([\d.,]+) spam e-mails? (gets?)", said).groups()  # type: ignore[union-attr]
            assert (gets == "gets") == (missed == "1")
            assert dials[:2] == [f"{precision:.3f}", f"{metrics.recall_score(truth, scores >= 0.3):.3f}"]


def about(number: float) -> Any:
    """As it is shown: whole, and what is below ten with two digits."""
    return pytest.approx(number, rel=0.051, abs=0.501 if number >= 9.95 else 1e-9)


def prices(page: Page, truth: np.ndarray, scores: np.ndarray, names: dict[str, Any]) -> None:
    lines = np.arange(101) / 100
    for miss, alarm in ((5, 1), (1, 20), (0, 3), (2.5, 2.5), (0.01, 0.02)):
        costs = [names["cost"](truth, scores >= line, miss, alarm) for line in lines]
        put(page, TAG, t="0.3", miss=miss, alarm=alarm)
        said = page.locator(f"{TAG} [role=status]").inner_text()
        spent, least, at, lazy = re.search(  # type: ignore[union-attr]
            r"That costs ([\d,.]+)\. The least of all lines costs ([\d,.]+), at ([\d.]+); to .* spam, ([\d,.]+)\.",
            said,
        ).groups()
        found = [float(each.replace(",", "")) for each in (spent, least, lazy)]
        assert found == [about(each) for each in (costs[30], min(costs), miss * truth.sum())]
        assert float(at) == lines[int(np.argmin(costs))]
        end = miss * truth.sum() or max(costs)
        heights = [100 - 50 * cost / end for cost in costs]
        drawn = re.findall(r"[-\d.]+", page.locator(f"{TAG} .cost .curve").get_attribute("d") or "")
        assert [*map(float, drawn[::2])] == [1000 * line for line in lines]  # as on the lever's own axis
        assert [*map(float, drawn[1::2])] == pytest.approx(heights, abs=0.051)
        assert point(page, "cost") == pytest.approx([300, max(0, heights[30])])
        assert float(printed(code_of(page, TAG), names)) == pytest.approx(costs[30])


def curves(page: Page, truth: np.ndarray, scores: np.ndarray) -> None:
    """The curves have the areas, and the point lies where the rates are."""
    put(page, TAG, t="0.2")
    called = scores >= 0.2
    recall = metrics.recall_score(truth, called)
    wrong = 1 - metrics.recall_score(truth, called, pos_label=0)
    assert point(page, "roc") == pytest.approx([100 * wrong, 100 - 100 * recall])
    assert point(page, "pr") == pytest.approx([100 * recall, 100 - 100 * metrics.precision_score(truth, called)])
    drawn = page.locator(f"{TAG} .roc .curve").get_attribute("d") or ""
    x, y = np.array([float(each) for each in re.findall(r"[\d.]+", drawn)]).reshape(-1, 2).T
    assert np.trapezoid(100 - y, x) / 1e4 == pytest.approx(metrics.roc_auc_score(truth, scores), abs=0.003)


def test_a_cell_opens_its_emails(either_page: Page) -> None:
    page = either_page
    page.goto("/confusion-matrix.html#play=threshold&t=0.3&share=0.01")
    expect(page.locator(f"{TAG} output")).to_have_text("0.30")
    expect(page.locator(f"{TAG} select")).to_have_value("0.01")
    data = json.loads(page.locator("[data-play=threshold]").text_content() or "")
    for truth in (0, 1):
        for answer in (0, 1):
            page.locator(f"{TAG} [data-truth='{truth}'][data-answer='{answer}']").click()
            shown = page.locator(f"{TAG} .lever-mail li span").all_inner_texts()
            side = [text for at, text in data["mail"][truth] if (at >= 30) == bool(answer)]
            assert shown
            assert set(shown) <= set(side)
            assert all("thousand characters" in each for each in shown)
    page.locator(f"{TAG} input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("#play=threshold&t=0.29&share=0.01$"))


@pytest.mark.parametrize("name", ["threshold", "confusion-matrix"])
def test_every_reader_can_use_it(browser: Browser, address: str, site: Path, name: str) -> None:
    fits(browser, address, name, "threshold")


@pytest.mark.parametrize("name", LESSONS)
def test_it_weighs_little(site: Path, name: str) -> None:
    assert weight(site, f"{name}.html", "threshold") < 10_000
