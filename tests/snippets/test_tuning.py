"""What the lesson on hyperparameter tuning teaches."""

from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

Lesson = dict[str, Any]
PRUNED, COMPLETE = optuna.trial.TrialState.PRUNED, optuna.trial.TrialState.COMPLETE


def test_class_1_is_spam_and_parts_are_stratified(lesson: Lesson) -> None:
    assert lesson["labels"].tolist() == lesson["emails"]["spam"].tolist()
    assert "spam" not in lesson["features"].columns
    parts = [lesson[f"y_{name}"] for name in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [600, 400, 2921]
    for part in parts:
        assert part.mean() == pytest.approx(lesson["labels"].mean(), abs=0.003)


def test_the_scaler_saw_the_training_rows_alone(lesson: Lesson) -> None:
    assert lesson["scaler"].n_samples_seen_ == 600


def test_starting_anew_forgets_what_dropout_drew(lesson: Lesson) -> None:
    settings = lesson["by_hand"] | {"dropout": 0.5}
    first, other, again = (lesson["auc"](lesson["train"](settings, seed)) for seed in (3, 4, 3))
    assert first == pytest.approx(again, abs=1e-6) != other


def test_a_run_repeats_with_its_seed_whatever_ran_before(lesson: Lesson) -> None:
    train, auc, by_hand = lesson["train"], lesson["auc"], lesson["by_hand"]
    first = [auc(train(by_hand | {"rate": rate}, seed)) for rate, seed in ((0.03, 3), (0.3, 4), (0.03, 3))]
    assert first[0] == pytest.approx(first[2], abs=1e-6)
    assert first[0] == pytest.approx(lesson["same"][3], abs=1e-6)
    assert first[0] != first[1]


def test_a_shape_is_compiled_once_and_takes_the_rate_of_its_settings(lesson: Lesson) -> None:
    network = lesson["train"](lesson["by_hand"], 0)
    assert network is lesson["build"](32, 0.0) is not lesson["build"](32, 0.5)
    assert float(network.optimizer.learning_rate.numpy()) == pytest.approx(0.03)


def test_best_of_equals_flatters_on_the_rows_that_chose_it(lesson: Lesson) -> None:
    here, there = lesson["chosen"].T
    assert np.all(np.diff(here) > -1e-9)
    assert here[9] > there[9] + 0.002


def test_other_validation_rows_are_the_largest_luck(lesson: Lesson) -> None:
    spread = lesson["spread"]
    assert max(spread, key=spread.__getitem__) == "other validation rows"


def test_the_study_was_resumed_from_its_file(lesson: Lesson, folder: Path) -> None:
    kept = optuna.load_study(study_name="tpe", storage=JournalStorage(JournalFileBackend(str(folder / "tuning.log"))))
    assert [trial.params for trial in kept.trials] == [trial.params for trial in lesson["study"].trials]
    assert len({trial.params["rate"] for trial in kept.trials}) == len(kept.trials) == 30


def test_pruned_trials_report_less_and_the_best_came_to_its_end(lesson: Lesson) -> None:
    trials = lesson["study"].trials
    assert {trial.state for trial in trials} == {PRUNED, COMPLETE}
    for trial in trials:
        assert list(trial.intermediate_values)[-1] == 20 or trial.state == PRUNED
    assert lesson["study"].best_value == max(trial.value for trial in trials if trial.state == COMPLETE)


def test_the_same_seed_of_a_sampler_draws_the_same_again() -> None:
    rate: dict[str, Any] = {"rate": optuna.distributions.FloatDistribution(1e-4, 1, log=True)}
    studies = [optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed)) for seed in (0, 0, 1)]
    first, same, other = (study.ask(rate).params["rate"] for study in studies)
    assert first == same != other


def test_the_rivals_have_as_many_trials_the_same_ranges_seeds_and_pruner(lesson: Lesson) -> None:
    study, blind = lesson["study"], lesson["blind"]
    assert len(study.trials) == len(blind.trials) == len(lesson["same"]) == 30
    assert study.trials[0].distributions == blind.trials[0].distributions
    assert type(study.pruner) is type(blind.pruner)
    for ours in (study, blind):
        best = ours.best_trial
        score = lesson["auc"](lesson["train"](best.params, best.number))
        assert score == pytest.approx(best.value, abs=1e-6)
    ends = [study.best_value, blind.best_value, max(lesson["same"])]
    assert lesson["rivals"].iloc[-1].tolist() == pytest.approx(ends)


def test_the_verdict_is_paired_and_from_rows_that_chose_nothing(lesson: Lesson) -> None:
    assert lesson["gains"].shape == (8, 2)
    few, others = lesson["few"], lesson["others"]
    assert sorted([*few, *others]) == list(range(len(lesson["y_test"])))
    x, y, winners = lesson["x_test"], lesson["y_test"], lesson["winners"]
    tuned, handmade = (
        lesson["auc"](lesson["train"](winners[name], 7, x[few], y[few]), x[others], y[others])
        for name in ("TPE", "by hand")
    )
    assert lesson["gains"]["TPE"][7] == pytest.approx(tuned - handmade, abs=1e-6)


def test_the_folds_are_scaled_by_their_own_training_rows(lesson: Lesson) -> None:
    assert [name for name, _ in lesson["choose"].steps] == ["standardscaler", "logisticregressioncv"]
    assert len(lesson["folds"]) == 5
    assert 0.75 < lesson["folds"].mean() < 0.95
