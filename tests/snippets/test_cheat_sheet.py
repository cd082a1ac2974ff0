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
    tn, fp, fn, tp = (lesson[name] for name in ("tn", "fp", "fn", "tp"))
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    by_formula = {
        "always 0": (tn + fp) / len(truth),
        "accuracy": (tp + tn) / len(truth),
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / (precision + recall),
        "Brier score": np.mean((lesson["scores"] - truth) ** 2),
    }
    assert {name: lesson["verdict"][name] for name in by_formula} == pytest.approx(by_formula)


def test_no_threshold_costs_less_on_validation_rows(lesson: Lesson) -> None:
    scores, truth = lesson["on_val"], lesson["y_val"]

    def cost(threshold: float) -> int:
        answers = scores >= threshold
        return int(5 * np.sum(~answers & (truth == 1)) + np.sum(answers & (truth == 0)))

    assert cost(lesson["threshold"]) == min(cost(each) for each in np.linspace(0, 1.01, 2000)) < cost(2)


def test_the_interval_is_that_of_wilson(lesson: Lesson) -> None:
    answers = lesson["answers"][lesson["y_test"] == 1]
    n, share, z2 = len(answers), answers.mean(), 1.959964**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    assert [lesson["low"], lesson["high"]] == pytest.approx([middle - reach, middle + reach], abs=1e-6)
    assert lesson["low"] <= lesson["verdict"]["recall"] <= lesson["high"]


def test_it_learned_and_stopped_early(lesson: Lesson) -> None:
    assert metrics.roc_auc_score(lesson["y_test"], lesson["scores"]) > 0.97
    loss = lesson["history"].history["val_loss"]
    assert int(np.argmin(loss)) < len(loss) - 1 or len(loss) == 50
