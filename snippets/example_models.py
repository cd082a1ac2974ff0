"""Well-known architectures: the idea of each, trained with it and without it."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

keras.config.set_dtype_policy("float64")  # for layers: 64 bits a number, not 32
# --8<-- [end:imports]


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


# --8<-- [start:costs]
def costs(chance, truth):
    """The cross-entropy of each answer."""
    right = tf.where(truth == 1, chance, 1 - chance)
    return -tf.math.log(tf.maximum(right, 1e-7))


# --8<-- [end:costs]


# --8<-- [start:training_step]
def training_step(answer, weights, rate, x, y):
    """An optimizer, and a function that trains with the rows that it is given."""
    optimizer = keras.optimizers.Adam(learning_rate=rate)
    optimizer.build(weights)

    @tf.function
    def step(rows):
        with tf.GradientTape() as tape:
            found = costs(answer(tf.gather(x, rows)), tf.gather(y, rows))
            loss = tf.reduce_sum(found) / rows.shape[0]
        optimizer.apply(tape.gradient(loss, weights), weights)

    return optimizer, step


# --8<-- [end:training_step]


# --8<-- [start:compare]
def compare(parts, builders, epochs, rates=(0.002, 0.008, 0.032), batch=60):
    """Each model at its best rate and epoch; how much worse than the first."""
    training, (x_watched, y_watched), (x_test, y_test) = parts
    found, answers, losses = {}, {}, []
    for name, build in builders.items():
        keras.utils.set_random_seed(0)
        model = build()
        weights = model.trainable_variables
        optimizer, step = training_step(model, weights, 0.0, *training)
        state = weights + optimizer.variables
        start, best = [each.numpy() for each in state], np.inf
        for rate in rates:
            for variable, value in zip(state, start, strict=True):
                variable.assign(value)  # as new
            optimizer.learning_rate = rate
            random = np.random.default_rng(0)  # the same order of rows for all
            for epoch in range(1, epochs + 1):
                for rows in random.permutation(len(training[1])).reshape(-1, batch):
                    step(tf.constant(rows))
                loss = np.mean(costs(model(x_watched), y_watched))
                if loss < best:  # the validation rows choose
                    best, kept, chosen = loss, model.get_weights(), [rate, epoch]
        model.set_weights(kept)
        answers[name] = np.array(model(x_test))
        rows = np.reshape(costs(answers[name], y_test), (len(y_test), -1))
        losses.append(rows.mean(axis=1))  # for an image of answers, its pixels' mean
        worse = interval(np.mean, losses[-1] - losses[0])
        found[name] = [model.count_params(), *chosen, losses[-1].mean(), *worse]
    columns = ["weights", "rate", "epoch", "test loss", "worse from", "to"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns), answers


# --8<-- [end:compare]

# --8<-- [start:digits]
random = np.random.default_rng(0)
digits = load_digits()
even = (digits.target % 2 == 0).astype(int)[:, None]  # class 1: 0, 2, 4, 6, 8
moved = np.zeros((len(even), 12, 12, 1))
for canvas, digit in zip(moved, digits.images, strict=True):
    row, column = random.integers(5, size=2)  # anywhere on a canvas of 12 by 12
    canvas[row : row + 8, column : column + 8, 0] = digit / 16

order = random.permutation(len(even))


def in_parts(x, y):
    """900 training rows, 300 validation rows, and the rest for the test."""
    return [(x[rows], y[rows]) for rows in np.split(order, [900, 1200])]


# --8<-- [end:digits]


# --8<-- [start:convolution]
def sliding(convolution):
    """Small windows slide over the image; the largest of what each found counts."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            convolution(32, 3, activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def dense():
    """A weight of its own for each pixel."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


# --8<-- [end:convolution]

# --8<-- [start:digit_runs]
builders = {
    "convolution": lambda: sliding(layers.Conv2D),
    "split in two": lambda: sliding(layers.SeparableConv2D),
    "dense": dense,
}
by_layer, _ = compare(in_parts(moved, even), builders, epochs=12)
by_layer.round(3)
# --8<-- [end:digit_runs]


# --8<-- [start:block]
def block(x, depth=20):
    """A residual block: what came in, plus a change to it."""
    change = layers.Dense(16, activation="relu")(x)
    return layers.Add()([x, layers.Rescaling(1 / depth)(change)])


# --8<-- [end:block]


# --8<-- [start:towers]
ways = {"ways around": (1, 1), "plain": (0, 1), "plain, larger start": (0, 2)}
rates = np.float32([0.001, 0.004, 0.016])[:, None, None, None, None]


def first_weights(depth, size, seeds=5):
    """Weights and biases of towers side by side: for each rate, way and seed."""
    random, weights = np.random.default_rng(0), []
    for many, inputs, outputs in (((), 64, 16), ((depth,), 16, 16), ((), 16, 1)):
        variance = 2 / (inputs + outputs) * (size if many else 1)  # 1: as in Keras
        drawn = random.normal(size=(*many, 1, 1, seeds, inputs, outputs))
        drawn = np.float32(drawn * np.sqrt(variance) * np.ones_like(rates * size))
        weights.extend([tf.Variable(drawn), tf.Variable(0 * drawn[..., :1, :])])
    return weights


def towers(x, weights, around):
    """The chances that they give; the shape: rates, ways, seeds, rows, 1."""
    first, first_bias, kernels, biases, last, last_bias = weights
    share = around / kernels.shape[0] + (1 - around)  # of the change
    x = tf.nn.relu(x @ first + first_bias)
    kernels, biases = tf.unstack(share * kernels), tf.unstack(share * biases)
    for kernel, bias in zip(kernels, biases, strict=True):
        x = around * x + tf.nn.relu(x @ kernel + bias)
    return tf.sigmoid(x @ last + last_bias)


# --8<-- [end:towers]


# --8<-- [start:train_towers]
train, *others = in_parts(np.float32(digits.data / 16), even)
x_others, y_others = (np.concatenate(each) for each in zip(*others, strict=True))
looks = (1, 2, 3, 4, 6, 8, 12, 16, 24)  # the epochs after which we look


def train_towers(depth, *ways):
    """Losses of validation and test rows: for each look, rate, way, seed and row."""
    around, size = np.float32(ways).T[..., None, None, None]
    state = first_weights(depth, size)
    _, step = training_step(
        lambda x: towers(x, state, around), state, lambda: rates, *train
    )
    random, record = np.random.default_rng(0), []
    for epoch in range(1, looks[-1] + 1):
        for rows in random.permutation(900).reshape(-1, 60):
            step(tf.constant(rows))
        if epoch in looks:
            record.append(costs(towers(x_others, state, around), y_others)[..., 0])
    return np.array(record)


records = train_towers(20, *ways.values()), train_towers(2, ways["plain"])
record = np.concatenate(records, axis=2)
names = [*(f"20, {way}" for way in ways), "2, plain"]
# --8<-- [end:train_towers]

# --8<-- [start:trained]
lowest = record[..., :300].mean(axis=-1).min(axis=0)  # validation loss, of all looks
trained = (lowest < np.log(2) / 2).sum(axis=2)  # half of what "one half" costs
trained = pd.DataFrame(trained.T, index=names, columns=[0.001, 0.004, 0.016])
trained.rename_axis(columns="rate")
# --8<-- [end:trained]


# --8<-- [start:by_depth]
def chosen(epochs):
    """The test losses of each way and seed; validation rows choose rate and look."""
    tries = record[: looks.index(epochs) + 1].reshape(-1, *record.shape[2:])
    best = tries[..., :300].mean(axis=-1).argmin(axis=0)
    return np.take_along_axis(tries, best[None, ..., None], axis=0)[0, ..., 300:]


def with_seeds_drawn(worse):
    return worse[:, random.integers(5, size=5)].mean()


random, found = np.random.default_rng(1), {}
for epochs in looks:
    losses = chosen(epochs)
    for name, each in zip(names, losses, strict=True):
        worse = interval(with_seeds_drawn, (each - losses[0]).T, draws=400)
        found[epochs, name] = [each.mean(), *worse]
by_depth = pd.DataFrame(found, index=["test loss", "worse from", "to"]).T
by_time = by_depth["test loss"].unstack()[names]
by_time.plot(style=["k-o", "C2--s", "C3:^", "C4-."], logx=True, xticks=looks)
plt.xticks(looks, looks)
plt.xlabel("epochs that each may have")
plt.ylabel("test loss")
plt.show()
# --8<-- [end:by_depth]

# --8<-- [start:early_and_late]
by_depth.loc[[4, 24]].round(3)
# --8<-- [end:early_and_late]


# --8<-- [start:unet]
def unet(skip):
    """One answer for each pixel: is there ink (class 1)?"""
    image = keras.Input((12, 12, 1))
    fine = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    small = layers.MaxPooling2D(4)(fine)
    small = layers.Conv2D(4, 3, padding="same", activation="relu")(small)
    large = layers.UpSampling2D(4)(small)
    large = layers.Concatenate()([large, fine if skip else large])
    large = layers.Conv2D(8, 3, padding="same", activation="relu")(large)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(large))


# --8<-- [end:unet]

# --8<-- [start:unet_runs]
ink = (moved > 0.5).astype(int)
noisy = moved + random.normal(0, 0.5, moved.shape)
(x, y), *others = in_parts(noisy, ink)
builders = {"detail kept": lambda: unet(True), "detail lost": lambda: unet(False)}
parts = [(x[:300], y[:300]), *others]
by_pixel, answers = compare(parts, builders, 4, (0.008, 0.032, 0.128), batch=15)
by_pixel.round(3)
# --8<-- [end:unet_runs]

# --8<-- [start:pictures]
keras.config.set_dtype_policy("float32")  # all is trained: as before this page
pictures = {"what it sees": others[1][0], "ink": others[1][1]} | answers
figure, panels = plt.subplots(1, 4, figsize=(8, 2.3))
for panel, (name, images) in zip(panels, pictures.items(), strict=True):
    panel.imshow(images[0, ..., 0], cmap="gray", vmin=0, vmax=1)
    panel.set_title(name)
    panel.axis("off")
plt.show()
# --8<-- [end:pictures]
