"""What the lesson on leaks teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


class Echo:
    """A model whose score is its only feature."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Echo":
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([1 - x, x])


def test_auc_of_the_lesson_by_its_definition(lesson: Lesson) -> None:
    truth = np.arange(40) % 2
    for scores, expected in ((truth, 1), (1 - truth, 0), (np.full(40, 0.3), 0.5)):
        pair = scores.astype(float), truth
        assert lesson["auc"](Echo(), pair, pair) == expected


def test_class_1_is_what_the_page_says(lesson: Lesson) -> None:
    assert (lesson["drivers"]["dead"][lesson["died"] == 1] == "dead").all()
    assert (lesson["flights"]["dep_delay"][lesson["late"] == 1] > 15).all()
    assert lesson["malignant"].sum() == 212
    assert (lesson["customers"]["Purchase"][lesson["bought"] == 1] == "Yes").all()


def test_no_feature_is_known_too_late(lesson: Lesson) -> None:
    assert not {"dvcat", "injSeverity", "dead", "weight"} & set(lesson["known"])
    assert not lesson["drivers"].duplicated(["yearacc", "caseid"]).any()


def test_the_twins_learn_from_as_many_rows_and_one_from_the_patients_of_the_test(lesson: Lesson) -> None:
    facts, patient = lesson["facts"], lesson["patient"]
    lesson["facts"], learned, held = np.column_stack([patient, facts]), [], []

    class Spy(Echo):
        def fit(self, x: np.ndarray, y: np.ndarray) -> "Spy":
            learned.append(set(x[:, 0]))
            sizes.append(len(x))
            return self

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            held.append(set(x[:, 0]))
            return np.zeros((len(x), 2))

    sizes: list[int] = []
    try:
        lesson["by_groups"](Spy(), 0)
    finally:
        lesson["facts"] = facts
    assert sizes[0] == sizes[1]
    assert held[0] == held[1]
    assert held[0] & learned[0]
    assert not held[1] & learned[1]


def test_oversampling_evens_the_classes_with_rows_it_was_given(lesson: Lesson) -> None:
    rows = np.arange(0, len(lesson["bought"]), 2)
    drawn = lesson["oversample"](rows, 0)
    assert lesson["bought"][drawn].mean() == 0.5
    assert set(drawn) <= set(rows)


def test_which_leaks_matter(lesson: Lesson) -> None:
    leaks = lesson["leaks"]
    gain = {name: pair[:, 0] - pair[:, 1] for name, pair in leaks.items()}
    for name in (
        "feature from the future",
        "oversampled, then split",
        "target encoding on all",
        "features chosen on all",
    ):
        assert gain[name].mean() > 0.2
    assert gain["time"].min() > 0.03
    assert 0 < gain["groups, nearest"].mean() < 0.08
    assert abs(gain["scaler fitted on all"].mean()) < 0.005
    assert 0.35 < leaks["features chosen on all"][:, 1].mean() < 0.65
    for name, row in lesson["summary"].iterrows():
        assert row["gain"] == pytest.approx(row["with"] - row["without"])
        assert row["runs with a gain"] <= row["of"] == len(leaks[name])


def test_the_leak_of_time_chooses_the_worse_tree(lesson: Lesson) -> None:
    knows, does_not = lesson["leaks"]["time"].mean(axis=0), lesson["dayless"].mean(axis=0)
    assert knows[0] > does_not[0]
    assert knows[1] < does_not[1]


def test_guard_stops_shared_groups_only(lesson: Lesson) -> None:
    lesson["check_apart"]([1, 2], [3])
    with pytest.raises(ValueError, match=r"^1 groups are on both sides, such as 2$"):
        lesson["check_apart"]([1, 2], [2, 3])
