"""What the lesson on precision, recall and F-beta teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import fbeta_score, precision_score, recall_score

Lesson = dict[str, Any]


def test_class_1_is_spam_and_malignant(lesson: Lesson) -> None:
    assert lesson["is_spam"].mean() == pytest.approx(lesson["emails"]["spam"].mean(), abs=0.005)
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["is_ill"].mean() == pytest.approx(1 - lesson["tumours"].target.mean(), abs=0.005)


def test_by_hand_scikit_learn_and_keras_agree(lesson: Lesson) -> None:
    by_hand = [lesson["precision"], lesson["recall"], lesson["f1"]]
    assert by_hand == pytest.approx(lesson["by_sklearn"])
    assert by_hand == pytest.approx(lesson["by_keras"], abs=1e-5)


def test_the_stories_are_told_of_the_scores(lesson: Lesson) -> None:
    assert lesson["stories"].loc["spam filter"].index.tolist() == [0.1, 0.5, 0.9]
    for story, scores, truth in (("spam filter", "spam_scores", "is_spam"), ("cancer test", "ill_scores", "is_ill")):
        table = lesson["stories"].loc[story]
        assert table["false alarms"].is_monotonic_decreasing
        assert table["missed"].is_monotonic_increasing
        for threshold, row in table.iterrows():
            alarms = lesson[scores] >= threshold
            assert row.precision == pytest.approx(precision_score(lesson[truth], alarms, zero_division=0))
            assert row.recall == pytest.approx(recall_score(lesson[truth], alarms))


@pytest.mark.parametrize("beta", [0.5, 1, 2])
def test_f_beta(lesson: Lesson, beta: float) -> None:
    truth, called = lesson["is_spam"], lesson["called_spam"]
    by_hand = lesson["f_beta"](lesson["precision"], lesson["recall"], beta)
    assert by_hand == pytest.approx(fbeta_score(truth, called, beta=beta))


def test_the_lowest_threshold_that_is_precise_enough(lesson: Lesson) -> None:
    scores, truth = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1, 0, 1, 1, 0])
    threshold_for = lesson["threshold_for"]
    assert threshold_for(0.7, scores, truth) == 0.6  # 3 of 4 are right
    assert threshold_for(0.9, scores, truth) == 0.9
    assert threshold_for(0.9, scores, 1 - truth) == np.inf


def test_a_promise_is_made_on_validation_rows_and_told_of_others(lesson: Lesson) -> None:
    validation, test = lesson["validation"], lesson["test"]
    assert sorted([*validation, *test]) == list(range(len(lesson["is_spam"])))
    assert lesson["precision_of"](*lesson["kept"]["validation"]) >= 0.8
    promises = lesson["promises"]
    assert promises["0.8 kept"][0.8] < 0.7
    assert promises["0.8 kept"][0.9] > promises["0.8 kept"][0.8]
    assert promises["recall"][0.9] < promises["recall"][0.8]
