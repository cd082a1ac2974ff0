"""The labs: solved in any right way, each passes its checks; not solved, or wrongly, it fails with words that help."""

import contextlib
import io
from collections import Counter
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

NEURON = "neuron = keras.Sequential([keras.Input(shape=(2,)), {}])"
NETWORK = "network = keras.Sequential([keras.Input(shape=(30,)), {}])"
DENSE = "keras.layers.Dense({}, activation='{}')"
COMPILE = "neuron.compile(loss={}, optimizer={}, metrics={})"
METRICS = "['accuracy', keras.metrics.AUC(name='auc')]"
FIT = "history = network.fit(x_train, y_train, validation_data=({}), epochs=40, batch_size=32, verbose=0{})"
VALIDATION = "x_validation, y_validation"

# What learners write in place of the line with `...`, exercise by exercise (counted from 1), and what the check says.
MISTAKES: dict[str, list[tuple[int, str, str]]] = {
    "predict": [
        (1, "weighted_sum = features @ weights", "the bias is missing"),
        (1, "weighted_sum = features * weights + bias", "one number for each"),
        (1, "weighted_sum = features @ weights - bias", "plus the bias"),
        (1, "weighted_sum = features.sum(axis=1) + bias", "the numbers are off"),
        (1, "weighted_sum = features @ weights[::-1] + bias", "the numbers are off"),
        (1, "weighted_sum = data.data[:, :2] @ weights + bias", "the numbers are off"),
        (1, "weighted_sum = None", "one number for each"),
        (1, "weighted_sum = np.sum(features @ weights) + bias", "one number for each"),
        (1, "weighted_sum = data.target_names[data.target]", "must hold numbers"),
        (1, "weighted_sum = np.dot", "one number for each"),
        (2, "    return 1 / (1 + np.exp(z))", "minus sign"),
        (2, "    return np.maximum(z, 0)", "must be a half"),
        (2, "    import math; return 1 / (1 + math.exp(-z))", "whole lists"),
        (2, "    return 1 / (1 + math.exp(-z))", "'math' is not defined"),
        (2, "    return 1 / 1 + np.exp(-z)", "in brackets"),
        (2, "    return 1 / (1 + np.exp(-2 * z))", "should be 0.8808"),
        (2, "    return 0.5", "sigmoid\\(2\\) is 0.5000, and should be"),
        (2, "    1 / (1 + np.exp(-z))", "begin its line with return"),
        (2, "    return None", "begin its line with return"),
        (2, "    return 'a half'", "must be a number"),
        (2, "    return 1 / (1 + np.exp(-np.max(z)))", "for the list"),
        (2, "    return np.tanh(z)", "must be a half"),
        (3, "answers = probabilities >= 0.5", r"astype\(int\)"),
        (3, "answers = (probabilities < 0.5).astype(int)", "classes are swapped"),
        (3, "answers = (probabilities >= 0.4).astype(int)", "at least 0.5"),
        (3, "answers = labels", "some answers are wrong"),
        (3, "answers = probabilities.astype(int)", "some answers are wrong"),
        (3, "answers = probabilities", "some answers are wrong"),
        (3, "answers = None", "one answer a tumour"),
        (3, "answers = 1", "one answer a tumour"),
        (3, "answers = np.where(probabilities >= 0.5, 'malignant', 'benign')", "must be numbers"),
    ],
    "create": [
        (1, "neuron = keras.Sequential([keras.layers.Dense(1, activation='sigmoid')])", "two features"),
        (1, NEURON.format("keras.layers.Dense(1)"), "not the sigmoid"),
        (1, NEURON.format("keras.layers.Dense(2, activation='sigmoid')"), "one unit"),
        (1, NEURON.format("keras.layers.Dense(1, activation='relu')"), "not the sigmoid"),
        (1, NEURON.format("keras.layers.Dense(1, activation='softmax')"), "not the sigmoid"),
        (1, NEURON.format("keras.layers.Dense(1, activation='sigmoid', use_bias=False)"), r"\(2, 1\), \(1,\)"),
        (1, NEURON.format("keras.layers.Dense(16), keras.layers.Dense(1, activation='sigmoid')"), "nothing else"),
        (1, "neuron = keras.Sequential([keras.Input(shape=(30,)), keras.layers.Dense(1)])", "two features"),
        (1, "neuron = keras.Sequential([keras.Input(shape=(2,))])", "its weights have|two features"),
        (1, "neuron = keras.Sequential([])", "two features"),
        (1, "neuron = [keras.layers.Dense(1, activation='sigmoid')]", "is a list"),
        (1, "neuron = keras.layers.Dense(1, activation='sigmoid')", "is a Dense"),
        (1, "neuron = keras.Sequential", "must be a keras.Sequential"),
        (1, "neuron = None", "is a NoneType"),
        (2, "own_weights = [np.array([3.0, 1.0]), np.array([-0.7])]", r"they need \(2, 1\)"),
        (2, "own_weights = [np.array([[3.0, 1.0]]), np.array([-0.7])]", r"they need \(2, 1\)"),
        (2, "own_weights = [np.array([[3.0], [1.0]]), np.array(-0.7)]", r"it needs \(1,\)"),
        (2, "own_weights = [np.array([[1.0], [3.0]]), np.array([-0.7])]", "does not predict"),
        (2, "own_weights = [np.array([[3.0], [1.0]]), np.array([0.7])]", "a bias of -0.7"),
        (2, "own_weights = [[[3.0], [1.0]], [-0.7]]", r"np\.array"),
        (2, "own_weights = [np.array([[3.0], [1.0]])]", "and the bias"),
        (2, "own_weights = np.array([[3.0], [1.0]])", "a list of two arrays"),
        (2, "own_weights = [np.array([-0.7]), np.array([[3.0], [1.0]])]", r"they need \(2, 1\)"),
        (2, "own_weights = [np.array([['3'], ['1']]), np.array(['-0.7'])]", "must hold numbers"),
        (2, "own_weights = None", "a list of two arrays"),
        (2, "own_weights = 3", "a list of two arrays"),
        (3, "network = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1)])", "30 features"),
        (3, NETWORK.format("keras.layers.Dense(1, activation='sigmoid')"), "16 units and one of 1"),
        (3, NETWORK.format("keras.layers.Dense(16), keras.layers.ReLU()"), "16 units and one of 1"),
        (3, NETWORK.format("keras.layers.Dense(16), keras.layers.Dense(1)"), "no ReLU"),
        (3, NETWORK.format(f"keras.layers.Dense(16), {DENSE.format(1, 'sigmoid')}"), "no ReLU"),
        (3, NETWORK.format(f"{DENSE.format(16, 'relu')}, keras.layers.Dense(1)"), "for a probability"),
        (3, NETWORK.format(f"{DENSE.format(16, 'tanh')}, {DENSE.format(1, 'sigmoid')}"), "not those of ReLU"),
        (3, NETWORK.format(f"{DENSE.format(16, 'relu')}, {DENSE.format(1, 'tanh')}"), "a sigmoid in the last"),
        (3, NETWORK.format(f"{DENSE.format(1, 'sigmoid')}, {DENSE.format(16, 'relu')}"), "16 units and one of 1"),
        (3, f"network = keras.Sequential([{DENSE.format(16, 'relu')}, {DENSE.format(1, 'sigmoid')}])", "30 features"),
        (3, f"network = [{DENSE.format(16, 'relu')}, {DENSE.format(1, 'sigmoid')}]", "is a list"),
        (3, "network = None", "is a NoneType"),
        (4, "count = 16 * 30 + 16", "the biases"),
        (4, "count = 16 * 31", "the whole last unit"),
        (4, "count = 500", "is not right"),
        (4, "count = 16 * 30", "is not right"),
        (4, "count = None", "None is not right"),
        (4, "count = '513'", "'513' is not right"),
        (4, "count = [16 * 31, 17]", "one whole number"),
        (4, "count = network", "is not right"),
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
        (
            1,
            "loss_by_hand = -np.sum(np.where(labels == 1, np.log(probabilities), np.log(1 - probabilities)))",
            "the sum of the losses",
        ),
        (1, "loss_by_hand = np.mean((labels - probabilities) ** 2)", "not the loss"),
        (1, "loss_by_hand = 0", "not the loss"),
        (1, "loss_by_hand = None", "one number is needed"),
        (1, "loss_by_hand = 'binary_crossentropy'", "one number is needed"),
        (1, "loss_by_hand = [0.5, 0.6]", "one number is needed"),
        (1, "loss_by_hand = keras.losses.BinaryCrossentropy()", "one number is needed"),
        (1, "loss_by_hand = float('nan')", "the loss is nan"),
        (2, COMPILE.format("'mse'", "'adam'", METRICS), "the loss is 'mse'"),
        (2, COMPILE.format("keras.losses.MeanSquaredError()", "'adam'", METRICS), "the loss is 'mean_squared_error'"),
        (2, COMPILE.format("'categorical_crossentropy'", "'adam'", METRICS), "the loss is 'categorical_crossentropy'"),
        (2, COMPILE.format("None", "'adam'", METRICS), "there is no loss"),
        (2, COMPILE.format("'binary_crossentropy'", "'sgd'", METRICS), "this exercise asks"),
        (2, COMPILE.format("'binary_crossentropy'", "'adamw'", METRICS), "this exercise asks"),
        (2, "neuron.compile(loss='binary_crossentropy', optimizer='adam')", "accuracy is missing"),
        (2, COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy']"), "called auc"),
        (
            2,
            COMPILE.format("'binary_crossentropy'", "'adam'", "[keras.metrics.AUC(name='auc')]"),
            "accuracy is missing",
        ),
        (
            2,
            COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy', keras.metrics.Recall(name='auc')]"),
            "called auc is another",
        ),
        (2, COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy', 'area']"), "Keras cannot measure"),
        (2, f"neuron = {COMPILE.format(repr('binary_crossentropy'), repr('adam'), METRICS)}", "returns nothing"),
        (
            2,
            f"neuron.compile('adam', 'mse', metrics={METRICS}); neuron.fit(features, labels, verbose=0)",
            "the weights have changed",
        ),
        (3, "    return before[0] == now[0]", "one answer"),
        (3, "    return before is now", "where there is none"),
        (3, "    return True", "no difference though the"),
        (3, "    return False", "where there is none"),
        (3, "    return np.array_equal(before[0], now[0])", "though the bias moved"),
        (3, "    return np.array_equal(before[1], now[1])", "though the weights moved"),
        (3, "    return np.array_equal(before, now)", "one pair at a time"),
        (3, "    return before == now", "pair by pair"),
        (3, "    return len(before) == len(now)", "no difference though"),
        (3, "    return [np.array_equal(old, new) for old, new in zip(before, now)]", "one answer"),
        (3, "    all(np.array_equal(old, new) for old, new in zip(before, now))", "begin its line with return"),
        (3, "    return before.weights == now.weights", "unchanged fails"),
    ],
    "fit": [
        (1, "history = network.fit(x_train, y_train, epochs=2, verbose=0)", "asks for 40"),
        (1, "history = network.fit(x_train, y_train, epochs=40, verbose=0)", "no val_loss"),
        (1, "history = network", "what network.fit returns"),
        (1, "history = None", "what network.fit returns"),
        (1, FIT.format("x_train, y_train", ""), "on the validation set network has"),
        (1, FIT.format(VALIDATION, "").replace("network", "build()"), "train network itself"),
        (1, FIT.format(VALIDATION, "").replace("=32", "=10"), "batches of 32"),
        (2, "best_epoch = int(np.argmin(history.history['val_loss']))", "positions count from 0"),
        (2, "best_epoch = int(np.argmin(history.history['loss'])) + 1", "it is the best by loss"),
        (2, "best_epoch = int(np.argmax(history.history['val_accuracy'])) + 1", "it is the best by val_accuracy"),
        (2, "best_epoch = 30", "does not have the lowest"),
        (2, "best_epoch = int(np.argmax(history.history['val_loss'])) + 1", "does not have the lowest"),
        (2, "best_epoch = min(history.history['val_loss'])", "is no epoch"),
        (2, "best_epoch = 41", "from 1 to 40"),
        (2, "best_epoch = 0", "from 1 to 40"),
        (2, "best_epoch = -1", "from 1 to 40"),
        (2, "best_epoch = None", "None is no epoch"),
        (2, "best_epoch = '10'", "is no epoch"),
        (2, "best_epoch = history.history['val_loss']", "is no epoch"),
        (3, "axes.plot(epochs, history.history['loss'], label='loss')", "no line is labelled train_loss"),
        (3, "axes.plot(epochs, history.history['loss'], label='train_loss')", "no line is labelled val_loss"),
        (3, TWO_LINES.format("history.history['loss']", "history.history['val_loss']"), "must go from epoch 1"),
        (3, TWO_LINES.format("epochs, history.history['val_loss']", "epochs, epochs"), "does not show"),
        (
            3,
            TWO_LINES.format("epochs, history.history['val_loss']", "epochs, history.history['loss']"),
            "does not show",
        ),
        (3, TWO_LINES.format("range(40), history.history['loss']", "epochs, epochs"), "must go from epoch 1"),
        (
            3,
            TWO_LINES.format("history.history['loss'], epochs", "history.history['val_loss'], epochs"),
            "does not show",
        ),
        (3, TWO_LINES.format("range(3), ['a', 'b', 'c']", "epochs, epochs"), "does not show"),
        (3, "axes.scatter(epochs, history.history['loss'], label='train_loss')", "no line yet"),
        (3, "pass", "no line yet"),
    ],
    "judge": [
        (1, COUNTS.format("tp, fn, fp, tn"), "negatives are swapped"),
        (1, COUNTS.format("tn, fp, fn, tp"), "positive is class 1"),
        (1, COUNTS.format("tn, fn, fp, tp"), "the classes are swapped"),
        (1, COUNTS.format("tp, fp, fn, tn") + "; tp, tn = tp - 1, tn + 1", "some counts are off"),
        (1, "tp, fp, fn, tn = 1, 2, 3, 4", "the four add up to 10"),
        (1, "tp = fp = fn = tn = (y_validation == 1) & (val_answers == 1)", r"np\.sum"),
        (1, "tp = fp = fn = tn = None", "np.sum counts"),
        (1, "tp, fp, fn, tn = '1234'", "np.sum counts"),
        (1, COUNTS.format("tp, fp, fn, tn").replace("np.sum", "np.mean"), "the four add up to"),
        (1, "tp, fp, fn, tn = (np.sum(y_validation == 1), 0, 0, np.sum(y_validation == 0))", "are off|are swapped"),
        (2, "precision, recall = tp / (tp + fn), tp / (tp + fp)", "the two are swapped"),
        (2, "precision, recall = (tp + tn) / len(y_validation), tp / (tp + fn)", "this is the accuracy"),
        (2, "precision, recall = tp / (tp + fp), tn / (tn + fn)", "recall is off"),
        (2, "precision, recall = tp / (tp + tn), tp / (tp + fn)", "precision is off"),
        (2, "precision, recall = 100 * tp / (tp + fp), 100 * tp / (tp + fn)", "percent"),
        (2, "precision, recall = tp / (tp + fp), ...", "is still"),
        (2, "precision, recall = None, None", "one of these is none"),
        (2, "precision, recall = 'high', 'low'", "one of these is none"),
        (2, "precision, recall = val_scores, val_answers", "one of each"),
        (2, "precision, recall = tp, tp", "precision is off"),
        (3, "threshold = 0.5", "a lower threshold"),
        (3, "threshold = 0.01", "a higher one does too"),
        (3, "threshold = thresholds[recalls >= 0.95]", "one threshold"),
        (3, "threshold = thresholds[recalls >= 0.95].min()", "a higher one does too"),
        (3, "threshold = thresholds[recalls <= 0.95].max()", "a lower threshold"),
        (3, "threshold = np.argmax(recalls < 0.95) - 1", "none of thresholds"),
        (3, "threshold = recalls.max()", "none of thresholds"),
        (3, "threshold = None", "must be a number"),
        (3, "threshold = '0.3'", "must be a number"),
        (3, "threshold = 0", "none of thresholds"),
        (4, "auc = np.mean(differences < 0)", "wrong way around"),
        (4, "auc = differences > 0", "take the mean"),
        (4, "auc = np.mean(test_answers == y_test)", "is off"),
        (4, "auc = np.sum(differences > 0)", "and not np.sum"),
        (4, "auc = np.mean(differences)", "is off"),
        (4, "auc = None", "must be a number"),
        (4, "auc = 'good'", "must be a number"),
        (4, "auc = metrics.roc_auc_score", "must be a number"),
        (4, "auc = 0.5", "is off"),
    ],
}

# Other ways to write what is right.
RIGHT: dict[str, list[tuple[int, str]]] = {
    "predict": [
        (1, "weighted_sum = (features * weights).sum(axis=1) + bias"),
        (1, "weighted_sum = bias + 3 * features[:, 0] + features[:, 1]"),
        (1, "weighted_sum = [float(row @ weights + bias) for row in features]"),
        (1, "weighted_sum = np.dot(features, weights) + bias"),
        (2, "    return np.exp(z) / (1 + np.exp(z))"),
        (2, "    return 1 - 1 / (1 + np.exp(z))"),
        (2, "    return (1 + np.tanh(z / 2)) / 2"),
        (2, "    return 1.0 / (1.0 + np.e ** -z)"),
        (2, "    from scipy.special import expit; return expit(z)"),
        (3, "answers = np.where(probabilities >= 0.5, 1, 0)"),
        (3, "answers = np.round(probabilities)"),
        (3, "answers = [1 if each >= 0.5 else 0 for each in probabilities]"),
        (3, "answers = (weighted_sum >= 0) * 1"),
    ],
    "create": [
        (1, NEURON.format("keras.layers.Dense(1, activation=keras.activations.sigmoid)")),
        (1, NEURON.format("keras.layers.Dense(1), keras.layers.Activation('sigmoid')")),
        (1, NEURON.format("keras.layers.Dense(units=1, activation=keras.ops.sigmoid)")),
        (1, "import tensorflow as tf; " + NEURON.format("keras.layers.Dense(1, activation=tf.nn.sigmoid)")),
        (1, "neuron = keras.Sequential(); neuron.add(keras.Input((2,))); neuron.add(keras.layers.Dense(1, 'sigmoid'))"),
        (1, "neuron = keras.Sequential([keras.layers.Dense(1, 'sigmoid')]); neuron.build((None, 2))"),
        (2, "own_weights = [np.array([[3], [1]]), np.array([-0.7])]"),
        (2, "own_weights = (np.array([[3.0, 1.0]]).T, np.full(1, -0.7))"),
        (2, "own_weights = [np.array([3.0, 1.0]).reshape(2, 1), np.array([-0.7], dtype='float32')]"),
        (3, NETWORK.format(f"keras.layers.Dense(16, activation=keras.layers.ReLU()), {DENSE.format(1, 'sigmoid')}")),
        (
            3,
            "import tensorflow as tf; "
            + NETWORK.format(f"keras.layers.Dense(16, activation=tf.nn.relu), {DENSE.format(1, 'sigmoid')}"),
        ),
        (3, NETWORK.format(f"keras.layers.Dense(16), keras.layers.ReLU(), {DENSE.format(1, 'sigmoid')}")),
        (
            3,
            NETWORK.format("keras.layers.Dense(16, 'relu'), keras.layers.Dense(1), keras.layers.Activation('sigmoid')"),
        ),
        (4, "count = 513"),
        (4, "count = 30 * 16 + 16 + 16 + 1"),
        (4, "count = network.count_params()"),
        (4, "count = sum(array.size for array in network.get_weights())"),
    ],
    "compile": [
        (1, "loss_by_hand = float(keras.losses.BinaryCrossentropy()(labels, probabilities))"),
        (1, "loss_by_hand = keras.losses.BinaryCrossentropy()(labels, probabilities)"),
        (
            1,
            "loss_by_hand = -np.mean(labels * np.log(probabilities) + (1 - labels) * np.log(1 - probabilities))",
        ),
        (1, "loss_by_hand = -sum(np.log(np.where(labels == 1, probabilities, 1 - probabilities))) / 569"),
        (1, "loss_by_hand = metrics.log_loss(labels, probabilities)"),
        (2, COMPILE.format("keras.losses.binary_crossentropy", "'adam'", METRICS)),
        (2, COMPILE.format("keras.losses.BinaryCrossentropy()", "keras.optimizers.Adam(0.01)", METRICS)),
        (
            2,
            COMPILE.format(
                "'binary_crossentropy'", "'adam'", "[keras.metrics.BinaryAccuracy(), keras.metrics.AUC(name='auc')]"
            ),
        ),
        (2, f"neuron.compile('adam', 'binary_crossentropy', metrics={METRICS})"),
        (3, "    return all(np.array_equal(before[number], now[number]) for number in range(len(before)))"),
        (3, "    return np.array_equal(before[0], now[0]) and np.array_equal(before[1], now[1])"),
        (3, "    return all((old == new).all() for old, new in zip(before, now))"),
        (3, "    return sum(np.abs(old - new).sum() for old, new in zip(before, now)) == 0"),
    ],
    "fit": [
        (1, FIT.format(VALIDATION, ", shuffle=False")),
        (1, "inputs = x_train; " + FIT.format(VALIDATION, "").replace("(x_train, y", "(inputs, y")),
        (1, FIT.format(VALIDATION, "").replace(", batch_size=32", "")),
        (2, "best_epoch = np.argmin(history.history['val_loss']) + 1"),
        (2, "best_epoch = 1 + history.history['val_loss'].index(min(history.history['val_loss']))"),
        (2, "best_epoch = min(range(1, 41), key=lambda epoch: history.history['val_loss'][epoch - 1])"),
        (3, TWO_LINES.format("epochs, history.history['loss']", "epochs, history.history['val_loss']")),
        (
            3,
            TWO_LINES.format("np.arange(1, 41), history.history['loss']", "list(epochs), history.history['val_loss']"),
        ),
        (
            3,
            TWO_LINES.format(
                "epochs, history.history['loss'], 'C0--'", "epochs, np.array(history.history['val_loss'])"
            ),
        ),
    ],
    "judge": [
        (1, "tn, fp, fn, tp = metrics.confusion_matrix(y_validation, val_answers).ravel()"),
        (1, COUNTS.format("tp, fp, fn, tn").replace("np.sum", "np.count_nonzero")),
        (1, COUNTS.format("tp, fp, fn, tn").replace("np.sum", "sum")),
        (2, "precision, recall = (tp / (tp + wrong) for wrong in (fp, fn))"),
        (2, "precision = metrics.precision_score(y_validation, val_answers); recall = tp / np.sum(y_validation)"),
        (2, "precision, recall = np.mean(y_validation[val_answers == 1]), np.mean(val_answers[y_validation == 1])"),
        (3, "threshold = max(t for t, r in zip(thresholds, recalls) if r >= 0.95)"),
        (3, "threshold = thresholds[np.flatnonzero(recalls >= 0.95)[-1]]"),
        (3, "threshold = float(thresholds[np.sum(recalls >= 0.95) - 1])"),
        (4, "auc = metrics.roc_auc_score(y_test, test_scores)"),
        (4, "auc = np.sum((differences > 0) + 0.5 * (differences == 0)) / differences.size"),
        (4, "auc = np.mean((np.sign(differences) + 1) / 2)"),
    ],
}


def execute(code: str, names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "<lab>", "exec"), names)


@pytest.mark.parametrize("name", LABS)
def test_each_check_fails_unsolved_and_for_each_mistake_and_passes_what_is_right(name: str) -> None:
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
                    refused(filled(cell, code), check, names, words)
            for exercise, code in RIGHT[Path(name).name]:
                if exercise == number:
                    attempt = fresh(names)
                    execute(filled(cell, code), attempt)
                    execute(check.code, attempt)
        execute(cell.code, names)  # the checks are among the cells: solved, they pass
    for least, told in ((5, mistakes), (3, RIGHT[Path(name).name])):
        counts = Counter(exercise for exercise, *_ in told)
        assert set(counts) == set(range(1, number + 1))
        assert min(counts.values()) >= least


def fresh(names: dict[str, Any]) -> dict[str, Any]:
    """The names for one try, with networks of its own: Keras keeps the metrics of a compile before."""
    attempt = dict(names)
    for name, network in names.items():
        if hasattr(network, "set_weights"):
            attempt[name] = type(network).from_config(network.get_config())
            attempt[name].set_weights(network.get_weights())
    return attempt


def filled(cell: Cell, code: str) -> str:
    """An exercise with what a learner writes in the place of its line with `...`."""
    line = next(line for line in cell.exercise.split("\n") if "..." in line)
    return cell.exercise.replace(line, code)


def refused(code: str, check: Cell, names: dict[str, Any], words: str) -> None:
    """What a learner wrote fails its check with an error that says what is wrong, in words."""
    attempt = fresh(names)
    execute(code, attempt)
    with pytest.raises(AssertionError, match=words) as told:
        execute(check.code, attempt)
    assert len(str(told.value).split()) > 3
