"""The labs: solved, each passes its checks; not solved, or solved wrongly, each fails with words that help."""

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

from coursebuild.read.course import Course, read
from coursebuild.read.model import Cell

ROOT = Path(__file__).parents[2]
PAGES, _ = read(Course.at(ROOT, ROOT / "docs" / "en"))
LABS = {str(name.with_suffix("")): lesson for name, lesson in PAGES.items() if lesson.lab}

# The four counts under names that the learner gives them: true positive, false positive, false negative, true negative.
COUNTS = "{} = (np.sum((y_validation == t) & (val_answers == a)) for t, a in ((1, 1), (0, 1), (1, 0), (0, 0)))"
TWO_LINES = "axes.plot({}, label='train_loss'); axes.plot({}, label='val_loss')"

# What learners write in place of the line with `...`, exercise by exercise (counted from 1), and what the check says.
MISTAKES: dict[str, list[tuple[int, str, str]]] = {
    "predict": [
        (1, "weighted_sum = features @ weights", "the bias is missing"),
        (1, "weighted_sum = features * weights + bias", "one number for each"),
        (1, "weighted_sum = features @ weights - bias", "plus the bias"),
        (2, "    return 1 / (1 + np.exp(z))", "minus sign"),
        (2, "    return np.maximum(z, 0)", "must be a half"),
        (3, "answers = probabilities >= 0.5", r"astype\(int\)"),
        (3, "answers = (probabilities < 0.5).astype(int)", "classes are swapped"),
        (3, "answers = (probabilities >= 0.4).astype(int)", "at least 0.5"),
    ],
    "create": [
        (1, "neuron = keras.Sequential([keras.layers.Dense(1, activation='sigmoid')])", "two features"),
        (1, "neuron = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1)])", "no probability"),
        (1, "neuron = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(2)])", "one unit"),
        (2, "own_weights = [np.array([3.0, 1.0]), np.array([-0.7])]", r"they need \(2, 1\)"),
        (2, "own_weights = [np.array([[3.0], [1.0]]), np.array(-0.7)]", r"it needs \(1,\)"),
        (2, "own_weights = [np.array([[1.0], [3.0]]), np.array([-0.7])]", "does not predict"),
        (2, "own_weights = [[[3.0], [1.0]], [-0.7]]", r"np\.array"),
        (
            3,
            "network = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1, activation='sigmoid')])",
            "30 features",
        ),
        (
            3,
            "network = keras.Sequential([keras.Input(shape=(30,)), keras.layers.Dense(1, activation='sigmoid')])",
            r"should have \[16, 1\]",
        ),
        (
            3,
            "network = keras.Sequential([keras.Input(shape=(30,)), keras.layers.Dense(16), keras.layers.ReLU()])",
            "inside its Dense layer",
        ),
        (
            3,
            "network = keras.Sequential([keras.Input(shape=(30,)), keras.layers.Dense(16), keras.layers.Dense(1)])",
            "no ReLU",
        ),
        (4, "count = 16 * 30 + 16", "the biases"),
        (4, "count = 16 * 31", "the whole last unit"),
        (4, "count = 500", "is not right"),
    ],
    "compile": [
        (
            1,
            "loss_by_hand = -np.where(labels == 1, np.log(probabilities), np.log(1 - probabilities))",
            "take their mean",
        ),
        (1, "loss_by_hand = np.mean(np.log(probabilities))", "minus before it"),
        (
            1,
            "loss_by_hand = np.mean(-np.where(labels == 0, np.log(probabilities), np.log(1 - probabilities)))",
            "classes are swapped",
        ),
        (1, "loss_by_hand = np.mean((labels - probabilities) ** 2)", "not the loss"),
        (2, "neuron.compile(loss='mse', optimizer='adam')", "the loss is 'mse'"),
        (2, "neuron.compile(loss='binary_crossentropy', optimizer='sgd')", "this exercise asks"),
        (2, "neuron.compile(loss='binary_crossentropy', optimizer='adam')", "accuracy is missing"),
        (2, "neuron.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])", "called auc"),
        (3, "unchanged = before[0] == neuron.get_weights()[0]", "one answer"),
        (3, "unchanged = before is neuron.get_weights()", "you found a difference"),
    ],
    "fit": [
        (1, "history = network.fit(x_train, y_train, epochs=2, verbose=0)", "asks for 40"),
        (1, "history = network.fit(x_train, y_train, epochs=40, verbose=0)", "no val_loss"),
        (1, "history = network", "what network.fit returns"),
        (
            1,
            "history = network.fit(x_train, y_train, 10, 40, 0, validation_data=(x_validation, y_validation))",
            "batches of 32",
        ),
        (2, "best_epoch = int(np.argmin(history.history['val_loss']))", "one too small"),
        (2, "best_epoch = int(np.argmin(history.history['loss'])) + 1", "look at val_loss"),
        (2, "best_epoch = 30", "does not have the lowest"),
        (3, "axes.plot(epochs, history.history['loss'], label='loss')", "no line is labelled train_loss"),
        (3, "axes.plot(epochs, history.history['loss'], label='train_loss')", "no line is labelled val_loss"),
        (3, TWO_LINES.format("history.history['loss']", "history.history['val_loss']"), "must begin at epoch 1"),
        (3, TWO_LINES.format("epochs, history.history['val_loss']", "epochs, epochs"), "does not show"),
    ],
    "judge": [
        (1, COUNTS.format("tp, fn, fp, tn"), "negatives are swapped"),
        (1, COUNTS.format("tn, fp, fn, tp"), "positive is class 1"),
        (1, COUNTS.format("tp, fp, fn, tn") + "; tp, tn = tp - 1, tn + 1", "some counts are off"),
        (1, "tp, fp, fn, tn = 1, 2, 3, 4", "the four add up to 10"),
        (1, "tp = fp = fn = tn = (y_validation == 1) & (val_answers == 1)", r"np\.sum"),
        (2, "precision, recall = tp / (tp + fn), tp / (tp + fp)", "the two are swapped"),
        (2, "precision, recall = (tp + tn) / len(y_validation), tp / (tp + fn)", "this is the accuracy"),
        (2, "precision, recall = tp / (tp + fp), tn / (tn + fn)", "recall is off"),
        (2, "precision, recall = tp / (tp + tn), tp / (tp + fn)", "precision is off"),
        (3, "threshold = 0.5", "a lower threshold"),
        (3, "threshold = 0.01", "a higher one does too"),
        (3, "threshold = thresholds[recalls >= 0.95]", "one threshold"),
        (4, "auc = np.mean(differences < 0)", "wrong way around"),
        (4, "auc = differences > 0", "take the mean"),
        (4, "auc = np.mean(test_answers == y_test)", "is off"),
    ],
}


def execute(code: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<lab>", "exec"), names)


@pytest.mark.parametrize("name", LABS)
def test_each_check_fails_unsolved_and_for_each_mistake_and_passes_solved(name: str) -> None:
    cells, mistakes = LABS[name].cells, MISTAKES[Path(name).name]
    names: dict[str, Any] = {"__name__": "__main__"}
    number = 0
    for cell, check in zip(cells, [*cells[1:], None], strict=True):
        if cell.exercise:
            assert check
            number += 1
            refused(cell.exercise, check, names, r"\.\.\.")
            for exercise, code, words in mistakes:
                if exercise == number:
                    line = next(line for line in cell.exercise.split("\n") if "..." in line)
                    refused(cell.exercise.replace(line, code), check, names, words)
        execute(cell.code, names)  # the checks are among the cells: solved, they pass
    assert {exercise for exercise, _, _ in mistakes} == set(range(1, number + 1))


def refused(code: str, check: Cell, names: dict[str, Any], words: str) -> None:
    """What a learner wrote fails its check with an error that says what is wrong, in words."""
    attempt = dict(names)
    execute(code, attempt)
    with pytest.raises(AssertionError, match=words) as told:
        execute(check.code, attempt)
    assert len(str(told.value).split()) > 3
