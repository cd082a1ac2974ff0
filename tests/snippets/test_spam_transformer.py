"""What the lesson spam-transformer teaches, held against its code."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

Lesson = dict[str, Any]


def test_every_method_tried_as_many_settings(lesson: Lesson) -> None:
    assert {len(models) for models in lesson["methods"].values()} == {3}


def test_all_methods_read_the_same_tokens(lesson: Lesson) -> None:
    vocabulary = lesson["vectorize"].get_vocabulary()
    by_word = lesson["winners"]["naive Bayes"][0]
    assert set(vocabulary[2:]) <= set(by_word.vocabulary_)
    assert len(vocabulary) == lesson["words"]


def test_the_training_set_is_shuffled_anew(lesson: Lesson) -> None:
    first, second = (np.concatenate([labels for _, labels in lesson["training"]]) for _ in range(2))
    assert first.sum() == second.sum() == lesson["train"].spam.sum()
    assert (first != second).any()


def test_no_weight_of_an_empty_place_reaches_the_score(lesson: Lesson) -> None:
    assert lesson["before"][0] == lesson["after"][0]
    assert lesson["before"][1] != lesson["after"][1]
    assert np.isfinite(lesson["after"]).all()


def test_places_matter_to_the_network(lesson: Lesson) -> None:
    keras.utils.set_random_seed(0)
    model = lesson["build_model"](50, 6)
    there, back = np.array(model(np.array([[3, 4, 5, 0, 0, 0], [5, 4, 3, 0, 0, 0]])))[:, 0]
    assert abs(there - back) > 1e-6


def test_the_scores_are_of_the_model_at_its_best_epoch(lesson: Lesson) -> None:
    scores = lesson["model"].predict(lesson["held_back"], verbose=0)[:, 0]
    assert scores == pytest.approx(lesson["scores"]["Transformer"], abs=1e-6)
    loss = lesson["model"].evaluate(lesson["watched"], verbose=0)
    assert loss == pytest.approx(min(lesson["losses"]), abs=1e-5)


def test_the_cut_text_is_what_the_network_reads(lesson: Lesson) -> None:
    texts, numbers = lesson["test"].text.tolist(), lesson["numbers"][2]
    assert (numbers == np.array(lesson["vectorize"](texts))).all()
    counter = lesson["winners"]["naive Bayes, cut"][0]
    assert set(counter.vocabulary_) <= {*map(str.lower, lesson["vocabulary"])}
    row = lesson["vocabulary"][numbers[0]]
    assert counter.transform([" ".join(row)]).sum() == np.sum(row != "")
    assert len(lesson["winners"]["naive Bayes"][0].vocabulary_) > len(counter.vocabulary_)


def test_the_best_threshold_makes_the_fewest_mistakes(lesson: Lesson) -> None:
    truth, scores = np.array([0, 0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.4, 0.8, 0.9])
    line = lesson["best_threshold"](truth, scores)
    assert np.sum((scores >= line) != truth) == 1
    for name, chosen in lesson["chosen"].items():
        line = lesson["best_threshold"](lesson["truth"], chosen)
        made = np.sum((chosen >= line) != lesson["truth"])
        assert made == min(np.sum((chosen >= each) != lesson["truth"]) for each in chosen), name


def test_the_table_is_of_the_test_set(lesson: Lesson) -> None:
    truth = lesson["test"].spam.to_numpy()
    for name, row in lesson["result"].iterrows():
        assert row.mistakes == np.sum(lesson["answers"][name] != truth)
        assert roc_auc_score(truth, lesson["scores"][name]) == row.AUC
        blocked, caught = row["ham blocked"] * np.sum(truth == 0), row["spam caught"] * np.sum(truth == 1)
        assert row.mistakes == pytest.approx(blocked + np.sum(truth == 1) - caught)


def test_mcnemar_counts_what_only_one_gets_right(lesson: Lesson) -> None:
    mistakes = lesson["result"].mistakes
    assert lesson["only"] - lesson["only_rival"] == mistakes[lesson["rival"]] - mistakes["Transformer"]
    assert lesson["rival"] in lesson["winners"]
    for name, (low, high) in lesson["ends"].items():
        assert low <= lesson["lead"](lesson["spam"], lesson["scores"]["Transformer"], lesson["scores"][name]) <= high


def test_the_saved_filter_reads_text_and_knows_the_threshold(lesson: Lesson) -> None:
    texts = lesson["test"].text.tolist()[:50]
    scores, answers = lesson["loaded"](np.array(texts, dtype=object)[:, None])
    assert np.array(scores)[:, 0] == pytest.approx(lesson["scores"]["Transformer"][:50], abs=1e-5)
    assert (np.array(answers)[:, 0] == (np.array(scores)[:, 0] >= lesson["line"])).all()
