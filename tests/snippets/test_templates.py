"""What the lesson on template models teaches."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

Lesson = dict[str, Any]


def test_three_parts_of_60_20_and_20_percent(lesson: Lesson) -> None:
    rows = np.arange(1000)
    x, y, x_watched, y_watched, x_test, y_test = lesson["in_three"](rows, rows % 4 == 0)
    assert [len(each) for each in (x, x_watched, x_test)] == [600, 200, 200]
    assert sorted(np.concatenate([x, x_watched, x_test]).tolist()) == rows.tolist()
    for numbers, truth in ((x, y), (x_watched, y_watched), (x_test, y_test)):
        assert np.array_equal(numbers % 4 == 0, truth)


@pytest.mark.parametrize("name", ["table_model", "text_model", "image_model", "series_model"])
def test_each_template_gives_one_probability_a_row(lesson: Lesson, name: str) -> None:
    model = lesson[name]
    answers = np.array(model(np.zeros((3, *model.input_shape[1:]), dtype="float32")))
    assert answers.shape == (3, 1)
    assert np.all((answers > 0) & (answers < 1))


@pytest.mark.parametrize("name", ["table_model", "text_model", "image_model", "augmented", "series_model"])
def test_each_template_counts_with_64_bits_and_what_comes_after_with_32(lesson: Lesson, name: str) -> None:
    assert {str(weight.dtype) for weight in lesson[name].trainable_weights} == {"float64"}
    assert keras.config.dtype_policy().name == "float32"


def test_no_rounding_changes_the_order_of_the_images(lesson: Lesson) -> None:
    """More threads move these scores by some 1e-12; an AUC changes where two of different classes change places."""
    for scores in (lesson["of_images"], lesson["without"], lesson["with_shifts"]):
        ones, others = (scores[lesson["y_test"] == label] for label in (1, 0))
        assert np.abs(ones[:, None] - others).min() > 1e-9


def test_the_scaling_is_of_the_training_rows_and_saved_with_the_model(lesson: Lesson) -> None:
    x = lesson["in_three"](lesson["numbers"], lesson["spam"])[0]
    lesson["table_model"].save("table.keras")
    scale = keras.models.load_model("table.keras").layers[0]
    assert np.allclose(np.ravel(scale.mean), x.mean(axis=0), rtol=1e-3)


def test_every_training_ended_by_itself(lesson: Lesson) -> None:
    assert set(lesson["epochs"]) == {"table", "text", "image", "augmented", "series"}
    assert max(lesson["epochs"].values()) < 100


def test_the_moved_images_are_those_of_the_test_one_pixel_further(lesson: Lesson) -> None:
    assert np.array_equal(lesson["moved"][:, :, 1:], lesson["x_test"][:, :, :-1])
    assert not lesson["moved"][:, :, 0].any()


def test_the_bag_knows_no_order(lesson: Lesson) -> None:
    one, other = np.array(lesson["bag"](np.array(["call me now", "now me call"])))
    assert np.array_equal(one, other)
    assert one.sum() == 3


def test_images_are_moved_in_training_alone(lesson: Lesson) -> None:
    shift, images = lesson["random_shift"], lesson["images"][:20]
    assert np.array_equal(shift(images, training=False), images)
    assert not np.array_equal(shift(images, training=True), images)


def test_leads_are_paired_intervals(lesson: Lesson) -> None:
    for name in ("table_leads", "text_leads", "image_leads", "shift_leads", "moved_leads", "series_leads"):
        for middle, low, high in lesson[name].values():
            assert -1 < low <= middle <= high < 1


def test_the_quick_auc_is_that_of_scikit_learn(lesson: Lesson) -> None:
    scores = np.round(lesson["of_images"], 1)  # with ties
    assert lesson["auc"](lesson["y_test"], scores) == pytest.approx(roc_auc_score(lesson["y_test"], scores))
