"""What the lesson on four pitfalls teaches."""

from typing import Any

import numpy as np
import pytest

Lesson = dict[str, Any]


def test_pulls_are_the_slopes_that_calculus_gives(lesson: Lesson) -> None:
    p = 1 / (1 + np.exp(-np.asarray(lesson["z"], dtype=float)))
    assert lesson["pull_entropy"] == pytest.approx(1 - p, abs=1e-5)
    assert lesson["pull_squared"] == pytest.approx(2 * (1 - p) ** 2 * p, abs=1e-5)


def test_class_1_is_malignant_died_and_spam(lesson: Lesson) -> None:
    names = lesson["cancer"].target_names[(1 - lesson["malignant"]).astype(int)]
    assert set(names[lesson["malignant"] == 1]) == {"malignant"}
    assert (lesson["drivers"].loc[lesson["died"] == 1, "dead"] == "dead").all()
    assert lesson["spam"].tolist() == lesson["emails"]["spam"].tolist()
    assert lesson["messages"]["spam"].sum() == 747


def test_squared_error_is_stuck_only_when_sure_and_wrong(lesson: Lesson) -> None:
    after = lesson["after"]
    entropy, squared = after.loc["binary_crossentropy"], after.loc["mean_squared_error"]
    assert squared["ordinary start"] == pytest.approx(entropy["ordinary start"], abs=0.04)
    assert squared["wrong start"] == pytest.approx((lesson["y_test"] == 0).mean(), abs=0.05)
    assert entropy["wrong start"] > 0.87
    assert squared["wrong start"] < squared["wrong start, 5 x rate"] < entropy["wrong start, 5 x rate"]


def test_softmax_on_one_unit_answers_1_while_its_loss_falls(lesson: Lesson) -> None:
    assert np.all(lesson["answers"] == 1)
    assert lesson["softmax_accuracy"] == pytest.approx(lesson["y_test"].mean())
    assert lesson["losses"][-1] < 0.7 * lesson["losses"][0]
    assert any("sigmoid" in str(complaint.message) for complaint in lesson["complaints"])


def test_weights_trained_under_the_softmax_are_good_under_a_sigmoid(lesson: Lesson) -> None:
    kernel, bias = lesson["softmax"].get_weights()
    sums = (lesson["x_test"] @ kernel + bias)[:, 0]
    assert np.mean((sums > 0) == lesson["y_test"]) > 0.9
    assert lesson["accuracy"](lesson["sigmoid"]) == pytest.approx(np.mean((sums > 0) == lesson["y_test"]))


def test_accuracy_and_cost_choose_the_opposite(lesson: Lesson) -> None:
    choice = lesson["choice"]
    assert choice["accuracy"].idxmax() == choice["cost"].idxmax() == "nearest 25 drivers"
    assert choice["accuracy"].idxmin() == choice["cost"].idxmin() == "logistic, class weights"
    assert choice.loc["nearest 25 drivers", "cost"] == 20 * lesson["died_validation"].sum()


def test_a_moved_threshold_does_about_as_well_as_class_weights(lesson: Lesson) -> None:
    cost = lesson["choice"]["cost"]
    p = lesson["plain"].predict_proba(lesson["crash_validation"])[:, 1]
    truth = lesson["died_validation"]
    assert lesson["moved_cost"] == np.where(truth == 1, 20 * (p < 1 / 21), p >= 1 / 21).sum()
    assert lesson["moved_cost"] == pytest.approx(cost["logistic, class weights"], rel=0.2)
    assert lesson["moved_cost"] < 0.75 * cost.iloc[:3].min()


def test_no_two_drivers_share_a_car(lesson: Lesson) -> None:
    drivers = lesson["drivers"]
    assert not drivers.duplicated(["yearacc", "caseid"]).any()
    assert not [name for name in lesson["crashes"].columns if name.startswith(("injSeverity", "weight", "dead"))]


def test_network_that_trained_on_is_worse_than_the_base_rate(lesson: Lesson) -> None:
    rate, truth = lesson["spam_train"].mean(), lesson["spam_test"].mean()
    base = -truth * np.log(rate) - (1 - truth) * np.log(1 - rate)
    loss = lesson["fresh"]["log loss"]
    assert loss["always the base rate"] == pytest.approx(base)
    assert loss["heeded, test e-mails"] < base < loss["ignored, test e-mails"]
    assert loss["ignored, training e-mails"] < 0.5 * base


def test_early_stopping_gave_back_the_best_weights(lesson: Lesson) -> None:
    record = lesson["heeded_history"]["val_loss"]
    p = np.asarray(lesson["heeded"](lesson["e_validation"]))[:, 0]
    truth = lesson["spam_validation"]
    loss = -np.mean(np.log(np.where(truth == 1, p, 1 - p)))
    assert loss == pytest.approx(min(record), abs=1e-4)
    assert len(record) == np.argmin(record) + 1 + 4 < len(lesson["ignored_history"]["val_loss"])
    assert record == pytest.approx(lesson["ignored_history"]["val_loss"][: len(record)], rel=1e-4)


def test_auc_of_the_lesson_by_its_definition(lesson: Lesson) -> None:
    class Echo:
        def fit(self, x: np.ndarray, y: np.ndarray) -> "Echo":
            return self

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            return np.column_stack([1 - x, x])

    truth = np.arange(40) % 2
    assert lesson["auc"](Echo(), truth.astype(float), truth, 0) == 1
    assert lesson["auc"](Echo(), 1 - truth.astype(float), truth, 0) == 0
    assert lesson["auc"](Echo(), np.full(40, 0.3), truth, 0) == 0.5


def test_which_leaks_matter(lesson: Lesson) -> None:
    gain = lesson["means"]["gain"]
    assert gain["features chosen on all"] > 0.3
    assert gain["answer among the features"] > 0.05
    assert gain["copies, nearest message"] > 0.02
    assert gain[["copies, logistic", "scaler fitted on all"]].abs().max() < 0.005


def test_best_features_of_noise_know_nothing_of_new_noise(lesson: Lesson) -> None:
    rng = np.random.default_rng(1)
    noise, coin = rng.normal(size=(100, 2000)), lesson["coin"]
    leaky, honest = lesson["leaks"]["features chosen on all"]
    assert min(leaky) > 0.85
    assert 0.3 < np.mean(honest) < 0.7
    difference = np.abs(noise[coin == 1].mean(axis=0) - noise[coin == 0].mean(axis=0))
    assert np.sort(difference)[-20:].min() > 2 * difference.mean()  # luck alone makes them stand out


def test_guard_stops_the_careless_split_only(lesson: Lesson) -> None:
    check_apart, test = lesson["check_apart"], lesson["sms_test"]["folded"]
    check_apart(lesson["no_copies"]["folded"], test)
    with pytest.raises(ValueError, match=rf"{lesson['copies'].sum()} of {len(test)} test rows"):
        check_apart(lesson["sms_train"]["folded"], test)
