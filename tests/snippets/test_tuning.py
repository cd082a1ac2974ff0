"""What the lesson on hyperparameter tuning teaches."""

from typing import Any

import numpy as np
import optuna
import pytest
from scipy.stats import rankdata

Lesson = dict[str, Any]
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


def test_class_1_is_spam_and_parts_are_stratified(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    assert "spam" not in lesson["features"].columns
    parts = [lesson[f"y_{name}"] for name in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [600, 400, 2921]
    for part in parts:
        assert part.mean() == pytest.approx(lesson["labels"].mean(), abs=0.003)


def test_first_settings_lose_to_a_baseline_and_the_rate_mends_it(lesson: Lesson) -> None:
    mean = dict(zip(lesson["rates"], lesson["sweep"].mean(axis=1), strict=True))
    assert mean[0.0003] < mean[0.001] < lesson["baseline"] < mean[0.03]
    assert mean[1.0] < mean[0.03]


def test_a_trial_repeats_with_its_seed_and_differs_with_another(lesson: Lesson) -> None:
    run, by_hand, same = lesson["run"], lesson["by_hand"], lesson["same"]
    assert run(by_hand, 0) == pytest.approx(tuple(same[0]), abs=1e-6)
    assert len({round(value, 6) for value in same[:, 0]}) > 10


def test_auc_is_the_share_of_pairs_ranked_rightly(lesson: Lesson) -> None:
    truth, probability = lesson["y_test"], lesson["probability"]
    ranks, spam = rankdata(probability), int(truth.sum())
    pairs = ranks[truth == 1].sum() - spam * (spam + 1) / 2
    by_ranks = pairs / (spam * (len(truth) - spam))
    assert lesson["sklearn_auc"] == pytest.approx(by_ranks, abs=1e-6)
    assert lesson["keras_auc"] == pytest.approx(by_ranks, abs=0.005)


def test_one_unit_more_is_no_gain_but_looks_like_one(lesson: Lesson) -> None:
    gains, noise = lesson["gains"], lesson["noise"]
    assert gains.min() < -0.006 < 0.006 < gains.max()
    assert abs(gains.mean()) < 2 * noise * np.sqrt(2 / len(gains))


def test_best_of_equals_flatters_on_the_set_that_chose_it(lesson: Lesson) -> None:
    validation, test = lesson["lucky"].T
    assert np.all(np.diff(validation) > 0)
    assert abs(validation[0]) < 0.001
    assert np.abs(test).max() < 0.3 * validation[-1]


def test_luck_is_what_order_statistics_say(lesson: Lesson) -> None:
    ordered = np.sort(lesson["above"][:, 0])
    # The largest of two, drawn from twenty without putting back.
    expected = sum(value * i for i, value in enumerate(ordered)) / (20 * 19 / 2)
    assert lesson["lucky"][1, 0] == pytest.approx(expected, abs=0.0006)


def test_each_search_has_the_same_budget_and_space(lesson: Lesson) -> None:
    for study in lesson["studies"].values():
        assert len(study.trials) == 25
        assert all(trial.state == optuna.trial.TrialState.COMPLETE for trial in study.trials)
        for trial in study.trials:
            assert set(trial.params) == set(lesson["start"])
            assert 1e-4 <= trial.params["rate"] <= 1
            assert 4 <= trial.params["units"] <= 128


def test_rates_are_drawn_on_a_logarithmic_scale(lesson: Lesson) -> None:
    drawn = [t.params["rate"] for name in ("random 1", "random 2") for t in lesson["studies"][name].trials]
    assert 0.25 < np.mean(np.array(drawn) < 0.01) < 0.75


def test_a_search_repeats_with_its_seed(lesson: Lesson) -> None:
    again = lesson["search"](optuna.samplers.TPESampler(seed=2), trials=12)
    first = lesson["studies"]["TPE 1"].trials[:12]
    assert [trial.params for trial in again.trials] == [trial.params for trial in first]


def test_the_drawer_chose_nothing(lesson: Lesson) -> None:
    for study in lesson["studies"].values():
        values = [trial.value for trial in study.trials]
        assert study.best_value == max(values)
        assert "test" in study.best_trial.user_attrs


def test_reports_fall_and_none_beats_the_hand(lesson: Lesson) -> None:
    report = lesson["report"]
    loudest = report["reported"].idxmax()
    assert report["reported"][loudest] - report["new seeds"][loudest] > 0.004
    assert (report["reported"] - report["new seeds"]).mean() > 0.002
    assert (report["new seeds"] - report["new seeds"]["by hand"]).max() < 0.01


def test_the_epochs_were_half_of_the_problem(lesson: Lesson) -> None:
    assert lesson["longer"] > lesson["sweep"][1].mean() + 0.05
    assert lesson["longer"] > lesson["baseline"] + 0.01


def test_draws_of_emails_are_the_larger_noise_and_a_gap_shares_it(lesson: Lesson) -> None:
    redrawn = lesson["redrawn"]
    assert redrawn.shape == (300, 2)
    assert lesson["of_one"] > 2 * lesson["noise"]
    gap_if_independent = np.sqrt(redrawn.var(axis=0, ddof=1).sum())
    assert lesson["of_gap"] < 0.5 * gap_if_independent


def test_nested_folds_are_judged_by_rates_chosen_without_them(lesson: Lesson) -> None:
    nested = lesson["nested"]
    assert len(nested["test_score"]) == 5
    assert 0.8 < nested["test_score"].mean() < 0.95
    for chosen in nested["estimator"]:
        assert chosen.best_estimator_[0].n_samples_seen_ == 800
        assert len(chosen.cv_results_["params"]) == 4


def test_peeking_flatters_too(lesson: Lesson) -> None:
    scores = [trial.user_attrs["test"] for study in lesson["studies"].values() for trial in study.trials]
    assert len(scores) == len(lesson["trials"]) == 100
    assert max(scores) == lesson["peeked"].user_attrs["test"] > lesson["honest"]


def test_keras_does_as_well_with_the_same_settings(lesson: Lesson) -> None:
    assert lesson["keras_auc"] == pytest.approx(lesson["same"][:, 1].mean(), abs=0.02)
    assert [layer.units for layer in lesson["model"].layers] == [32, 1]
