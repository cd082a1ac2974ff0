"""What the lesson spam-transformer teaches, held against its code."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

ROOT = Path(__file__).resolve().parents[2]


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def test_the_file_read_as_it_is_lacks_messages(lesson: dict[str, Any]) -> None:
    assert len(lesson["table"]) < 5574
    assert lesson["table"].text.str.contains(r"\n(?:ham|spam)\t").sum() == 8


def test_the_repair_restores_the_documented_counts(lesson: dict[str, Any]) -> None:
    messages = lesson["messages"]
    assert len(messages) == 5574
    assert messages.spam.value_counts().to_dict() == {0: 4827, 1: 747}
    assert not messages.text.str.contains(r"\n(?:ham|spam)\t").any()
    assert messages.text.str.len().max() < 1000 < lesson["table"].text.str.len().max()


def test_the_repair_loses_no_text(lesson: dict[str, Any]) -> None:
    word = {0: "ham", 1: "spam"}
    for label, cell in zip(lesson["table"].spam, lesson["table"].text, strict=True):
        (first_label, first), *others = lesson["cut"](label, cell)
        assert first_label == label
        assert first + "".join(f"\n{word[kind]}\t{text}" for kind, text in others) == cell


def test_cut_labels_each_glued_message() -> None:
    cut: dict[str, Any] = {}
    source = (ROOT / "snippets" / "spam_transformer.py").read_text(encoding="utf-8")
    repair = source.split("[start:repair]")[1].split("pairs =")[0]
    exec("import re\n#" + repair, cut)
    assert cut["cut"](1, "win") == [(1, "win")]
    assert cut["cut"](0, "a\nspam\tb\nham\tc") == [(0, "a"), (1, "b"), (0, "c")]


def test_a_careless_split_leaks(lesson: dict[str, Any]) -> None:
    known = set(map(fold, lesson["careless_train"].text))
    assert lesson["leaked"].sum() == sum(fold(text) in known for text in lesson["careless_test"].text) > 50


def test_no_message_is_in_two_parts(lesson: dict[str, Any]) -> None:
    parts = [lesson[name] for name in ("train", "validation", "test")]
    texts = [fold(text) for part in parts for text in part.text]
    assert len(texts) == len(set(texts)) == len({fold(text) for text in lesson["messages"].text})


def test_near_copies_remain_between_the_parts(lesson: dict[str, Any]) -> None:
    def letters(text: str) -> str:
        return " ".join(re.findall("[a-z]+", text.casefold()))

    known = {letters(text) for text in lesson["train"].text}
    assert lesson["near"].tolist() == [letters(text) in known for text in lesson["validation"].text]
    assert lesson["near"].sum() > 5


def test_one_advertisement_comes_with_two_phone_numbers(lesson: dict[str, Any]) -> None:
    train, near = lesson["train"], lesson["validation"][lesson["near"]]
    twins = lesson["letters"](train.text)
    phones = re.compile(r"\d{10,}")
    found = 0
    for text, bare in zip(near.text[near.spam == 1], lesson["letters"](near.text[near.spam == 1]), strict=True):
        here = set(phones.findall(text))
        for other in train.text[(twins == bare) & (train.spam == 1)]:
            there = set(phones.findall(other))
            found += bool(here and there and here != there)
    assert found > 0


def test_the_parts_have_the_share_of_spam_of_the_whole(lesson: dict[str, Any]) -> None:
    share = lesson["unique"].spam.mean()
    assert 0.12 < share < 0.13
    for name in ("train", "validation", "test"):
        assert lesson[name].spam.mean() == pytest.approx(share, abs=0.002)


def test_the_vocabulary_comes_from_the_training_set(lesson: dict[str, Any]) -> None:
    strip = str.maketrans("", "", r"""!"#$%&()*+,-./:;<=>?@[\]^_`{|}~'""")
    seen = {word for text in lesson["train"].text for word in text.lower().translate(strip).split()}
    assert {word.lower() for word in lesson["vocabulary"][2:]} <= seen
    assert lesson["vocabulary"][:2] == ["", "[UNK]"]


def test_signs_are_seen_by_the_character_svm_alone(lesson: dict[str, Any]) -> None:
    assert not any("!" in word for word in lesson["vocabulary"])
    assert any("!" in piece for piece in lesson["pieces"].get_feature_names_out())
    assert {len(piece) for piece in lesson["pieces"].get_feature_names_out()} == {2, 3, 4}


def test_the_heads_share_the_width(lesson: dict[str, Any]) -> None:
    attention = next(layer for layer in lesson["model"].layers if "attention" in layer.name)
    config = attention.get_config()
    assert (config["num_heads"], config["key_dim"]) == (2, 4)


def test_the_shown_messages_are_the_harmless_ones(lesson: dict[str, Any]) -> None:
    assert lesson["example"].startswith("Free Msg: get Gnarls Barkleys")
    assert lesson["table"].text[1075].startswith("Speak only when you feel your words")


def test_places_matter_to_the_network(lesson: dict[str, Any]) -> None:
    numbers = np.array(lesson["vectorize"]([lesson["example"]]))
    there, back = lesson["model"](numbers), lesson["model"](numbers[:, ::-1])
    assert abs(float(there[0, 0]) - float(back[0, 0])) > 1e-6


def test_compile_trains_nothing(lesson: dict[str, Any]) -> None:
    assert lesson["same"] is True


def test_fit_before_compile_is_refused(lesson: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="compile"):
        lesson["build_model"]().fit(lesson["training_batches"])


def test_the_learning_rate_can_be_too_small_and_too_large(lesson: dict[str, Any]) -> None:
    ends = lesson["ends"]
    assert abs(ends[0.001]) < 0.5
    assert abs(ends[0.1] - 3) < 0.1
    assert abs(ends[1.1] - 3) > 50


def test_the_loop_reports_the_losses_of_fit(lesson: dict[str, Any]) -> None:
    assert lesson["gap"] < 1e-4
    assert lesson["means"] == pytest.approx(lesson["history"].history["loss"], abs=1e-3)


def test_the_loop_by_hand_is_fit_however_often_it_ran(lesson: dict[str, Any]) -> None:
    steps = int(lesson["optimizer"].iterations)
    assert lesson["train_by_hand"](lesson["start"]) == pytest.approx(lesson["means"], abs=1e-5)
    for by_hand, by_fit in zip(lesson["twin"].get_weights(), lesson["model"].get_weights(), strict=True):
        np.testing.assert_allclose(by_hand, by_fit, atol=1e-4)
    assert int(lesson["optimizer"].iterations) == steps == lesson["epochs"] * len(lesson["training_batches"])
    assert lesson["step"].experimental_get_tracing_count() == 1


def test_training_moved_every_array_of_weights(lesson: dict[str, Any]) -> None:
    for before, after in zip(lesson["start"], lesson["model"].get_weights(), strict=True):
        assert np.abs(before - after).max() > 1e-3


def test_validation_is_measured_and_improves(lesson: dict[str, Any]) -> None:
    record = lesson["history"].history
    assert set(record) == {"accuracy", "auc", "loss", "val_accuracy", "val_auc", "val_loss"}
    assert record["val_loss"][-1] < record["val_loss"][0]
    assert record["val_auc"][-1] > 0.95


def test_the_table_agrees_with_scikit_learn(lesson: dict[str, Any]) -> None:
    truth, scores = lesson["test"].spam, lesson["scores"]
    for name, answer in lesson["answers"].items():
        assert scores.accuracy[name] == pytest.approx(accuracy_score(truth, answer))
        assert scores.loc[name, "spam caught"] == pytest.approx(recall_score(truth, answer, pos_label=1))
        assert 1 - scores.loc[name, "ham blocked"] == pytest.approx(recall_score(truth, answer, pos_label=0))
        assert scores.mistakes[name] == (answer != truth).sum()


def test_always_ham_is_right_as_often_as_ham_comes(lesson: dict[str, Any]) -> None:
    scores = lesson["scores"]
    assert scores.accuracy["always ham"] == pytest.approx(1 - lesson["test"].spam.mean())
    assert scores.loc["always ham", "spam caught"] == 0


def test_every_method_beats_always_ham(lesson: dict[str, Any]) -> None:
    accuracy = lesson["scores"].accuracy
    assert (accuracy.drop("always ham") > accuracy["always ham"] + 0.05).all()


def test_the_transformer_does_not_beat_the_best_baseline(lesson: dict[str, Any]) -> None:
    mistakes = lesson["scores"].mistakes
    assert mistakes["character SVM"] < mistakes["Transformer"]
    assert 0.8 < lesson["scores"].loc["Transformer", "spam caught"] < 1


def test_no_seed_brings_the_transformer_past_the_best_baseline(lesson: dict[str, Any]) -> None:
    scores, mistakes = lesson["scores"].mistakes, lesson["mistakes"]
    assert mistakes[0] == scores["Transformer"]
    assert len(mistakes) == 4
    assert scores["character SVM"] < min(mistakes) < max(mistakes) < scores["logistic regression"]
    assert scores["naive Bayes"] < np.mean(mistakes)


def test_a_high_probability_means_spam(lesson: dict[str, Any]) -> None:
    assert lesson["test_auc"] == roc_auc_score(lesson["test"].spam, lesson["probabilities"])
    assert lesson["test_auc"] > 0.95
