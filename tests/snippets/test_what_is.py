"""What the first lesson teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import recall_score

Lesson = dict[str, Any]


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["tumours"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["tumours"].target == 0).astype(int).tolist()


def test_no_tumour_is_in_both_sets(lesson: Lesson) -> None:
    train, test = ({tuple(row) for row in lesson[name]} for name in ("x_train", "x_test"))
    assert not train & test
    assert len(lesson["scores"]) == 200


def test_scores_are_probabilities(lesson: Lesson) -> None:
    assert np.all((lesson["scores"] >= 0) & (lesson["scores"] <= 1))


def test_the_model_beats_the_constant_answer(lesson: Lesson) -> None:
    assert lesson["accuracy"] == pytest.approx(np.mean((lesson["scores"] >= 0.5) == lesson["truth"]))
    assert float(lesson["metric"].result()) == pytest.approx(lesson["accuracy"])
    assert lesson["accuracy"] > np.mean(lesson["truth"] == 0) + 0.2


def test_the_threshold_trades_one_error_for_the_other(lesson: Lesson) -> None:
    table, scores, truth = lesson["table"], lesson["scores"], lesson["truth"]
    for threshold, row in table.iterrows():
        assert row["false alarms"] == sum(s >= threshold for s, t in zip(scores, truth, strict=True) if t == 0)
        assert row["missed tumours"] == sum(s < threshold for s, t in zip(scores, truth, strict=True) if t == 1)
    assert table["false alarms"].is_monotonic_decreasing
    assert table["missed tumours"].is_monotonic_increasing


def test_the_share_found_depends_on_which_class_is_1(lesson: Lesson) -> None:
    truth, answers = lesson["truth"], lesson["answers"]
    assert lesson["found"] == pytest.approx(recall_score(truth, answers))
    assert lesson["kept"] == pytest.approx(recall_score(truth, answers, pos_label=0))
