"""What the lesson on the game of The Price is Right teaches."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

Lesson = dict[str, Any]


@pytest.mark.parametrize("tau", [0.1, 0.25, 0.5, 0.9])
def test_pinball_is_the_one_of_scikit_learn(lesson: Lesson, tau: float) -> None:
    random = np.random.default_rng(0)
    truth, guess = random.normal(size=50), random.normal(size=50)
    ours = np.asarray(lesson["pinball"](truth, guess, tau)).mean()
    assert ours == pytest.approx(mean_pinball_loss(truth, guess, alpha=tau), rel=1e-6)


@pytest.mark.parametrize("tau", [0.1, 0.25, 0.5, 0.9])
def test_the_best_constant_for_pinball_is_the_quantile(lesson: Lesson, tau: float) -> None:
    sample = np.random.default_rng(0).lognormal(size=2001)
    grid = np.quantile(sample, np.linspace(0.01, 0.99, 99))
    costs = [np.asarray(lesson["pinball"](sample, np.full(2001, guess), tau)).mean() for guess in grid]
    assert np.linspace(0.01, 0.99, 99)[int(np.argmin(costs))] == pytest.approx(tau, abs=0.011)


def test_the_rule_by_hand(lesson: Lesson) -> None:
    rivals = np.array([[900.0, 700.0, 1200.0], [1100.0, 1200.0, 1300.0], [900.0, 950.0, 999.0], [1.0, 2.0, 3.0]])
    price = np.full(4, 1000.0)
    assert lesson["best_valid"](rivals, price).tolist() == [900.0, 0.0, 999.0, 3.0]
    for bid, expected in (
        (1.0, [False, True, False, False]),
        (950.0, [True, True, False, True]),
        (1000.0, [True, True, True, True]),
        (1000.01, [False, False, False, False]),
    ):
        assert lesson["wins"](np.full(4, bid), rivals, price).tolist() == expected


def test_at_most_one_wins_and_nobody_only_if_all_are_over(lesson: Lesson) -> None:
    price = lesson["price"]
    bids = np.column_stack(list(lesson["row"].values()))
    winners = np.column_stack(
        [lesson["wins"](bids[:, i], np.delete(bids, i, axis=1), price) for i in range(4)],
    )
    assert (winners.sum(axis=1) == (bids <= price[:, None]).any(axis=1)).all()
    assert winners.mean(axis=0) == pytest.approx(lesson["together"]["won"].to_numpy())
    assert lesson["nobody"] == pytest.approx((bids > price[:, None]).all(axis=1).mean())


def test_contestants_differ_in_the_weight_they_see_only(lesson: Lesson) -> None:
    one, two = (lesson["glance"](lesson["test"], seed) for seed in (1, 2))
    assert np.array_equal(one[:, 1:], two[:, 1:])
    error = one[:, 0] - np.log(lesson["test"]["carat"].to_numpy())
    assert error.std() == pytest.approx(0.15, abs=0.01)
    assert abs(np.corrcoef(error, two[:, 0] - np.log(lesson["test"]["carat"]))[0, 1]) < 0.05


def test_no_stone_is_in_both_parts(lesson: Lesson) -> None:
    assert not set(lesson["train"].index) & set(lesson["test"].index)


def test_each_output_goes_over_in_its_share(lesson: Lesson) -> None:
    over = (lesson["seats"][3] > lesson["price"][:, None]).mean(axis=0)
    assert over[:-1] == pytest.approx(lesson["taus"], abs=0.04)
    assert over[-1] > over[list(lesson["taus"]).index(0.5)] + 0.02


def test_squared_error_predicts_the_mean(lesson: Lesson) -> None:
    mean, median = lesson["seats"][0][:, -1].mean(), lesson["seats"][0][:, lesson["middle"]].mean()
    actual = lesson["price"].mean()
    assert abs(mean - actual) < abs(median - actual)
    assert mean == pytest.approx(actual, rel=0.03)


def test_the_stand_in_is_lowest_inside_the_box(lesson: Lesson) -> None:
    smooth, axis = np.asarray(lesson["smooth"]), lesson["axis"]
    assert 900 < axis[smooth.argmin()] < 1000
    assert smooth[axis < 800].min() > 0.8
    assert smooth[axis > 1200].min() > 0.9
    sharp = 1 - 1 / (1 + np.exp(-np.log(axis / 900) / 1e-3)) / (1 + np.exp(-np.log(1000 / axis) / 1e-3))
    inside = (axis > 910) & (axis < 990)
    assert np.allclose(sharp[inside], lesson["lost"][inside], atol=1e-3)


def test_the_rule_has_no_slope(lesson: Lesson) -> None:
    assert lesson["same"].mean() > 0.995


def test_caution_wins_and_the_trained_player_wins_most(lesson: Lesson) -> None:
    won = lesson["results"]["won"]
    luck = lesson["results"]["plus or minus"].max()
    assert won["tau 0.2"] > won["tau 0.5"] + luck
    assert won["trained to win"] > won.drop("trained to win").max() + luck
    assert won["squared error"] < won["tau 0.5"]
    all_over = (lesson["medians"] > lesson["price"][:, None]).all(axis=1).mean()
    assert won["one dollar"] == pytest.approx(all_over)


def test_the_interval_is_that_of_a_share(lesson: Lesson) -> None:
    row = lesson["results"].loc["tau 0.5"]
    assert row["plus or minus"] == pytest.approx(1.96 * np.sqrt(row["won"] * (1 - row["won"]) / 10_000), rel=1e-3)


def test_at_another_table_it_is_not_ahead(lesson: Lesson) -> None:
    won = lesson["together"]["won"][["trained to win", "cautious (tau 0.25)"]]
    luck = 1.96 * np.sqrt(won.sum() / len(lesson["price"]))  # of a difference; in a round at most one wins
    assert won["trained to win"] - won["cautious (tau 0.25)"] < luck


def test_on_average_the_shares_are_kept_and_by_weight_they_are_not(lesson: Lesson) -> None:
    covered, over = lesson["covered"], lesson["over"]
    assert len(covered) == 8
    assert covered.mean().to_numpy() == pytest.approx(over[["tau 0.25", "tau 0.5"]].to_numpy(), abs=0.005)
    assert covered["tau 0.5"].max() - covered["tau 0.5"].min() > 0.08


def test_from_one_dollar_it_stays_low(lesson: Lesson) -> None:
    assert np.median(lesson["low_bids"]) < 100
    won = lesson["wins"](lesson["low_bids"], lesson["medians"], lesson["price"]).mean()
    assert won == pytest.approx(lesson["results"]["won"]["one dollar"], abs=0.02)
