"""What the lesson on clean text teaches, held against its code."""

import re
from typing import Any

import numpy as np

Lesson = dict[str, Any]


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def test_the_file_read_as_it_is_lacks_messages(lesson: Lesson) -> None:
    assert len(lesson["table"]) < 5574
    assert lesson["table"].text.str.contains(r"\n(?:ham|spam)\t").sum() == 8


def test_the_repair_restores_the_documented_counts(lesson: Lesson) -> None:
    messages = lesson["messages"]
    assert messages.spam.value_counts().to_dict() == {0: 4827, 1: 747}
    assert not messages.text.str.contains(r"\n(?:ham|spam)\t").any()
    assert messages.folded.tolist() == [fold(text) for text in messages.text]


def test_the_repair_loses_no_text(lesson: Lesson) -> None:
    word = {0: "ham", 1: "spam"}
    for label, cell in zip(lesson["table"].spam, lesson["table"].text, strict=True):
        (first_label, first), *others = lesson["cut"](label, cell)
        assert first_label == label
        assert first + "".join(f"\n{word[kind]}\t{text}" for kind, text in others) == cell


def test_cut_labels_each_glued_message(lesson: Lesson) -> None:
    assert lesson["cut"](1, "win") == [(1, "win")]
    assert lesson["cut"](0, "a\nspam\tb\nham\tc") == [(0, "a"), (1, "b"), (0, "c")]


def test_a_careless_split_leaks(lesson: Lesson) -> None:
    known = set(map(fold, lesson["careless_train"].text))
    assert lesson["leaked"].sum() == sum(fold(text) in known for text in lesson["careless_test"].text) > 50


def test_no_message_is_in_two_parts_and_none_is_lost(lesson: Lesson) -> None:
    for seed in (0, 7):
        parts = lesson["three_parts"](lesson["messages"], seed)
        texts = [fold(text) for part in parts for text in part.text]
        assert len(texts) == len(set(texts)) == len({fold(text) for text in lesson["messages"].text})
        assert np.ptp([part.spam.mean() for part in parts]) < 0.005


def test_one_advertisement_comes_with_two_phone_numbers(lesson: Lesson) -> None:
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


def test_the_vocabulary_comes_from_the_training_set(lesson: Lesson) -> None:
    seen = {word.decode() for text in lesson["tidy"](lesson["train"].text).numpy() for word in text.split()}
    assert set(lesson["vocabulary"][2:]) <= seen
    assert lesson["vocabulary"][:2] == ["", "[UNK]"]


def test_tidy_keeps_signs_and_makes_digits_0(lesson: Lesson) -> None:
    (tidied,) = lesson["tidy"](["Call 0906-1, É £5!!"]).numpy()
    assert tidied.decode().split() == ["call", "0000", "-", "0", ",", "é", "£", "0", "!", "!"]


def test_both_ways_have_the_same_messages_and_differ_in_text_alone(lesson: Lesson) -> None:
    plain, tidied = lesson["ways"].values()
    assert (plain.index == tidied.index).all()
    assert plain.str.contains("0906").any()
    assert not tidied.str.contains("[1-9]").any()
    assert (lesson["gains"].gain == lesson["gains"].tidied - lesson["gains"].plain).all()
