"""What the lesson on precision, recall and F1 teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_class_1_is_spam_and_malignant(lesson: Lesson) -> None:
    assert lesson["is_spam"].mean() == pytest.approx(lesson["emails"]["spam"].mean(), abs=0.005)
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["is_ill"].mean() == pytest.approx(1 - lesson["tumours"].target.mean(), abs=0.005)


def test_by_hand_scikit_learn_and_keras_agree(lesson: Lesson) -> None:
    by_hand = [lesson["precision"], lesson["recall"], lesson["f1"]]
    assert by_hand == pytest.approx(lesson["by_sklearn"])
    assert by_hand == pytest.approx(lesson["by_keras"], abs=1e-5)


def test_the_threshold_trades_false_alarms_for_misses(lesson: Lesson) -> None:
    for story in ("spam filter", "cancer test"):
        table = lesson["stories"].loc[story]
        assert table["false alarms"].is_monotonic_decreasing
        assert table["missed"].is_monotonic_increasing


@pytest.mark.parametrize(("miss", "false_alarm"), [(1, 20), (20, 1), (1, 1)])
def test_costs_count_both_errors(lesson: Lesson, miss: int, false_alarm: int) -> None:
    scores, truth = np.array([0.2, 0.6, 0.7]), np.array([1, 0, 1])
    found = lesson["costs"](scores, truth, miss, false_alarm)
    at = {t: found[np.flatnonzero(lesson["thresholds"] == t)[0]] for t in (0.1, 0.5, 0.65, 0.9)}
    assert at == {0.1: false_alarm, 0.5: miss + false_alarm, 0.65: miss, 0.9: 2 * miss}


def test_each_story_has_its_own_threshold(lesson: Lesson) -> None:
    assert lesson["spam_best"] > 0.6 > 0.4 > lesson["ill_best"]
    assert lesson["thresholds"][49] == 0.5


def test_choosing_on_the_test_set_flatters(lesson: Lesson) -> None:
    assert all(h >= f for h, f in zip(lesson["honest"], lesson["flattering"], strict=True))
    assert np.mean(lesson["honest"]) > 1.2 * np.mean(lesson["flattering"])


def test_the_mean_over_batches_is_not_the_precision(lesson: Lesson) -> None:
    assert float(lesson["batched"].result()) == pytest.approx(lesson["precision"], abs=1e-6)
    assert np.mean(lesson["mean_of_batches"]) != pytest.approx(lesson["precision"], abs=0.03)
