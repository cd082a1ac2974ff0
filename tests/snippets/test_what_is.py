"""What the first lesson teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, recall_score

Lesson = dict[str, Any]


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["tumours"].target == 0).astype(int).tolist()


def test_no_tumour_is_in_both_sets(lesson: Lesson) -> None:
    train, test = ({tuple(row) for row in lesson[name]} for name in ("x_train", "x_test"))
    assert not train & test
    assert len(lesson["scores"]) == 200


def test_scores_are_probabilities_and_right_on_average_where_it_learned(lesson: Lesson) -> None:
    assert np.all((lesson["scores"] >= 0) & (lesson["scores"] <= 1))
    mean = lesson["model"].predict(lesson["x_train"], verbose=0).mean()
    assert mean == pytest.approx(lesson["y_train"].mean(), abs=0.01)


def test_the_model_beats_the_constant_answer(lesson: Lesson) -> None:
    assert lesson["accuracy"] == accuracy_score(lesson["truth"], lesson["scores"] >= 0.5)
    assert lesson["lazy"] == accuracy_score(lesson["truth"], np.zeros(200))
    assert lesson["accuracy"] > lesson["lazy"] + 0.15


def test_the_threshold_trades_one_error_for_the_other(lesson: Lesson) -> None:
    table, scores, truth = lesson["table"], lesson["scores"], lesson["truth"]
    for threshold, row in table.iterrows():
        assert row["false alarms"] == sum(s >= threshold for s, t in zip(scores, truth, strict=True) if t == 0)
        assert row["missed tumours"] == sum(s < threshold for s, t in zip(scores, truth, strict=True) if t == 1)
    assert table["false alarms"].is_monotonic_decreasing
    assert table["missed tumours"].is_monotonic_increasing


def test_the_first_twenty_have_the_highest_scores(lesson: Lesson) -> None:
    scores, order = lesson["scores"], lesson["order"]
    assert scores[order[:20]].min() >= scores[order[20:]].max()
    assert lesson["first"].tolist() == lesson["truth"][order[:20]].tolist()


def test_the_share_found_depends_on_which_class_is_1(lesson: Lesson) -> None:
    for name, answers in lesson["programs"].items():
        recalls = [recall_score(lesson["truth"], answers, pos_label=one) for one in (1, 0)]
        assert lesson["found"].loc[name].tolist() == pytest.approx(recalls)
