"""What the lesson on choosing a threshold teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

Lesson = dict[str, Any]


def test_class_1_is_spam_and_no_row_is_in_two_parts(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    sizes = [len(lesson[f"y_{part}"]) for part in ("train", "validation", "test")]
    assert sum(sizes) == len(lesson["labels"])
    assert sum(lesson[f"y_{part}"].sum() for part in ("train", "validation", "test")) == lesson["labels"].sum()


@pytest.mark.parametrize(("miss", "false_alarm"), [(1, 20), (5, 1), (1, 1)])
def test_costs_count_both_errors(lesson: Lesson, miss: int, false_alarm: int) -> None:
    scores, truth = np.array([0.2, 0.6, 0.7]), np.array([1, 0, 1])
    found = lesson["costs"](scores, truth, {"miss": miss, "false_alarm": false_alarm})
    at = {t: found[np.abs(lesson["thresholds"] - t).argmin()] for t in (0, 0.1, 0.5, 0.65, 0.9, 1.01)}
    both = miss + false_alarm
    assert at == {0: false_alarm, 0.1: false_alarm, 0.5: both, 0.65: miss, 0.9: 2 * miss, 1.01: 2 * miss}


def test_the_lazy_answers_can_be_chosen(lesson: Lesson) -> None:
    scores = np.array([0.0, 0.5, 1.0])
    assert (scores >= lesson["thresholds"][0]).all()
    assert not (scores >= lesson["thresholds"][-1]).any()


def test_the_formula_is_where_both_answers_cost_the_same(lesson: Lesson) -> None:
    for name, price in lesson["prices"].items():
        p = lesson["formula"][name]
        assert p * price["miss"] == pytest.approx((1 - p) * price["false_alarm"])


def test_savings_are_told_of_test_rows_with_thresholds_from_elsewhere(lesson: Lesson) -> None:
    for (name, way), row in lesson["report"].iterrows():
        price = lesson["prices"][name]
        (_, alarms), (_, caught) = confusion_matrix(lesson["y_test"], lesson["test_scores"] >= row.threshold)
        assert row.saved == price["miss"] * caught - price["false_alarm"] * alarms
        assert row["95% from"] <= row.saved <= row.to
        if way == "validation":
            spent = lesson["costs"](lesson["validation_scores"], lesson["y_validation"], price)
            assert row.threshold == lesson["thresholds"][spent.argmin()]


def test_choosing_where_one_reports_flatters(lesson: Lesson) -> None:
    halves, means = lesson["halves"], lesson["means"]
    assert (halves.honest >= halves.flattering).all()
    assert means.flattering["family"] < means["no filter"]["family"] < means.honest["family"]
    assert means.honest["office"] < 0.8 * means["no filter"]["office"]


def test_folds_choose_for_the_price_that_they_are_given(lesson: Lesson) -> None:
    assert lesson["tuned"].best_threshold_ == pytest.approx(lesson["formula"]["office"], abs=0.1)
