"""What the cheat sheet shows, recomputed."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

Lesson = dict[str, Any]


def test_class_1_is_malignant(lesson: Lesson) -> None:
    assert lesson["data"].target_names[0] == "malignant"
    assert lesson["labels"].tolist() == (lesson["data"].target == 0).astype(int).tolist()


def test_no_row_is_in_two_sets(lesson: Lesson) -> None:
    parts = [{tuple(row) for row in lesson[name]} for name in ("x_train", "x_val", "x_test")]
    assert sum(map(len, parts)) == len(set.union(*parts)) == len(lesson["labels"])


def test_the_scale_is_that_of_the_training_set(lesson: Lesson) -> None:
    assert np.allclose(np.ravel(lesson["scale"].mean), lesson["x_train"].mean(axis=0), rtol=1e-3)


def test_the_counts_and_the_scores_are_those_of_the_test_set(lesson: Lesson) -> None:
    truth, answers = lesson["y_test"], lesson["answers"]
    assert lesson["tp"] == np.sum((truth == 1) & (answers == 1))
    assert lesson["fn"] == np.sum((truth == 1) & (answers == 0))
    assert lesson["fp"] == np.sum((truth == 0) & (answers == 1))
    assert lesson["tn"] == np.sum((truth == 0) & (answers == 0))
    for name in ("accuracy", "precision", "recall", "F1"):
        assert lesson["by_hand"][name] == pytest.approx(lesson["by_sklearn"][name])
        assert lesson["by_hand"][name] == pytest.approx(lesson["by_keras"][name], abs=1e-5)


def test_it_learned_and_stopped_early(lesson: Lesson) -> None:
    assert metrics.roc_auc_score(lesson["y_test"], lesson["scores"]) > 0.97
    loss = lesson["history"].history["val_loss"]
    assert int(np.argmin(loss)) < len(loss) - 1 or len(loss) == 50
